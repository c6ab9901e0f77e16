"""Breaks the product on purpose, part by part, and counts what went wrong; on this machine only, and with an end."""
