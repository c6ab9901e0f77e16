"""Tests: search/judging."""
