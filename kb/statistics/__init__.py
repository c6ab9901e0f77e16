"""Figures about what readers said and did, each with its definition."""
