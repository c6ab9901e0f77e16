"""Spelling of templates: radicals, doubled letters, seats of the hamza."""

from __future__ import annotations

import pytest

from scripts.lexicon.spelling import spell


@pytest.mark.parametrize(
    ("template", "root", "word"),
    [
        ("mu1a22i3", "حدد", "محدد"),  # determining
        ("ma12uw3", "كتب", "مكتوب"),  # written
        ("1A22", "مرر", "مار"),  # passing
        ("'i12A3", "رسل", "إرسال"),  # sending
        ("'a12a3", "رسل", "أرسل"),  # he sent
        ("1A2i3", "ءخذ", "آخذ"),  # taking
        ("1A2i3", "سءل", "سائل"),  # asking
        ("ma12uw3", "سءل", "مسؤول"),  # responsible
        ("1a2a3", "قرء", "قرأ"),  # he read
        ("1u2i3", "قرء", "قرئ"),  # it was read
        ("ma12uw3", "قرء", "مقروء"),  # legible
        ("'i12A3", "نشء", "إنشاء"),  # creation
        ("mu12i3", "نشء", "منشئ"),  # creator
        ("1iy3ap", "بيء", "بيئة"),  # environment
        ("ta1A2a3", "سءل", "تساءل"),  # he wondered
        ("ta12iy3", "ءخر", "تأخير"),  # delay
        ("mu1a22i3", "ءخر", "مؤخر"),  # delaying
        ("Aisti12A3", "ءجر", "استئجار"),  # renting
        ("1i2A3ap", "قرء", "قراءة"),  # reading
    ],
)
def test_a_template_is_spelled_by_the_rules_of_the_language(template: str, root: str, word: str) -> None:
    assert spell(template, root) == word
