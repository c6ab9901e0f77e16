"""The lists of words that a language knows: searched in place, cleaned of slips, with their frequencies."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.language.normalise import fold
from kb.language.rescue.real_words import RealWords, frequency
from kb.language.word_lists import FOLDER, SortedTable, arabic_words

KNOWN = RealWords(lambda word: False)


@given(st.lists(st.text("abcش", min_size=1, max_size=4), max_size=30), st.text("abcش", max_size=4))
def test_a_prefix_finds_all_its_lines_and_no_other(lines: list[str], prefix: str) -> None:
    encoded = sorted(f"{line}\n".encode() for line in lines)
    found = SortedTable(b"".join(encoded)).starting_with(prefix)
    assert found == tuple(line.decode()[len(prefix) : -1] for line in encoded if line.startswith(prefix.encode()))


@pytest.mark.parametrize("name", ["english.tsv", "arabic.tsv"])
def test_the_lists_are_sorted_and_in_normal_form(name: str) -> None:
    lines = (FOLDER / name).read_bytes().splitlines(keepends=True)
    assert lines == sorted(lines)
    assert len(lines) > 100_000
    for line in lines[::997]:
        word, zipf = line.decode().split("\t")[-2:]
        assert fold(word) == word
        assert 0 < int(zipf) < 90


@pytest.mark.parametrize("word", ["thanks", "logout", "export", "nearby", "passcode", "سلعه", "تقسيط", "مصاري", "هسه"])
def test_a_word_of_either_language_is_known(word: str) -> None:
    assert KNOWN.knows(word)


@pytest.mark.parametrize("word", ["recieve", "seperate", "adress", "trakc", "passwrod", "الفاتووره", "استردلد"])
def test_a_slip_is_no_word_however_often_it_is_made(word: str) -> None:
    assert not KNOWN.knows(word)


@pytest.mark.parametrize("word", ["وهسه", "بالموبايل", "مصاريكم", "رجعولي"])
def test_a_known_word_is_known_with_what_is_written_together_with_it(word: str) -> None:
    assert KNOWN.knows(word)


def test_frequencies_tell_common_words_from_rare_ones() -> None:
    assert frequency("the") > frequency("order") > frequency("passcode") > 0
    assert dict(arabic_words("Tlb"))["طلب"] > 4
