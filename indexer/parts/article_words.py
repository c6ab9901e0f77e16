"""The words of an article by field: what all lexical indexes are built from, so that an article is analysed once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain
from operator import attrgetter

from kb.language.tokens import compounds
from kb.model import Article, ArticleKey
from kb.ports import Analyzer, Token


class Field(StrEnum):
    """Parts of an article that are searched and weighed apart."""

    TITLE = "title"
    HEADINGS = "headings"
    QUESTIONS = "questions"
    TAGS = "tags"
    BODY = "body"
    ASKED_AS = "asked_as"


class Layer(StrEnum):
    """Index terms of a word, from the narrowest to the broadest; named as the attributes of `Token`."""

    EXACT = "exact"
    LEMMA = "lemma"
    STEM = "stem"


@dataclass(frozen=True, slots=True)
class ArticleWords:
    """The analysed words of an article.

    Attributes:
        texts: The original passages of each field.
        passages: Their tokens; a phrase never crosses passages.
        joined: Terms of words written together, such as ``err4012`` for ERR-4012, by field.
    """

    key: ArticleKey
    texts: dict[Field, tuple[str, ...]]
    passages: dict[Field, tuple[tuple[Token, ...], ...]]
    joined: dict[Field, tuple[str, ...]]

    def terms(self, field: Field, layer: Layer) -> Iterator[str]:
        """Return every index term of a field in one layer, repeated as often as it stands there."""
        term = attrgetter(layer.value)
        return chain(map(term, chain.from_iterable(self.passages[field])), self.joined[field])


def analyse_article(article: Article, analyzer: Analyzer) -> ArticleWords:
    """Return the words of an article."""
    passages: dict[Field, tuple[tuple[Token, ...], ...]] = {}
    joined: dict[Field, tuple[str, ...]] = {}
    texts = field_texts(article)
    for field, written in texts.items():
        analysed = [(text, analyzer.tokens(text)) for text in written]
        passages[field] = tuple(tokens for _, tokens in analysed)
        joined[field] = tuple(term for text, tokens in analysed for term in joined_terms(text, tokens))
    return ArticleWords(article.key, texts, passages, joined)


def field_texts(article: Article) -> dict[Field, tuple[str, ...]]:
    """Return the original passages of each field; the summary counts as the first passage of the body."""
    headings = dict.fromkeys(heading for section in article.sections for heading in section.heading_path)
    return {
        Field.TITLE: (article.title,),
        Field.HEADINGS: tuple(headings),
        Field.QUESTIONS: article.questions,
        Field.TAGS: article.tags,
        Field.BODY: (article.summary, *(section.text for section in article.sections)),
        Field.ASKED_AS: article.asked_as,
    }


def joined_terms(text: str, tokens: Sequence[Token]) -> Iterator[str]:
    """Yield one term for each run of words written together; the same for an article and for a query."""
    for run in compounds(text, tokens):
        yield "".join(token.exact for token in run)


def term_of(token: Token, layer: Layer) -> str:
    """Return the index term of a token in one layer."""
    term: str = getattr(token, layer.value)
    return term
