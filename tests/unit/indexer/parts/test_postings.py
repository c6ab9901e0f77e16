"""Postings as they are written and read."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from indexer.parts.postings import Postings, TermCounts, write_postings


def _write(directory: Path, articles: list[list[str]]) -> Postings:
    columns: dict[str, int] = {}
    counts = TermCounts(columns)
    for terms in articles:
        counts.add(terms)
    write_postings(directory, tuple(columns), counts.matrix())
    return Postings(directory)


@given(st.lists(st.lists(st.sampled_from("abcde"), max_size=8), max_size=8))
def test_every_count_comes_back(articles: list[list[str]]) -> None:
    with TemporaryDirectory() as directory:
        postings = _write(Path(directory), articles)
        for term in "abcde":
            rows, weights = postings.of(term)
            expected = {row: terms.count(term) for row, terms in enumerate(articles) if term in terms}
            assert dict(zip(rows.tolist(), weights.tolist(), strict=True)) == expected
            assert postings.documents(term) == len(expected)
            assert (term in postings) == bool(expected)


def test_terms_keep_their_order_and_counts(tmp_path: Path) -> None:
    postings = _write(tmp_path, [["b", "a"], ["b"]])
    assert postings.terms == ("b", "a")
    assert postings.document_counts().tolist() == [2, 1]
    assert postings.of("b")[0].tolist() == [0, 1]


def test_no_articles_at_all(tmp_path: Path) -> None:
    postings = _write(tmp_path, [])
    assert postings.terms == ()
    assert postings.of("a")[0].size == 0
