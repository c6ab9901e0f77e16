"""The beginning of an article for a cluster."""

from __future__ import annotations

from datetime import date

import yaml

from kb.editing.draft import MOST_QUESTIONS, article_draft
from kb.model import Language

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
