"""What a query may want besides an article, by declared words; how well on the open set of wordings."""

from __future__ import annotations

import csv

import pytest

from kb.language.rescue.transliteration import read_arabizi
from kb.language.rescue.vocabulary import Vocabulary
from kb.results import Intent
from search.serving.intents import recognise_intent
from tests.conftest import ROOT

SET = ROOT / "tests" / "data" / "words" / "intents" / "person.tsv"
LEAST_PRECISION, LEAST_RECALL = 0.97, 0.95


def recognised(text: str) -> Intent | None:
    arabic = read_arabizi(text.split(), Vocabulary({}, lambda word: False))
    return recognise_intent([text, *([arabic] if arabic else [])])


@pytest.mark.parametrize("half", [0, 1])
def test_who_wants_a_person_is_told_from_who_does_not(half: int) -> None:
    with SET.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))[half::2]
    found = [(row["wanted"] == "yes", recognised(row["text"]) is Intent.PERSON) for row in rows]
    right = sum(wanted and taken for wanted, taken in found)

    assert len(rows) >= 120
    assert right / sum(taken for _, taken in found) >= LEAST_PRECISION
    assert right / sum(wanted for wanted, _ in found) >= LEAST_RECALL


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("please, can I talk to a person?", Intent.PERSON),
        ("I don't want a bot, someone please answer me", Intent.PERSON),
        ("where is my order", Intent.ORDER_STATUS),
        ("وين طلبي", Intent.ORDER_STATUS),
        ("talabi ma wesel", Intent.ORDER_STATUS),
        ("I want to complain", Intent.COMPLAINT),
        ("بدي اشتكي", Intent.COMPLAINT),
        ("contact lens", None),
        ("agent fees", None),
        ("reset password", None),
        ("talk " * 40 + "to a human", None),  # a pasted text
        ("", None),
        ("؟!", None),
    ],
)
def test_an_intent_is_recognised_by_its_words(text: str, intent: Intent | None) -> None:
    assert recognised(text) is intent
