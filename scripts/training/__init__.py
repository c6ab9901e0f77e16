"""How the bundled embedding model is made: data in, a sentence-transformers folder out; imported by scripts only."""
