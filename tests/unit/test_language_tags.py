"""Language tags as browsers, phones and operating systems write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.model import Language
from kb.settings import Settings


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("ar", Language.AR),
        ("AR", Language.AR),
        ("Ar-sa", Language.AR),
        ("ar_EG", Language.AR),
        ("ar_LB.UTF-8", Language.AR),
        ("ar-Arab-KW-u-nu-arab", Language.AR),
        (" ar ", Language.AR),
        ("arz", Language.AR),
        ("APC-jo", Language.AR),
        ("EN-us", Language.EN),
        ("en_GB@euro", Language.EN),
        ("arn", None),
        ("fr-MA", None),
        ("a", None),
        ("", None),
        ("*", None),
    ],
)
def test_a_tag_is_read_in_any_form(tag: str, language: Language | None) -> None:
    assert Language.of_tag(tag) is language


def test_so_it_is_wherever_a_language_is_made_of_text() -> None:
    assert Language("AR-SA") is Language.AR
    assert Settings.model_validate({"default_language": "EN-gb"}).default_language == "en"
    with pytest.raises(ValueError, match="fr"):
        Language("fr")
    with pytest.raises(ValueError, match="default_language"):
        Settings.model_validate({"default_language": "fr"})


@given(st.sampled_from(list(Language)), st.text("abcdefgh0123456789-_", max_size=12))
def test_what_follows_the_first_part_changes_nothing(language: Language, rest: str) -> None:
    assert Language.of_tag(f"{language.upper()}-{rest}") is language
