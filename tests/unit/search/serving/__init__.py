"""Tests: search/serving."""
