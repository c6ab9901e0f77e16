"""Markdown files to a checked tree of articles: what may be written, what is wrong with it, what readers are shown."""
