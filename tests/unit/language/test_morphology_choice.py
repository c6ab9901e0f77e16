"""The choice of one lemma among the readings of a word."""

from __future__ import annotations

import random

import pytest

from kb.language.lemma_choice import Reading, choose, fit, spelling_mismatch


def reading(key: str, pos: str = "noun", *, affixes: int = 0, mismatch: float = 0.0, distance: int = 0) -> Reading:
    return Reading(key, pos, affixes, mismatch, distance)


def test_the_more_frequent_lemma_wins_where_the_readings_fit_equally_well() -> None:
    assert choose([reading("ملف"), reading("ملفه")], {"ملف": 900.0, "ملفه": 3.0}) == "ملف"  # file, cover


def test_a_reading_without_affixes_beats_a_rarer_one_with_them() -> None:
    whole, cut = reading("ورد"), reading("رد", affixes=1, distance=1)  # roses; "and" + answer
    assert choose([cut, whole], {"ورد": 10.0, "رد": 12.0}) == "ورد"


def test_a_hamza_that_was_typed_excludes_the_reading_without_it() -> None:
    right, wrong = reading("علي"), reading("اعلي", mismatch=1.0)
    assert choose([right, wrong], {"علي": 1.0, "اعلي": 20.0}) == "علي"


def test_a_hamza_that_was_left_out_counts_less_than_a_wrong_one() -> None:
    assert spelling_mismatch("اعداد", "إعداد") < spelling_mismatch("أعداد", "إعداد")  # numbers, settings


def test_the_same_spelling_does_not_mismatch() -> None:
    assert spelling_mismatch("إعداد", "إعداد") == 0.0


@pytest.mark.parametrize("pos", ["verb", "noun_prop"])
def test_a_noun_is_preferred_to(pos: str) -> None:
    assert fit(reading("عرض")) > fit(reading("عرض", pos))  # offer


def test_function_words_are_preferred_to_nouns() -> None:
    assert fit(reading("من", "prep")) > fit(reading("من"))  # from


def test_the_choice_does_not_depend_on_the_order_of_the_readings() -> None:
    readings = [reading(key, pos) for key in ("عام", "عوم", "عم") for pos in ("noun", "verb", "adj")]
    shuffler = random.Random(7)
    chosen = set()
    for _ in range(20):
        shuffler.shuffle(readings)
        chosen.add(choose(readings, {}))
    assert len(chosen) == 1
