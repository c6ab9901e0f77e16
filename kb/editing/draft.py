"""The beginning of an article that answers a cluster: front matter filled in, questions listed, text to be written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import yaml

from kb.language.normalise import fold
from kb.model import Language

REVIEW_AFTER: Final = timedelta(days=180)
MOST_QUESTIONS: Final = 8
_LONGEST_ID: Final = 60
_PROMPTS = {
    Language.AR: "اكتب الجواب هنا: أولًا ما على القارئ فعله، ثم الحالات الخاصة.",
    Language.EN: "Write the answer here: first what the reader has to do, then the special cases.",
}


@dataclass(frozen=True, slots=True)
class Draft:
    """A file to put into the articles.

    Attributes:
        folder: Directory under the articles; the category is chosen by whoever puts the file there.
        name: Name of the file.
        text: Markdown with its front matter.
    """

    folder: str
    name: str
    text: str


def article_draft(
    lang: Language, questions: Sequence[str], *, number: str, owner: str, today: date, article_id: str = ""
) -> Draft:
    """Return a draft for the questions of a cluster.

    Args:
        questions: In the readers' words, most frequent first; may be empty.
        number: Tells drafts without a speaking id apart.
        owner: Who writes it.
        article_id: Of the article of which this is a translation; empty for a new one.
    """
    listed = list(dict.fromkeys(question.strip() for question in questions if question.strip()))[:MOST_QUESTIONS]
    identity = article_id or _identity(listed, number)
    front: dict[str, Any] = {
        "id": identity,
        "title": listed[0][:1].upper() + listed[0][1:] if listed else identity.replace("-", " ").capitalize(),
        "summary": "",
        "tags": [],
        "audience": "public",
        "status": "draft",
        "owner": owner,
        "updated": today,
        "review_by": today + REVIEW_AFTER,
        "questions": listed,
    }
    header = yaml.safe_dump(front, allow_unicode=True, sort_keys=False, width=1_000)
    return Draft(f"articles/{lang}/<category>", f"{identity}.md", f"---\n{header}---\n\n{_PROMPTS[lang]}\n")


def _identity(questions: Sequence[str], number: str) -> str:
    """Return an ASCII id from the first question that has Latin words, else one with a number."""
    for question in questions:
        words = re.findall(r"[a-z0-9]+", fold(question))
        if slug := "-".join(words)[:_LONGEST_ID].strip("-"):
            return slug
    return f"new-article-{number}"
