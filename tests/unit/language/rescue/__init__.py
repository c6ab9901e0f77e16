"""Tests: kb.language.rescue."""
