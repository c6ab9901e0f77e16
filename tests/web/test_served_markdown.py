"""The Markdown that is served works where it is read: links and images have full addresses, code is left alone."""

from __future__ import annotations

import time

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import make_article
from web.public.source_text import served_markdown

ORIGIN = "https://help.example"
ADDRESSES = (
    ("../orders/track.md", "/en/articles/track"),
    ("../orders/track.md#late", "/en/articles/track#late"),
    ("../../ar/orders/%D8%AA%D8%AA%D8%A8%D8%B9.md", "/ar/articles/تتبع"),  # tracking
    ("self.md#part", "#part"),
    ("../../images/card.svg", "/assets/0123.svg"),
    ("images/a (1).png", "/assets/4567.png"),
)
TRACK, CARD = f"{ORIGIN}/en/articles/track.md", f"{ORIGIN}/assets/0123.svg"


def served(app: Flask, source: str) -> str:
    with app.test_request_context():
        text = served_markdown(make_article(title="T", summary="S.", source=source, addresses=ADDRESSES))
    head = "# T\n\nS.\n\n"
    assert text.startswith(head)
    return text.removeprefix(head).rstrip("\n")


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("[a](../orders/track.md)", f"[a]({TRACK})"),
        ("[a](../orders/track.md#late 'Late')", f"[a]({TRACK}#late 'Late')"),
        ("[a](<../orders/track.md>)", f"[a](<{TRACK}>)"),
        ("[a]( ../orders/track.md )", f"[a]( {TRACK} )"),
        ("[a](self.md#part)", "[a](#part)"),
        ("[a](#part)", "[a](#part)"),
        ("[ع](../../ar/orders/%D8%AA%D8%AA%D8%A8%D8%B9.md)", f"[ع]({ORIGIN}/ar/articles/%D8%AA%D8%AA%D8%A8%D8%B9.md)"),
        ("![a](../../images/card.svg)", f"![a]({CARD})"),
        ("[![a](../../images/card.svg)](../orders/track.md)", f"[![a]({CARD})]({TRACK})"),
        ("![a](<images/a (1).png>)", f"![a](<{ORIGIN}/assets/4567.png>)"),
        ("[a][t]\n\n[t]: ../orders/track.md 'Track'", f"[a][t]\n\n[t]: {TRACK} 'Track'"),
        ("[t]: <../orders/track.md>", f"[t]: <{TRACK}>"),
        ('<a href="../orders/track.md">a</a>', f'<a href="{TRACK}">a</a>'),
        ("<img alt='x' src='../../images/card.svg'>", f"<img alt='x' src='{CARD}'>"),
        ("[a](/en/contact)", f"[a]({ORIGIN}/en/contact)"),
        ("[a](https://x.example/../orders/track.md)", "[a](https://x.example/../orders/track.md)"),
        ("[a](//x.example)", "[a](//x.example)"),
        ("[a](mailto:a@x.example) [b](tel:+966)", "[a](mailto:a@x.example) [b](tel:+966)"),
        ("| [a](../orders/track.md) | b |", f"| [a]({TRACK}) | b |"),
        ("- one\n- [a](../orders/track.md)", f"- one\n- [a]({TRACK})"),
    ],
)
def test_what_is_named_by_path_has_a_full_address(app: Flask, source: str, text: str) -> None:
    assert served(app, source) == text


@pytest.mark.parametrize(
    "source",
    [
        "`[a](../orders/track.md)`",
        "``[a](../orders/track.md) ` ``",
        "```md\n[a](../orders/track.md)\n```",
        "~~~\n[a](../orders/track.md)\n```\n[a](../orders/track.md)\n~~~",
        "- step\n\n    ```\n    ![a](../../images/card.svg)\n    ```",
        "```\n[a](../orders/track.md)",
        "The file ../orders/track.md and (../orders/track.md)",
    ],
)
def test_code_and_plain_text_stay_as_they_are(app: Flask, source: str) -> None:
    assert served(app, source) == source


def test_what_follows_code_is_rewritten_again(app: Flask) -> None:
    source = "`x` [a](../orders/track.md)\n\n```\nx\n```\n\n[a](../orders/track.md) and `"
    assert served(app, source).count(TRACK) == 2


@pytest.mark.parametrize("piece", ["[a](", "`", "``a` ", "[a]: <", "<a href=", "```\n", "]((((", "<img src='"])
def test_hostile_sources_take_no_time(app: Flask, piece: str) -> None:
    began = time.perf_counter()
    served(app, piece * (20_000 // len(piece)))
    assert time.perf_counter() - began < 3


def test_links_of_the_small_site_work_as_markdown(client: FlaskClient) -> None:
    text = client.get("/en/articles/track-order.md").get_data(as_text=True)
    assert f"[the message]({ORIGIN}/en/articles/reset-password.md#the-message-does-not-arrive)" in text
    image = text.partition("![Label](")[2].partition(")")[0]
    assert client.get(image.removeprefix(ORIGIN)).mimetype == "image/svg+xml"


def test_an_old_address_leads_to_the_present_markdown(client: FlaskClient) -> None:
    response = client.get("/en/articles/follow-parcel.md")
    assert (response.status_code, response.location) == (301, "/en/articles/track-order.md")
    assert client.get("/en/articles/nothing.md").status_code == 404
