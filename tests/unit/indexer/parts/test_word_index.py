"""What words are worth in the fields of an article."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.parts.article_words import ArticleWords, Field, Layer
from indexer.parts.word_index import FIELD_SCORING, SATURATION, WordIndexWriter, open_layers
from kb.model import ArticleId, ArticleKey, Language
from kb.ports import Script, Token


def _article(name: str, fields: dict[Field, str]) -> ArticleWords:
    return ArticleWords(
        ArticleKey(ArticleId(name), Language.EN),
        {field: (fields.get(field, ""),) for field in Field},
        {field: (_tokens(fields.get(field, "")),) for field in Field},
        dict.fromkeys(Field, ()),
    )


def _tokens(text: str) -> tuple[Token, ...]:
    return tuple(Token(0, 0, word, word, word, Script.LATIN) for word in text.split())


def _worth(articles: list[dict[Field, str]], word: str) -> list[float]:
    """Return the impact of a word in each article."""
    writer = WordIndexWriter()
    for number, fields in enumerate(articles):
        writer.add(_article(str(number), fields))
    with TemporaryDirectory() as directory:
        writer.write(Path(directory))
        rows, impacts = open_layers(Path(directory))[Layer.LEMMA].of(word)
        found = dict(zip(rows.tolist(), impacts.tolist(), strict=True))
    return [found.get(row, 0.0) for row in range(len(articles))]


def test_a_word_that_is_in_the_title_too_is_worth_more_than_one_that_is_repeated() -> None:
    body = "card one two three four five six seven"
    titled, repeated, once = _worth(
        [
            {Field.TITLE: "card", Field.BODY: body},
            {Field.TITLE: "other", Field.BODY: "card card card card card card card card"},
            {Field.TITLE: "other", Field.BODY: body},
        ],
        "card",
    )
    assert titled > repeated > once > 0


def test_what_fields_are_worth_is_added() -> None:
    title, body, both = (
        _worth([fields], "card")[0]
        for fields in ({Field.TITLE: "card"}, {Field.BODY: "card"}, {Field.TITLE: "card", Field.BODY: "card"})
    )
    assert both == pytest.approx(title + body)


def test_a_long_field_dilutes_its_words() -> None:
    short, long = _worth([{Field.BODY: "card one"}, {Field.BODY: "card " + "word " * 50}], "card")
    assert short > long


@given(st.sampled_from(Field), st.integers(1, 30), st.integers(0, 30))
def test_repetition_never_lowers_a_word_nor_lifts_it_beyond_its_bound(field: Field, said: int, others: int) -> None:
    length = said + 1 + others
    fewer, more = _worth(
        [
            {field: " ".join(["card"] * said + ["other"] * (length - said))},
            {field: " ".join(["card"] * (said + 1) + ["other"] * others)},
        ],
        "card",
    )
    assert 0 < fewer < more < FIELD_SCORING[field].weight * (SATURATION + 1)
