"""Cuts an article into the passages that vectors stand for.

A passage is 60 to 120 words where the article has them: a long section is cut between paragraphs or sentences, short
neighbouring sections are put together under the first one's anchor. What readers ask (summary and questions) is one
passage more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from kb.model import Article, Chunk, ChunkId, Section

# The encoder reads 256 pieces, about 150 Arabic words: what stands beyond them would not be found. Measured on the open
# sets, 60 to 120 words find 7 points more than 150 to 300 by meaning alone (docs/RELEVANCE.md).
FEWEST_WORDS = 60
MOST_WORDS = 120

_PATH_SEPARATOR = " › "
# A sentence ends after these, in either script, or at a line break.
_SENTENCE_END = re.compile(r"(?<=[.!?؟؛;…])\s+|\n+")


@dataclass(frozen=True, slots=True)
class _Passage:
    """A run of text on its way to becoming a chunk."""

    anchor: str
    heading_path: tuple[str, ...]
    text: str

    @property
    def words(self) -> int:
        """Return the number of words."""
        return len(self.text.split())


def chunk_article(article: Article) -> tuple[Chunk, ...]:
    """Return the chunks of an article, in reading order; the same article always gives the same chunks.

    Args:
        article: Rendered; an article without any text gets one chunk made of its title.
    """
    passages = _merge(piece for section in article.sections for piece in _split(section))
    asked = asked_text(article)
    if asked:
        passages.append(_Passage("", (), asked))
    if not passages:
        passages.append(_Passage("", (), article.title))
    seen: dict[str, int] = {}
    return tuple(_chunk(article, passage, seen) for passage in passages)


def asked_text(article: Article) -> str:
    """Return the passage that says what readers ask, empty where the article has neither summary nor questions."""
    return "\n".join((article.summary, *article.questions)).strip()


def _chunk(article: Article, passage: _Passage, seen: dict[str, int]) -> Chunk:
    context = _PATH_SEPARATOR.join((article.title, *passage.heading_path))
    # The context is embedded too, so it belongs to what the id is derived from.
    identity = chunk_id(article, seen, passage.anchor, context, passage.text)
    return Chunk(identity, article.key, passage.anchor, passage.heading_path, passage.text, context)


def chunk_id(article: Article, seen: dict[str, int], *parts: str) -> ChunkId:
    """Return an id that is derived from what is said and where; what is said twice is told apart by its place.

    Args:
        article: Whose text it is.
        seen: How often each content came before; counted on.
        parts: What is said, and where.
    """
    content = "\0".join((str(article.key), *parts))
    repetition = seen[content] = seen.get(content, -1) + 1
    return ChunkId(sha256(f"{content}\0{repetition}".encode("utf-8", "surrogatepass")).hexdigest()[:32])


def _split(section: Section) -> list[_Passage]:
    """Return a section as passages of at most `MOST_WORDS` words, of about equal length."""
    if not section.text:
        return []
    words = len(section.text.split())
    parts = -(-words // MOST_WORDS)
    texts = _pack(_units(section.text), -(-words // parts)) if parts > 1 else [section.text]
    return [_Passage(section.anchor, section.heading_path, text) for text in texts]


def _units(text: str) -> list[tuple[str, str]]:
    """Return the smallest pieces that are kept whole, each with what joins it to the piece before."""
    units: list[tuple[str, str]] = []
    for paragraph in text.split("\n\n"):
        joint = "\n\n"
        for sentence in _SENTENCE_END.split(paragraph):
            for piece in _word_runs(sentence):
                units.append((joint, piece))
                joint = " "
    return units


def _word_runs(sentence: str) -> Iterable[str]:
    words = sentence.split()
    return (" ".join(words[start : start + MOST_WORDS]) for start in range(0, len(words), MOST_WORDS))


def _pack(units: Sequence[tuple[str, str]], target: int) -> list[str]:
    """Join units into texts of about `target` words, never more than `MOST_WORDS`."""
    texts: list[str] = []
    count = 0
    for joint, unit in units:
        size = len(unit.split())
        full = count >= target or count + size > MOST_WORDS
        if not texts or full:
            texts.append(unit)
            count = size
        else:
            texts[-1] += joint + unit
            count += size
    return texts


def _merge(passages: Iterable[_Passage]) -> list[_Passage]:
    """Put neighbours together while the first is short of `FEWEST_WORDS` and both fit into `MOST_WORDS`."""
    merged: list[_Passage] = []
    for passage in passages:
        if merged and merged[-1].words < FEWEST_WORDS and merged[-1].words + _words_with_heading(passage) <= MOST_WORDS:
            merged[-1] = _join(merged[-1], passage)
        else:
            merged.append(passage)
    return merged


def _words_with_heading(passage: _Passage) -> int:
    return passage.words + sum(len(heading.split()) for heading in passage.heading_path[-1:])


def _join(first: _Passage, second: _Passage) -> _Passage:
    # The second heading is no longer part of the context, so it goes into the text.
    heading = second.heading_path[-1] if second.heading_path and second.anchor != first.anchor else ""
    parts = (first.text, heading, second.text)
    return _Passage(first.anchor, first.heading_path, "\n\n".join(part for part in parts if part))
