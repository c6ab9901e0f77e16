from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from indexer.parts.chunking import FEWEST_WORDS, MOST_WORDS, chunk_article
from kb.model import Section
from tests.factories import make_article


def words(count: int, word: str = "word") -> str:
    return " ".join(f"{word}{number}" for number in range(count))


def section(anchor: str, text: str) -> Section:
    return Section(anchor, (anchor.capitalize(),) if anchor else (), 2 if anchor else 1, text)


def chunks_of(*sections: Section, summary: str = "", questions: tuple[str, ...] = ()) -> list[tuple[str, str, str]]:
    article = make_article(title="Title", sections=sections, summary=summary, questions=questions)
    return [(chunk.anchor, chunk.context, chunk.text) for chunk in chunk_article(article)]


def test_a_section_of_fitting_length_is_one_chunk() -> None:
    lead, part = words(80), words(70, "part")
    assert chunks_of(section("", lead), section("a", part)) == [("", "Title", lead), ("a", "Title › A", part)]


def test_short_neighbours_share_a_chunk_under_the_first_anchor() -> None:
    found = chunks_of(section("a", words(20)), section("b", words(20)), section("c", words(110)))
    assert [(anchor, context) for anchor, context, _ in found] == [("a", "Title › A"), ("c", "Title › C")]
    assert found[0][2] == f"{words(20)}\n\nB\n\n{words(20)}"


def test_a_long_section_is_cut_between_sentences() -> None:
    sentence = f"{words(19)} end. "
    found = chunks_of(section("a", sentence * 8))
    assert [len(text.split()) for _, _, text in found] == [80, 80]
    assert all(text.endswith("end.") for _, _, text in found)


def test_arabic_sentences_end_at_arabic_signs() -> None:
    question = " ".join(["كلمة"] * 39) + " لماذا؟ "  # word … why?
    found = chunks_of(section("a", question * 4))
    assert [text.count("؟") for _, _, text in found] == [2, 2]


def test_a_sentence_longer_than_a_chunk_is_cut_between_words() -> None:
    found = chunks_of(section("a", words(1000)))
    assert " ".join(text for _, _, text in found) == words(1000)
    assert max(len(text.split()) for _, _, text in found) <= MOST_WORDS


def test_summary_and_questions_are_one_more_chunk() -> None:
    found = chunks_of(section("", words(80)), summary="What it says.", questions=("how?", "why?"))
    assert found[-1] == ("", "Title", "What it says.\nhow?\nwhy?")


def test_an_article_without_text_is_found_by_its_title() -> None:
    assert chunks_of() == [("", "Title", "Title")]


def test_ids_follow_the_text_and_its_place() -> None:
    sections = (section("a", words(80)), section("b", words(80, "other")))
    before = chunk_article(make_article(title="Title", sections=sections))
    after = chunk_article(make_article(title="Title", sections=(sections[0], section("b", words(80, "new")))))
    assert before[0].id == after[0].id
    assert before[1].id != after[1].id


def test_equal_texts_of_one_article_have_different_ids() -> None:
    found = chunk_article(make_article(sections=(section("", words(80)), section("", words(80)))))
    assert len({chunk.id for chunk in found}) == 2


TEXTS = st.lists(st.sampled_from(["word", "كلمة", "end.", "لماذا؟", "\n\n", "\n"]), max_size=900).map(" ".join)


@given(st.lists(TEXTS, max_size=5))
def test_no_word_is_lost_and_no_chunk_is_too_long(texts: list[str]) -> None:
    sections = tuple(section("", text.strip()) for text in texts)
    chunks = chunk_article(make_article(sections=sections))
    read = [word for text in texts for word in text.split()]
    if read:
        assert [word for chunk in chunks for word in chunk.text.split()] == read
    assert all(len(chunk.text.split()) <= MOST_WORDS for chunk in chunks)
    assert len({chunk.id for chunk in chunks}) == len(chunks)


@given(st.lists(TEXTS, max_size=5))
def test_two_neighbours_are_never_both_short_when_they_fit_together(texts: list[str]) -> None:
    chunks = chunk_article(make_article(sections=tuple(section("", text.strip()) for text in texts)))
    counts = [len(chunk.text.split()) for chunk in chunks]
    assert all(first >= FEWEST_WORDS or first + second > MOST_WORDS for first, second in pairwise(counts))
