"""Tests: kb.language."""
