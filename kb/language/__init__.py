"""Text in, tokens with offsets into the original out."""
