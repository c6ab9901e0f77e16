"""Tests: search/improving."""
