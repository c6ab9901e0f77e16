"""Phrases: which articles say words side by side. Home of Whoosh, which is asked for nothing else.

Row n is article n of those that were added, which is also Whoosh's own document number: the index is written once, in
one segment, and never changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from indexer.parts.article_words import ArticleWords, Field
from indexer.parts.postings import RowMask
from kb.language.written import has_marks, written_form
from kb.ports import Script, Token

if TYPE_CHECKING:
    from whoosh.fields import Schema

_NEXT_POSITION = " "
_SAME_POSITION = "|"
_HAMZA = "="
_MARKED = "~"
"""Signs that no normal form holds: they keep the extra terms of a position apart from words."""


class PhraseIndexWriter:
    """Takes one article after another, then writes the index.

    Args:
        directory: Where to write; made if missing.
    """

    def __init__(self, directory: Path) -> None:
        from whoosh.filedb.filestore import FileStorage

        directory.mkdir(parents=True, exist_ok=True)
        self._writer = FileStorage(str(directory)).create_index(_schema()).writer(limitmb=256)

    def add(self, words: ArticleWords) -> None:
        """Add the next article."""
        self._writer.add_document(
            **{str(field): _positions(zip(words.texts[field], words.passages[field], strict=True)) for field in Field}
        )

    def write(self) -> None:
        """Write what was added, as one segment."""
        self._writer.commit(optimize=True)


class PhraseIndex:
    """Reads what `PhraseIndexWriter` wrote; safe to share between threads.

    Args:
        directory: Directory of the index.
        rows: Articles in it.
    """

    def __init__(self, directory: Path, rows: int) -> None:
        from whoosh.filedb.filestore import FileStorage

        self._rows = rows
        self._index = FileStorage(str(directory)).open_index(schema=_schema())

    def holding(self, terms: Sequence[str]) -> RowMask:
        """Return the rows in which terms stand side by side in that order, in one passage of any field.

        Args:
            terms: At least one; normal forms, or what `hamza_term` and `marked_term` make of them.
        """
        from whoosh import query

        wanted = [
            query.Phrase(str(field), list(terms)) if len(terms) > 1 else query.Term(str(field), terms[0])
            for field in Field
        ]
        mask = np.zeros(self._rows, np.bool_)
        with self._index.searcher() as searcher:
            mask[np.fromiter(searcher.docs_for_query(query.Or(wanted)), np.int64)] = True
        return mask


def hamza_term(written: str) -> str:
    """Return the term of words that are written with exactly these hamzas (`kb.language.written`)."""
    return _HAMZA + written


def marked_term(exact: str) -> str:
    """Return the term of words of this normal form that are written with any marks."""
    return _MARKED + exact


class PositionedTerms:
    """Whoosh's analyser of text fields: terms prepared by `_positions`, several at one position where needed.

    Whoosh pickles it into the index, so it has no state.
    """

    def __call__(self, value: str, **kwargs: Any) -> Iterator[Any]:
        """Yield Whoosh's tokens, one object again and again, as Whoosh's own analysers do."""
        from whoosh.analysis import Token

        token = Token(**kwargs)
        for position, terms in enumerate(value.split(_NEXT_POSITION)):
            for term in terms.split(_SAME_POSITION):
                if term:
                    token.text, token.pos = term, position
                    yield token


def _schema() -> Schema:
    from whoosh import fields

    return fields.Schema(**{str(field): fields.TEXT(analyzer=PositionedTerms(), phrase=True) for field in Field})


def _positions(passages: Iterable[tuple[str, Sequence[Token]]]) -> str:
    """Return the terms of passages as `PositionedTerms` reads them; an empty position ends each passage."""
    positions: list[str] = []
    for text, tokens in passages:
        positions.extend(_terms_of_position(token, text[token.start : token.end]) for token in tokens)
        positions.append("")
    return _NEXT_POSITION.join(positions)


def _terms_of_position(token: Token, surface: str) -> str:
    if surface == token.exact or token.script is Script.DIGITS:
        return token.exact
    terms = [token.exact]
    written = written_form(surface)
    if written != token.exact:
        terms.append(hamza_term(written))
    if has_marks(surface):
        terms.append(marked_term(token.exact))
    return _SAME_POSITION.join(terms)
