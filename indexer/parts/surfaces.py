"""How articles mostly write each word: what readers are shown where the search only knows a normal form.

A stored format has one home: this module writes it and reads it.
"""

from __future__ import annotations

import json
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Mapping
from pathlib import Path

from indexer.parts.article_words import ArticleWords
from kb.language.normalise import TATWEEL
from kb.ports import Script

_FILE = "surfaces.json"
_UNSEEN_CATEGORIES = frozenset({"Mn", "Cf"})


class SurfaceWriter:
    """Counts how words are written, article after article; English words are shown in their normal form."""

    def __init__(self) -> None:
        self._written: defaultdict[str, Counter[str]] = defaultdict(Counter)

    def add(self, words: ArticleWords) -> None:
        """Count the words of the next article."""
        for field, texts in words.texts.items():
            for text, tokens in zip(texts, words.passages[field], strict=True):
                for token in tokens:
                    if token.script is Script.ARABIC:
                        self._written[token.exact][text[token.start : token.end]] += 1

    def write(self, directory: Path) -> None:
        """Write the commonest form of each word, where it differs from the normal form."""
        chosen = {exact: _commonest(forms) for exact, forms in sorted(self._written.items())}
        differing = {exact: surface for exact, surface in chosen.items() if surface != exact}
        (directory / _FILE).write_text(json.dumps(differing, ensure_ascii=False), "utf-8")


def read_surfaces(directory: Path) -> Mapping[str, str]:
    """Return the commonest form of each word whose normal form is written otherwise."""
    surfaces: dict[str, str] = json.loads((directory / _FILE).read_text("utf-8"))
    return surfaces


def _commonest(forms: Counter[str]) -> str:
    plain: Counter[str] = Counter()
    for form, count in forms.items():
        plain[_without_marks(form)] += count
    return min(plain, key=lambda form: (-plain[form], form))


def _without_marks(form: str) -> str:
    composed = unicodedata.normalize("NFC", form)
    return "".join(
        sign for sign in composed if sign != TATWEEL and unicodedata.category(sign) not in _UNSEEN_CATEGORIES
    )
