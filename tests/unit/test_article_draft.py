"""The beginning of an article for a cluster."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml

from indexer.articles.loading import load_tree
from kb.editing.draft import MOST_QUESTIONS, article_draft
from kb.model import Language
from tests.article_trees import valid_tree, write_tree

TODAY = date(2026, 11, 21)


def front_matter(text: str) -> dict[str, object]:
    loaded = yaml.safe_load(text.split("---\n")[1])
    assert isinstance(loaded, dict)
    return loaded


def test_front_matter_is_filled_and_questions_are_listed_once() -> None:
    draft = article_draft(
        Language.EN, ["pay with: bitcoin", "bitcoin?", "bitcoin?"], number="7", owner="reem", today=TODAY
    )
    front = front_matter(draft.text)
    assert (draft.folder, draft.name) == ("articles/en/<category>", "pay-with-bitcoin.md")
    assert front["questions"] == ["pay with: bitcoin", "bitcoin?"]
    assert (front["title"], front["status"], front["owner"], front["updated"]) == (
        "Pay with: bitcoin", "draft", "reem", TODAY
    )  # fmt: skip
    assert front["review_by"] == date(2027, 5, 20)


def test_arabic_questions_without_latin_words_get_a_number() -> None:
    draft = article_draft(Language.AR, ["تقبلون بيتكوين"], number="7", owner="reem", today=TODAY)  # you take bitcoin
    assert draft.name == "new-article-7.md"
    assert front_matter(draft.text)["questions"] == ["تقبلون بيتكوين"]


def test_a_translation_keeps_the_id_and_too_many_questions_are_cut() -> None:
    draft = article_draft(
        Language.AR, [f"q{n}" for n in range(20)], number="7", owner="", today=TODAY, article_id="gift-cards"
    )
    front = front_matter(draft.text)
    assert front["id"] == "gift-cards"
    questions = front["questions"]
    assert isinstance(questions, list)
    assert len(questions) == MOST_QUESTIONS


def test_a_draft_without_questions_is_still_a_file() -> None:
    front = front_matter(article_draft(Language.EN, [], number="7", owner="reem", today=TODAY).text)
    assert front["id"] == "new-article-7"


AWKWARD = [
    ["where is order #7", "pay: how?", "- dash", "'quote\" both'", "yes", "2026", "~", "[x] {y}", "& co"],
    ["x" * 300, "word " * 39 + "end", "two  spaces", "two spaces", "a\x00b\x85c", "line\nbreak"],
    ["شحنة # ٧: وين؟", "١٢٣", "\u202bنص\u202c", "  "],  # parcel # 7: where?
    [],
]


@pytest.mark.parametrize("questions", AWKWARD)
@pytest.mark.parametrize("lang", list(Language))
@pytest.mark.parametrize("owner", ["reem", "", "someone with a long name " * 9])
def test_a_draft_of_the_desk_passes_the_check_and_is_no_obstacle(
    tmp_path: Path, lang: Language, questions: list[str], owner: str
) -> None:
    draft = article_draft(lang, questions, number="7", owner=owner, today=TODAY)
    write_tree(tmp_path, {**valid_tree(), f"{lang}/orders/{draft.name}": draft.text})
    tree = load_tree(tmp_path, TODAY)
    assert tree.errors == ()
    assert [(fault.code, fault.message.partition(";")[0]) for fault in tree.held_back] == [
        ("blank-value", "A value of `summary` is empty")
    ]


def test_a_draft_is_published_by_writing_its_summary_and_status(tmp_path: Path) -> None:
    draft = article_draft(Language.EN, AWKWARD[0], number="7", owner="reem", today=TODAY)
    text = draft.text.replace("summary: ''", "summary: Said").replace("status: draft", "status: published")
    tree = load_tree(write_tree(tmp_path, {**valid_tree(), f"en/orders/{draft.name}": text}), TODAY)
    assert tree.errors == ()
    written = next(article for article in tree.articles if article.category == "orders")
    assert written.questions == tuple(AWKWARD[0][:MOST_QUESTIONS])
    assert written.title == "Where is order #7"
