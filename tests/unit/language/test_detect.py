"""The language of a text."""

from __future__ import annotations

import pytest

from kb.language.detect import detect_language
from kb.model import Language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("كيف أغير كلمة المرور؟", Language.AR),  # how do I change the password?
        ("مشكلة في Microsoft Outlook", Language.AR),  # a problem in Microsoft Outlook
        ("How do I reset my password?", Language.EN),
        ("The Arabic letter ع is hard to type for most learners of it", Language.EN),
        ("1234 + 5 !", None),
        ("", None),
        ("\ud800 \u0640", None),
        ("привет", None),
    ],
)
def test_letters_decide(text: str, language: Language | None) -> None:
    assert detect_language(text) is language
