"""What lies on disk: each stored format in one module that both writes and reads it."""
