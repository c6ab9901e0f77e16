"""Measures the ranking against judged questions."""
