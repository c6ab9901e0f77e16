"""From ranked articles to what a page shows: titles and snippets with the query's words marked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from indexer.parts.chunking import asked_text
from kb.model import Article, ArticleId, Chunk
from kb.results import Hit
from search.serving.fusion import RankedArticle
from search.serving.highlighting import Highlighter, Mark, merge_marks, text_parts
from search.serving.phrases import PhraseMatcher
from search.serving.query_text import ParsedQuery
from search.serving.snapshot import Snapshot
from search.serving.snippets import Passage, best_snippet

# Sections of one article that are read for a snippet; the headings tell where the rest is.
SECTIONS_READ: Final = 40


@dataclass(frozen=True, slots=True)
class Marker:
    """Marks what one query meant.

    Attributes:
        words: Finds its words.
        phrases: Find its quoted phrases.
    """

    words: Highlighter
    phrases: Sequence[PhraseMatcher]

    def marks(self, text: str) -> list[Mark]:
        """Return what to mark in a text."""
        phrases = (span for matcher in self.phrases for span in matcher.spans(text))
        return merge_marks(self.words.marks(text), phrases)


def marker_for(snapshot: Snapshot, wordings: Sequence[ParsedQuery]) -> Marker:
    """Return what marks the words and phrases of a query and its other wordings."""
    tokens = [token for parsed in wordings for word in parsed.words for token in snapshot.analyzer.tokens(word)]
    phrases = dict.fromkeys(phrase for parsed in wordings for phrase in parsed.phrases)
    matchers = [PhraseMatcher(phrase, snapshot.analyzer) for phrase in phrases]
    runs = snapshot.keywords.runs if snapshot.keywords else None
    return Marker(Highlighter(tokens, snapshot.analyzer, runs), matchers)


def present(snapshot: Snapshot, ranked: RankedArticle, marker: Marker, pinned: frozenset[ArticleId]) -> Hit:
    """Return a result as it is shown.

    Args:
        snapshot: Where it was found.
        ranked: The article and its place.
        marker: Marks the query's words.
        pinned: Articles that an editor put in their places.
    """
    article = snapshot.content.article(ranked.article)
    assert article is not None, "a snapshot holds every article that it finds"
    chunk = _nearest_chunk(snapshot, ranked)
    snippet = best_snippet(list(_passages(article, chunk, marker)))
    return Hit(
        article=article.key,
        slug=article.slug,
        category=article.category,
        anchor=snippet.anchor,
        title=text_parts(article.title, marker.marks(article.title)),
        snippet=snippet.parts,
        score=ranked.score,
        ranks=dict(ranked.evidence.ranks),
        updated=article.updated,
        audience=article.audience,
        chunk=chunk.id if chunk else None,
        pinned=article.id in pinned,
        explanation=_explanation(ranked),
    )


def _nearest_chunk(snapshot: Snapshot, ranked: RankedArticle) -> Chunk | None:
    """Return the passage that the vectors found in the version that is shown."""
    row = ranked.evidence.row
    if row is None or snapshot.vectors is None or ranked.evidence.article != ranked.article:
        return None
    return snapshot.content.chunk(snapshot.vectors.index.chunk_ids[row])


def _passages(article: Article, chunk: Chunk | None, marker: Marker) -> Iterator[Passage]:
    """Yield the texts that may be shown; where nothing is marked, the nearest or else the first of them is.

    A chunk is a piece of a long section or several short ones together; its sections are then what is near.
    """
    near = [section for section in article.sections if chunk and section.text in chunk.text]
    # The passage of the questions is there to be found, not to be read.
    if chunk is not None and not near and chunk.text != asked_text(article):
        # A piece of a section with tables is not fit to be read; the section is.
        near = [section for section in article.sections if section.anchor == chunk.anchor and section.read_as]
        if not near:
            yield Passage(chunk.anchor, chunk.text, marker.marks(chunk.text), near=True)
    yield Passage("", article.summary, marker.marks(article.summary))
    for section in article.sections[:SECTIONS_READ]:
        yield Passage(section.anchor, section.prose, marker.marks(section.prose), near=section in near)


def _explanation(ranked: RankedArticle) -> dict[str, float]:
    evidence = ranked.evidence
    explanation = {**ranked.parts, "lexical": evidence.lexical, "coverage": evidence.coverage}
    if evidence.cosine is not None:
        explanation["cosine"] = evidence.cosine
    return explanation
