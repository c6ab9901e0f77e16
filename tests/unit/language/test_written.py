"""Hamza and marks, where they count."""

from __future__ import annotations

from kb.language.written import has_marks, marks_agree, written_form


def test_hamza_is_kept_and_marks_are_not() -> None:
    assert written_form("أَحْمَد") == written_form("أحمد") != written_form("احمد")  # Ahmad
    assert written_form("مسؤول") != written_form("مسوول")  # responsible
    assert written_form("شيء") != written_form("شي")  # thing


def test_forms_without_hamza_are_the_normal_form() -> None:
    assert written_form("كِتَاب") == "كتاب"  # book


def test_composed_and_decomposed_hamza_are_the_same() -> None:
    assert written_form("\u0623") == written_form("\u0627\u0654")


def test_marks_are_vowels_and_accents_but_not_hamza() -> None:
    assert has_marks("كِتاب")  # book
    assert has_marks("café")
    assert not has_marks("أحمد ؤ ئ آ")
    assert not has_marks("كتـاب")


def test_typed_marks_must_stand_on_the_same_letters() -> None:
    assert marks_agree("كِتاب", "كِتَابٌ")  # book
    assert marks_agree("كتاب", "كِتَابٌ")
    assert not marks_agree("كِتاب", "كتاب")
    assert not marks_agree("كِتاب", "كتِاب")
    assert not marks_agree("مُدَرِّسة", "مُدَرِسة")  # teacher: the shadda is missing
