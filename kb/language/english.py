"""Stems and lemmas of English words: Snowball, and a table of irregular forms in front of it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_IRREGULAR = {
    form: base
    for base, forms in {
        "be": "am is are was were been being",
        "begin": "began begun",
        "break": "broke broken",
        "bring": "brought",
        "buy": "bought",
        "child": "children",
        "choose": "chose chosen",
        "come": "came",
        "do": "did done does",
        "find": "found",
        "forget": "forgot forgotten",
        "get": "got gotten",
        "give": "gave given",
        "go": "went gone goes",
        "have": "had has",
        "hold": "held",
        "keep": "kept",
        "know": "knew known",
        "leave": "left",
        "lose": "lost",
        "make": "made",
        "man": "men",
        "mean": "meant",
        "pay": "paid",
        "person": "people",
        "say": "said",
        "see": "saw seen",
        "sell": "sold",
        "send": "sent",
        "speak": "spoke spoken",
        "spend": "spent",
        "steal": "stole stolen",
        "take": "took taken",
        "tell": "told",
        "think": "thought",
        "woman": "women",
        "write": "wrote written",
    }.items()
    for form in forms.split()
}


def english_stem(word: str) -> str:
    """Return the Snowball stem of one folded word, without apostrophes."""
    return _snowball()(word).replace("'", "")


def english_lemma(word: str) -> str:
    """Return the stem of the word's base form: irregular forms are led back to theirs first."""
    return english_stem(_IRREGULAR.get(word, word))


@cache
def _snowball() -> Callable[[str], str]:
    import snowballstemmer

    # The pure Python stemmer keeps the word in itself, so every call builds its own: the caller caches.
    def stem(word: str) -> str:
        return str(snowballstemmer.stemmer("english").stemWord(word))

    return stem
