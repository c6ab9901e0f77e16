"""Tests of kb.embedding without a model."""
