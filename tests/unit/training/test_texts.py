"""The texts that are trained on: pairs, sections, dialects, typos, questions."""

from __future__ import annotations

import gzip
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.training.corpus import Pair, Section, headings_across_languages, join_neighbours, read_pairs, read_sections
from scripts.training.dialects import DIALECTS, fold, read_dialects
from scripts.training.material import read_questions, read_terms
from scripts.training.noise import mistype

TABLE = read_dialects()


def write(path: Path, *lines: str) -> None:
    path.write_bytes(gzip.compress("\n".join(lines).encode()))


def test_pairs_are_read_once_each_with_quotes_as_they_are(tmp_path: Path) -> None:
    write(tmp_path / "en-ar.tsv.gz", "en\tar\tsource", 'the "a"\tال"ألف"\tx', 'the "a"\tال"ألف"\tx')
    assert read_pairs(tmp_path) == (Pair('the "a"', 'ال"ألف"', "x"),)


def test_a_section_is_known_by_its_innermost_heading(tmp_path: Path) -> None:
    write(
        tmp_path / "ar-sections.tsv.gz",
        "title\theading_path\tbody\tsource",
        "عنوان\tعنوان > أول\tواحد اثنان ثلاثة أربعة خمسة\tx",
        "عنوان\tعنوان > ثان\tقصير\tx",
    )
    assert read_sections(tmp_path) == (Section("عنوان", "أول", "واحد اثنان ثلاثة أربعة خمسة"),)


def test_longer_texts_never_cross_from_one_source_to_another() -> None:
    pairs = [Pair("a word", "كلمة ثم كلمة", source) for source in ("x", "y") for _ in range(40)]
    joined = join_neighbours(pairs, random.Random(1))
    assert {pair.source for pair in joined} == {"x", "y"}
    assert all(pair.english.count("\n") == pair.arabic.count("\n") >= 6 for pair in joined)


def test_an_english_heading_finds_the_arabic_passage() -> None:
    section = Section("عنوان", "الإعدادات", "نص")  # settings
    found = headings_across_languages([Pair("settings", "الإعدادات", "x")], [section])
    assert found == (("settings", "عنوان\nنص"),)


@pytest.mark.parametrize(
    ("dialect", "expected"),
    [("egyptian", {"ازاي", "إزاي"}), ("gulf", {"شلون", "كيف", "وش طريقة"}), ("maghrebi", {"كيفاش", "كيف"})],
)
def test_how_is_said_as_the_dialect_says_it(dialect: str, expected: set[str]) -> None:
    said = {TABLE.rewrite("كيف", dialect, random.Random(seed), rate=1.0) for seed in range(30)}
    assert said == expected


def test_the_longest_phrase_wins_and_punctuation_stays() -> None:
    # "I do not want." : one phrase, not "no" and "I want"
    assert TABLE.rewrite("لا أريد.", "egyptian", random.Random(1), rate=1.0) in {"مش عايز.", "مش عاوز."}


def test_a_present_verb_is_negated_as_in_the_dialect() -> None:
    said = {TABLE.rewrite("لا يفتح", "maghrebi", random.Random(seed), rate=1.0) for seed in range(20)}
    assert said == {"ما يفتحش", "ماكيفتحش"}


@given(st.text(alphabet="ابتكيفلاأريد ؟\n", max_size=60), st.sampled_from(DIALECTS), st.integers(0, 99))
def test_any_text_can_be_rewritten(text: str, dialect: str, seed: int) -> None:
    assert TABLE.rewrite(text, dialect, random.Random(seed), rate=0.0).split() == text.split()
    TABLE.rewrite(text, dialect, random.Random(seed))


def test_folding_leaves_one_spelling() -> None:
    assert fold("إلى أنَّهُ مدرسة") == "الي انه مدرسه"


def test_mistyping_changes_arabic_words_only_and_keeps_their_number() -> None:
    text = "please reset كلمة المرور الآن"
    spoiled = {mistype(text, random.Random(seed), rate=1.0) for seed in range(50)}
    assert len(spoiled) > 10
    assert all(one.startswith("please reset ") and len(one.split()) == 5 for one in spoiled)
    assert mistype(text, random.Random(1), rate=0.0) == text


def test_every_slot_of_every_question_is_filled() -> None:
    questions = read_questions(random.Random(1))
    assert len(questions) > 300
    assert not [one for one in questions if "{" in one.english + "".join(one.wordings)]
    assert questions == read_questions(random.Random(1))


def test_every_term_has_an_arabic_wording() -> None:
    assert all(term.english and all(term.wordings) for term in read_terms())
