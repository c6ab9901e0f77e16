"""A question in, ranked articles out."""
