"""Every counted phrase of both languages takes the form of its number; a number without forms needs a reason."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from babel.messages.catalog import Message
from flask import Flask

from scripts.catalogues import packages, read
from web.i18n import ngettext

PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|\{(\w+)\}")
# In the order in which they decide the form of a phrase that has several.
NUMBERS = tuple(
    "count all of limit high number page pages part whole articles searches opened lost won after before now gained"
    " cases unhelpful low min max k days zero unopened retried contacted sure".split()
)
WORDS = frozenset(
    "answer article at build character compare day end first last login name place placeholders query range reference"
    " start state terms time title topics visitors what who".split()
)
# Texts with a number that are no counted phrase, and why.
LABEL = "a label, then the number: no noun follows it"
NAME = "the number is a name, nothing is counted"
ALONE = "numbers alone"
NOT_COUNTED = {
    "Articles found: {count}": LABEL,
    "Candidate of %(day)s, %(time)s UTC, articles: %(articles)s": LABEL,
    "Cluster %(number)s": NAME,
    "Earlier one of %(day)s, %(time)s UTC, articles: %(articles)s": LABEL,
    "Opened results lost: %(lost)s, won: %(won)s": LABEL,
    "Page %(page)s of %(pages)s": NAME,
    "Queue “Improve”, cluster %(number)s": NAME,
    "Searches in words that too few people typed to be shown: %(count)s": LABEL,
    "Searches: %(searches)s, opened results: %(opened)s": LABEL,
    "Searches: %(searches)s. Without an answer: %(zero)s, with results that nobody opened: %(unopened)s, tried again "
    "in other words: %(retried)s, a result opened and then a message to us: %(contacted)s. How sure the search is now "
    "that it has an answer: %(sure)s %%.": LABEL,
    "before: %(before)s, now: %(now)s": "words: found or not found",
    "before: %(count)s": LABEL,
    "cases in four weeks: %(count)s": LABEL,
    "searches: %(count)s": LABEL,
    "%(low)s to %(high)s": ALONE,
    "%(part)s of %(whole)s": ALONE,
}
COUNTS = (0, 1, 2, 3, 10, 11, 99, 100, 101, 1.5)
# Forms of Arabic by number (CLDR): none, one, two, 3 to 10, 11 to 99, the rest and fractions.
ARABIC_FORMS = dict(zip(COUNTS, (0, 1, 2, 3, 3, 4, 4, 5, 5, 5), strict=True))
# A sign or a decimal keeps its digits in every form.
DIGITS_STAY = {"%(number)s points", "%(low)s to %(high)s points"}


def placeholders(text: str) -> set[str]:
    return {name or other for name, other in PLACEHOLDER.findall(text)}


def messages() -> Iterator[Message]:
    for package in packages():
        yield from (message for message in read(package, "ar") if message.id)


def counted() -> list[tuple[str, str]]:
    """Return singular and plural of every phrase that has forms."""
    return sorted({(str(m.id[0]), str(m.id[1])) for m in messages() if isinstance(m.id, tuple)})


def arabic_forms(singular: str, plural: str) -> list[str]:
    """Return the Arabic forms of a phrase."""
    forms = next(m.string for m in messages() if m.id == (singular, plural))
    assert isinstance(forms, tuple | list)
    return [str(form) for form in forms]


def test_every_placeholder_is_known_to_be_a_number_or_a_word() -> None:
    used: set[str] = set()
    for message in messages():
        forms = message.id if isinstance(message.id, tuple) else (message.id,)
        used |= {name for text in forms for name in placeholders(str(text))}

    assert used - set(NUMBERS) - WORDS == set()


def test_every_text_with_a_number_has_plural_forms_or_a_reason() -> None:
    plain = {str(m.id) for m in messages() if isinstance(m.id, str) and placeholders(m.id) & set(NUMBERS)}

    assert plain - NOT_COUNTED.keys() == set(), "make them plural forms, or say here why nothing is counted"
    assert NOT_COUNTED.keys() - {str(m.id) for m in messages()} == set(), "reasons for texts that are gone"


@pytest.mark.parametrize("lang", ["ar", "en"])
@pytest.mark.parametrize(("singular", "plural"), counted())
def test_every_counted_phrase_takes_the_form_of_its_number(app: Flask, lang: str, singular: str, plural: str) -> None:
    deciding = next(name for name in NUMBERS if name in placeholders(plural))
    forms = arabic_forms(singular, plural)
    with app.test_request_context(f"/{lang}/"):
        for count in COUNTS:
            values = dict.fromkeys(placeholders(plural), "x") | {deciding: str(count)}
            expected = forms[ARABIC_FORMS[count]] if lang == "ar" else (singular if count == 1 else plural)
            assert ngettext(singular, plural, count, **values) == expected % values


def test_arabic_says_none_one_and_two_in_words_and_bends_the_noun_for_the_rest() -> None:
    for singular, plural in counted():
        forms = arabic_forms(singular, plural)
        deciding = next(name for name in NUMBERS if name in placeholders(plural))
        with_digits = [deciding in placeholders(form) for form in forms]
        stays = plural in DIGITS_STAY
        assert with_digits == [stays, stays, stays, True, True, True], plural
        assert forms[3] != forms[4], f"{plural}: the noun after 3 is a plural, after 11 a singular"


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (1, "1 من أصل صوت واحد"),
        (2, "1 من أصل صوتين"),
        (3, "1 من أصل 3 أصوات"),
        (11, "1 من أصل 11 صوتًا"),
        (100, "100 صوت:"),
    ],
)
def test_votes_are_counted_as_arabic_counts(app: Flask, count: int, text: str) -> None:
    rest = " unhelpful; surely helpful to %(low)s to %(high)s %%"
    with app.test_request_context("/ar/"):
        given = ngettext(
            "%(unhelpful)s of %(all)s vote" + rest,
            "%(unhelpful)s of %(all)s votes" + rest,
            count,
            unhelpful="1",
            all=str(count),
            low="1",
            high="2",
        )

    assert text in given
