"""Markdown in, one published index generation out."""
