"""The second bundled encoder cuts texts as the model that it was made from."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tokenizers import Tokenizer

from kb.embedding.bundle import TOKENIZER
from kb.embedding.opening import GENERAL

CUT = Path(__file__).parent.parent.parent / "data" / "general_encoder_pieces.jsonl"
"""Lines of the sample articles, and how sentencepiece's own cutting by the source's vocabulary falls."""


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return Tokenizer.from_file(str(GENERAL / TOKENIZER))


def pieces(tokenizer: Tokenizer, text: str) -> list[str]:
    return [str(tokenizer.id_to_token(place)) for place in tokenizer.encode(text).ids[1:-1]]


def test_texts_of_both_languages_are_cut_as_by_the_source(tokenizer: Tokenizer) -> None:
    cut = [json.loads(line) for line in CUT.read_text("utf-8").splitlines()]

    assert len(cut) > 100
    assert {one["text"]: pieces(tokenizer, one["text"]) for one in cut} == {one["text"]: one["pieces"] for one in cut}


@pytest.mark.parametrize(
    ("written", "known"),
    [("بعد ٣٠ يومًا", "بعد 30 يوما"), ("۱۲ شهر", "12 شهر"), ("الــدفع", "الدفع")],
    ids=["digits and marks", "Persian digits", "tatweel"],
)
def test_spellings_that_the_source_does_not_know_are_folded(tokenizer: Tokenizer, written: str, known: str) -> None:
    assert pieces(tokenizer, written) == pieces(tokenizer, known)


def test_other_writing_systems_are_unknown_and_do_no_harm(tokenizer: Tokenizer) -> None:
    assert pieces(tokenizer, "支払い方法 payment") == ["▁", "<unk>", "▁payment"]
