"""The directions of an article's passages, code and runs."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.articles.writing_direction import direct
from kb.model import Language

AR, EN = Language.AR, Language.EN
ADDED = re.compile(r"</?bd[io](?: dir=\"\w+\")?>| dir=\"\w+\"")
TEXTS = st.sampled_from(["رقم", " +966 11 555 0100 ", "Pay", "C++", "٣-٥", "&lt;b&gt;", " (", ")", "a &amp; b", "*1#"])
INLINE = st.recursive(
    TEXTS,
    lambda inner: st.tuples(st.sampled_from(["strong", "em", "code", "kbd", "a"]), st.lists(inner, max_size=3)).map(
        lambda made: f"<{made[0]}>{''.join(made[1])}</{made[0]}>"
    ),
    max_leaves=6,
)
HTML = st.lists(
    st.tuples(st.sampled_from(["p", "li", "td", "h2", "pre", "blockquote", "summary"]), st.lists(INLINE, max_size=4)),
    max_size=4,
).map(lambda blocks: "".join(f"<{tag}>{''.join(inside)}</{tag}>" for tag, inside in blocks))


@given(HTML, st.sampled_from(list(Language)))
def test_it_adds_nothing_but_directions(html: str, lang: Language) -> None:
    assert ADDED.sub("", direct(html, lang)) == html


@given(HTML, st.sampled_from(list(Language)))
def test_elements_stay_nested(html: str, lang: Language) -> None:
    opened: list[str] = []
    for closing, tag in re.findall(r"<(/?)(\w+)[^>]*>", direct(html, lang)):
        if closing:
            assert opened.pop() == tag
        else:
            opened.append(tag)
    assert opened == []


@pytest.mark.parametrize(
    ("html", "lang", "directed"),
    [
        # An Arabic message with a name in it, as code: the check failed
        (
            "<p><code>فشل التحقق 3-D Secure</code></p>",
            AR,
            '<p><code dir="rtl">فشل التحقق <bdi dir="ltr">3-D Secure</bdi></code></p>',
        ),
        ("<pre><code>kb check\n</code></pre>", AR, '<pre dir="ltr"><code>kb check\n</code></pre>'),
        # A whole English message: a paragraph turns, an entry of a list stays in line
        ("<p>Your parcel is here.</p>", AR, '<p dir="ltr">Your parcel is here.</p>'),
        ("<ul><li>Apple Pay.</li></ul>", AR, '<ul><li><bdi dir="ltr">Apple Pay.</bdi></li></ul>'),
        ("<p>تم الدفع.</p>", EN, '<p dir="rtl">تم الدفع.</p>'),  # it is paid
        # The letters that make a run fall apart may stand in another element: ask customer care
        (
            "<p>Ask <b>خدمة العملاء</b> +966 11 555 0100.</p>",
            EN,
            '<p>Ask <b>خدمة العملاء</b> <bdi dir="ltr">+966 11 555 0100</bdi>.</p>',
        ),
        ("<p>Call +966 11 555 0100.</p>", EN, "<p>Call +966 11 555 0100.</p>"),
        ("<li>من ٣-٥ أيام</li>", AR, '<li>من <bdo dir="ltr">٣-٥</bdo> أيام</li>'),  # 3 to 5 days
        ('<p dir="rtl">Pay</p>', AR, '<p dir="rtl">Pay</p>'),
        ("<p><bdi>+1 555 0100</bdi> هنا</p>", AR, "<p><bdi>+1 555 0100</bdi> هنا</p>"),  # here
        ("<li>طلب<ul><li>Pay</li></ul></li>", AR, '<li>طلب<ul><li><bdi dir="ltr">Pay</bdi></li></ul></li>'),  # order
    ],
)
def test_directions(html: str, lang: Language, directed: str) -> None:
    assert direct(html, lang) == directed
