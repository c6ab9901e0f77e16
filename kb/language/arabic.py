"""A light stem for Arabic words: what is left when common clitics and endings are taken off.

Works on folded words (`kb.language.normalise`), so ta marbuta is ha and every alef is bare. Knows no dictionary: it
serves words that the lemmatizer does not know, and as a second, broader index term for those it does.
"""

from __future__ import annotations

_ARTICLES = ("وبال", "وال", "فال", "بال", "كال", "ولل", "ال", "لل")
"""The article with the conjunctions and prepositions before it, longest first."""

_ENDINGS = ("ها", "ان", "ات", "ون", "ين", "يه", "ه", "ي")
"""Dual, plural, feminine, adjective and pronoun endings; each is tried once, in this order."""

_SHORTEST_AFTER_ARTICLE = 2
_SHORTEST_AFTER_CONJUNCTION = 3
_SHORTEST_AFTER_ENDING = 2


def light_stem(word: str) -> str:
    """Return the light stem of one folded Arabic word."""
    stem = _without_prefix(word)
    for ending in _ENDINGS:
        if stem.endswith(ending) and len(stem) - len(ending) >= _SHORTEST_AFTER_ENDING:
            stem = stem[: -len(ending)]
    return stem


def _without_prefix(word: str) -> str:
    for article in _ARTICLES:
        if word.startswith(article) and len(word) - len(article) >= _SHORTEST_AFTER_ARTICLE:
            return word[len(article) :]
    if word.startswith("و") and len(word) - 1 >= _SHORTEST_AFTER_CONJUNCTION:
        return word[1:]
    return word
