"""The tables that the embedded database is generated from (scripts/build_lexicon.py): data only."""
