"""The parts of `scripts.build_lexicon`: from hand-written tables to a CALIMA-format database."""
