"""What agents copy is shown in its order wherever it is pasted."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from kb.agents.replies import EmbeddedArticle, ReplyId, SavedReply, fill
from kb.agents.snippets import Snippet, SnippetFormat, render
from kb.model import Language

CONTROLS = re.compile("[\u200e\u200f\u2066-\u2069]")
URL = "https://help.example/r/aB3-"
ARABIC = Snippet("اطلب *858# أولًا", "ثم اتصل على +966 11 555 0147 فورًا", URL, Language.AR)  # dial first, then call


def test_plain_text_isolates_numbers_and_leaves_links_alone() -> None:
    text = render(ARABIC, SnippetFormat.TEXT)

    assert text.splitlines() == [
        "اطلب \u2066*858#\u2069 أولًا",
        "ثم اتصل على \u2066+966 11 555 0147\u2069 فورًا",
        URL,
    ]


def test_markdown_escapes_what_it_isolates() -> None:
    assert "اطلب \u2066\\*858\\#\u2069 أولًا" in render(ARABIC, SnippetFormat.MARKDOWN)
    assert f"]({URL})" in render(ARABIC, SnippetFormat.MARKDOWN)


def test_html_isolates_by_elements() -> None:
    assert '<bdi dir="ltr">+966 11 555 0147</bdi>' in render(ARABIC, SnippetFormat.HTML)
    assert not CONTROLS.search(render(ARABIC, SnippetFormat.HTML))


def test_english_stays_as_it_is() -> None:
    english = Snippet("Dial *858#", "Then call +966 11 555 0147", URL, Language.EN)

    assert render(english, SnippetFormat.TEXT) == f"Dial *858#\nThen call +966 11 555 0147\n{URL}"


def test_saved_replies_are_isolated_after_they_are_filled_in() -> None:
    body = "أهلًا {name}،\nاطلب *858# من {phone}\n{article:fees}"  # hello, dial from
    reply = SavedReply(ReplyId("1"), Language.AR, "رد", body, 1, "Omar", datetime(2026, 11, 1, tzinfo=UTC))

    def embed(_: str) -> EmbeddedArticle:
        return EmbeddedArticle("رسوم 3-D Secure", URL)  # fees of

    text = fill(reply, {"name": "Sara"}, embed)
    assert text.splitlines() == [
        "أهلًا Sara،",
        "اطلب \u2066*858#\u2069 من {phone}",
        f"رسوم \u20663-D Secure\u2069: {URL}",
    ]
    html = fill(reply, {"name": "<Sara>"}, embed, SnippetFormat.HTML)
    assert '<bdi dir="ltr">*858#</bdi>' in html
    assert "&lt;Sara&gt;" in html
    assert f'<a href="{URL}">رسوم <bdi dir="ltr">3-D Secure</bdi></a>' in html
    assert "{phone}" in html
