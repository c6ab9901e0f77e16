"""Which words carry too little to be marked."""

from __future__ import annotations

import pytest

from kb.language.analysis import open_analyzer
from search.serving.function_words import is_function_word


@pytest.mark.parametrize("word", ["في", "وفي", "ولا", "ولماذا", "وكيف", "إلى", "the", "With"])
def test_prepositions_and_question_words_are_function_words_with_a_conjunction_too(word: str) -> None:
    (token,) = open_analyzer(None).tokens(word)
    assert is_function_word(token)


@pytest.mark.parametrize("word", ["فقد", "فهم", "وصف", "وصل", "حساب", "وحسابي", "invoice"])
def test_words_that_only_look_like_one_with_a_conjunction_are_none(word: str) -> None:
    (token,) = open_analyzer(None).tokens(word)
    assert not is_function_word(token)
