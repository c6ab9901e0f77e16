"""Quoted text in original texts."""

from __future__ import annotations

import pytest

from kb.language.analysis import NoLemmatizer, WordAnalyzer
from search.serving.phrases import PhraseMatcher

ANALYZER = WordAnalyzer(NoLemmatizer())


@pytest.mark.parametrize(
    ("quoted", "text", "found"),
    [
        ("كتاب", "قرأت كِتابًا ثم كِتاب النحو", ["كِتاب"]),  # "book": not "a book" in the accusative
        ("كِتاب", "كتاب وكِتَاب", []),  # typed vowel: neither without it nor with a conjunction
        ("كِتاب", "هذا كِتَابُ العلم", ["كِتَابُ"]),
        ("أحمد", "احمد وأحمد و أَحمَد", ["أَحمَد"]),  # Ahmad with hamza
        ("احمد", "احمد أحمد إحمد", ["احمد", "أحمد", "إحمد"]),
        ("كلمة المرور", "غيّر كَلِمَة المُرور الآن", ["كَلِمَة المُرور"]),  # password
        ("كلمة المرور", "كلمة، المرور", ["كلمة، المرور"]),
        ("كلمة المرور", "المرور كلمة", []),
        ("المسؤول", "المسوول المسؤول", ["المسؤول"]),  # the one responsible
        ("المسوول", "المسوول المسؤول", ["المسوول", "المسؤول"]),
        ("شي", "شيء", ["شيء"]),  # thing
        ("شيء", "شي شيء", ["شيء"]),
        ("Reset Password", "how to reset   password?", ["reset   password"]),
        ("a a", "a a a a", ["a a", "a a"]),
        ("ERR-4012", "code err 4012 or ERR-4012", ["err 4012", "ERR-4012"]),
        ("", "anything", []),
    ],
)
def test_a_phrase_is_found_as_typed(quoted: str, text: str, found: list[str]) -> None:
    assert [text[start:end] for start, end in PhraseMatcher(quoted, ANALYZER).spans(text)] == found


def test_only_typed_marks_need_the_original_text() -> None:
    assert PhraseMatcher("كِتاب", ANALYZER).counts_marks
    assert not PhraseMatcher("أحمد", ANALYZER).counts_marks
