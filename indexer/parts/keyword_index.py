"""The keyword index: Whoosh for phrases, exclusions and filters, beside it the matrices that score words.

Home of Whoosh. Row n of everything here is article n of the list that was indexed, which is also Whoosh's own document
number: the index is written once, in one segment, and never changed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from indexer.parts.article_words import ArticleWords, Field, Layer, analyse_article, field_texts
from indexer.parts.run_index import RunIndex, RunWriter
from indexer.parts.surfaces import SurfaceWriter, read_surfaces
from indexer.parts.word_index import WordIndexWriter, inverse_document_frequency, open_layers, open_pairs
from kb.errors import OperatorError
from kb.language.written import has_marks, written_form
from kb.model import Article, ArticleId, ArticleKey, Language
from kb.ports import Analyzer, Script, Token
from kb.results import Filters

if TYPE_CHECKING:
    from whoosh.fields import Schema

RowMask = NDArray[np.bool_]

_FORMAT = 3
_NEXT_POSITION = " "
_SAME_POSITION = "|"
_HAMZA = "="
_MARKED = "~"
"""Signs that no normal form holds: they keep the extra terms of a position apart from words."""

_CACHED_FILTERS = 256


def build_keyword_index(directory: Path, articles: Sequence[Article], analyzer: Analyzer) -> None:
    """Write the keyword index of articles; row n is `articles[n]`.

    Args:
        directory: Where to write; made if missing.
        articles: In the order of the lexical rows.
        analyzer: The one that queries too.
    """
    from whoosh.filedb.filestore import FileStorage

    stored = directory / "whoosh"
    stored.mkdir(parents=True, exist_ok=True)
    words = WordIndexWriter()
    surfaces = SurfaceWriter()
    runs = RunWriter(analyzer)
    writer = FileStorage(str(stored)).create_index(_schema()).writer(limitmb=256)
    for article in articles:
        analysed = analyse_article(article, analyzer)
        words.add(analysed)
        surfaces.add(article, analysed)
        runs.add(article)
        writer.add_document(**_document(article, analysed))
    writer.commit(optimize=True)
    words.write(directory / "words")
    surfaces.write(directory / "words")
    runs.write(directory / "runs")
    header = {
        "format": _FORMAT,
        "analyser": analyzer.fingerprint,
        "articles": [[article.id, article.lang] for article in articles],
    }
    (directory / "articles.json").write_text(json.dumps(header, ensure_ascii=False), "utf-8")


class KeywordIndex:
    """Reads what `build_keyword_index` wrote; safe to share between threads.

    Args:
        directory: Directory of the index.
        analyzer: Must be the one that built it.

    Raises:
        OperatorError: Another analyser built the index.
    """

    def __init__(self, directory: Path, analyzer: Analyzer) -> None:
        from whoosh.filedb.filestore import FileStorage

        header = json.loads((directory / "articles.json").read_text("utf-8"))
        if (header["format"], header["analyser"]) != (_FORMAT, analyzer.fingerprint):
            raise OperatorError(
                f"The keyword index {directory} was built by another language analysis ({header['analyser']}, "
                f"now {analyzer.fingerprint}).",
                "run `kb index`, or set KB_MORPHOLOGY_DB to what it was then.",
            )
        self.articles: tuple[ArticleKey, ...] = tuple(
            ArticleKey(ArticleId(id_), Language(lang)) for id_, lang in header["articles"]
        )
        self._directory = directory
        self.layers = open_layers(directory / "words")
        self.pairs = open_pairs(directory / "words")
        self.runs = RunIndex(directory / "runs")
        self._index = FileStorage(str(directory / "whoosh")).open_index(schema=_schema())
        self._filtered = lru_cache(maxsize=_CACHED_FILTERS)(self._rows_that_pass)

    def rows_that_pass(self, filters: Filters) -> RowMask:
        """Return which rows meet every condition of the filters; do not write into it."""
        return self._filtered(filters)

    def rows_with_phrase(self, terms: Sequence[str]) -> RowMask:
        """Return the rows in which terms stand side by side in that order, in one passage of any field.

        Args:
            terms: At least one; normal forms, or what `hamza_term` and `marked_term` make of them.
        """
        from whoosh import query

        wanted = [
            query.Phrase(str(field), list(terms)) if len(terms) > 1 else query.Term(str(field), terms[0])
            for field in Field
        ]
        return self._mask(query.Or(wanted))

    def rows_with_word(self, lemma: str) -> RowMask:
        """Return the rows that hold a word of this lemma."""
        from whoosh import query

        return self._mask(query.Term(str(Layer.LEMMA), lemma))

    def texts(self, row: int) -> Mapping[Field, Sequence[str]]:
        """Return the original passages of an article."""
        with self._index.searcher() as searcher:
            stored: Mapping[str, Sequence[str]] = searcher.stored_fields(row)["texts"]
        return {Field(name): passages for name, passages in stored.items()}

    def knows(self, term: str, layer: Layer = Layer.EXACT) -> bool:
        """Return whether a term stands in any article."""
        return term in self.layers[layer]

    def information(self, documents: int) -> float:
        """Return the weight of a term that stands in that many articles; 0 gives that of an unknown word."""
        return inverse_document_frequency(documents, len(self.articles))

    def vocabulary(self, layer: Layer = Layer.EXACT) -> Mapping[str, int]:
        """Return every term of a layer with the number of articles that hold it."""
        postings = self.layers[layer]
        return dict(zip(postings.terms, postings.document_counts().tolist(), strict=True))

    @cached_property
    def surfaces(self) -> Mapping[str, str]:
        """Return how articles mostly write each Arabic word whose normal form is written otherwise."""
        return read_surfaces(self._directory / "words")

    def _rows_that_pass(self, filters: Filters) -> RowMask:
        mask = self._mask(_filter_query(filters))
        mask.flags.writeable = False
        return mask

    def _mask(self, wanted: Any) -> RowMask:
        mask = np.zeros(len(self.articles), np.bool_)
        with self._index.searcher() as searcher:
            rows = np.fromiter(searcher.docs_for_query(wanted), np.int64)
        mask[rows] = True
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

    positions = {str(field): fields.TEXT(analyzer=PositionedTerms(), phrase=True) for field in Field}
    return fields.Schema(
        **positions,
        lemma=fields.KEYWORD(),
        category=fields.ID(),
        tag=fields.KEYWORD(),
        owner=fields.ID(),
        lang=fields.ID(),
        audience=fields.ID(),
        updated=fields.NUMERIC(int),
        texts=fields.STORED(),
    )


def _document(article: Article, words: ArticleWords) -> dict[str, object]:
    texts = field_texts(article)
    return {
        **{str(field): _positions(zip(texts[field], words.passages[field], strict=True)) for field in Field},
        "lemma": sorted({term for field in Field for term in words.terms(field, Layer.LEMMA)}),
        "category": [article.category],
        "tag": list(article.tags),
        "owner": [article.owner],
        "lang": [str(article.lang)],
        "audience": [str(article.audience)],
        "updated": article.updated.toordinal(),
        "texts": {str(field): passages for field, passages in texts.items()},
    }


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


def _filter_query(filters: Filters) -> Any:
    from whoosh import query

    parts: list[Any] = [query.Or(_terms("audience", sorted(filters.audiences)))]
    for name, value in (
        ("category", filters.category),
        ("tag", filters.tag),
        ("owner", filters.owner),
        ("lang", filters.lang),
    ):
        parts.extend(_terms(name, [value] if value is not None else []))
    if filters.updated_from is not None or filters.updated_to is not None:
        first = filters.updated_from.toordinal() if filters.updated_from else None
        last = filters.updated_to.toordinal() if filters.updated_to else None
        parts.append(query.NumericRange("updated", first, last))
    return query.And(parts)


def _terms(field: str, values: Iterable[str]) -> list[Any]:
    from whoosh import query

    return [query.Term(field, str(value)) for value in values]
