"""Where editors direct the search: synonyms, pinned and hidden results, redirects."""

from web.curation.registration import feature

__all__ = ["feature"]
