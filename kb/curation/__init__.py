"""What editors decide about queries and results: synonyms, pinned and hidden results, redirects."""
