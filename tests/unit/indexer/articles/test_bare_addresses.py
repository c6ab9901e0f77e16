from __future__ import annotations

import re

import pytest

from indexer.articles.markdown_reader import MarkdownReader

READER = MarkdownReader()


def links_in(body: str) -> list[tuple[str, str]]:
    return re.findall(r'<a href="([^"]*)">([^<]*)</a>', READER.render(body).html)


@pytest.mark.parametrize(
    ("body", "address"),
    [
        ("See https://shop.example/a_b_c?x=1 now.", "https://shop.example/a_b_c?x=1"),
        ("(see http://shop.example/a_(b)).", "http://shop.example/a_(b)"),
        ("افتح https://shop.example/طلب، ثم", "https://shop.example/طلب"),  # open … then
        ("«https://shop.example»", "https://shop.example"),
        ("الرابط:https://shop.example/x؟", "https://shop.example/x"),  # the link
        ('"https://shop.example/x"', "https://shop.example/x"),
        ("- **https://shop.example/x**", "https://shop.example/x"),
        ("HTTPS://SHOP.EXAMPLE/X!", "HTTPS://SHOP.EXAMPLE/X"),
    ],
)
def test_web_addresses_are_links_without_what_follows_them(body: str, address: str) -> None:
    assert links_in(body) == [(address, address)]


def test_an_address_without_scheme_is_completed() -> None:
    assert links_in("See www.shop.example/a.") == [("http://www.shop.example/a", "www.shop.example/a")]


@pytest.mark.parametrize(
    "body", ["راسل my_team+ar@shop.example، شكرًا", "<b>my_team+ar@shop.example</b>."]
)  # write to … thanks
def test_mail_addresses_are_links(body: str) -> None:
    assert links_in(body) == [("mailto:my_team+ar@shop.example", "my_team+ar@shop.example")]


@pytest.mark.parametrize(
    "body", ["`https://a.example`", "xhttps://a.example", "a@b", "https://", "www.x", "@name", "a:b"]
)
def test_what_is_no_address_is_no_link(body: str) -> None:
    assert links_in(body) == []


def test_a_link_holds_no_link() -> None:
    assert links_in("[https://a.example x@a.example](b.md)") == [("b.md", "https://a.example x@a.example")]
