from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.articles.links import ArticleSurroundings, ImageShelf, Target
from indexer.articles.markdown_reader import MarkdownReader
from indexer.articles.page_html import finish_page
from indexer.articles.sanitise import SCHEMES, TAGS, is_allowed, sanitise
from indexer.articles.source_file import LineFinder
from kb.model import Audience, Language, Status

ATTACKS = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example/x.js></sCrIpT>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><a xlink:href='javascript:alert(1)'>x</a></svg>",
    "[x](javascript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    '<a href="&#x6A;avascript:alert(1)">x</a>',
    '<a href=" javascript:alert(1)">x</a>',
    '<a href="vbscript:x" onclick="alert(1)">x</a>',
    "<iframe src=https://evil.example></iframe><object data=x></object><embed src=x>",
    "<form action=https://evil.example><input name=q><button>go</button></form>",
    '<p style="background:url(javascript:alert(1))">x</p>',
    "<style>p{background:url(//evil.example)}</style>",
    "<math><mtext></mtext><mglyph><style><img src onerror=alert(1)></style></mglyph></math>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<!--[if gte IE 4]><script>alert(1)</script><![endif]-->",
    "<base href=//evil.example><meta http-equiv=refresh content=0><link rel=stylesheet href=//evil.example>",
    "<template><script>alert(1)</script></template>",
    "![x](javascript:alert(1))",
    "<a href=//evil.example>x</a>",
    "```html\n<script>alert(1)</script>\n```",
    "<h2 id=cookie onmouseover=alert(1)>x</h2>",
]
FRAGMENTS = r"""< > " ' & ` [ ]( ) javascript: &#106; <scr ipt> on click= مرحبا <!-- ]]> </a> </p> //evil""".split()
BLOCKS = ["\n", "\n\n", "    ", "<a href=", "\x00", "## ", "!!! note\n    ", "| a | b |\n|---|---|\n", "```\n"]
PIECES = st.sampled_from([*ATTACKS, *FRAGMENTS, *BLOCKS])


class Inventory(HTMLParser):
    """Collects what a browser would be told to do."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.wrong: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            self.wrong.append(tag)
        for name, value in attrs:
            if name != "class" and not is_allowed(tag, name):
                self.wrong.append(f"{tag} {name}")
            if name in ("href", "src"):
                scheme = "".join((value or "").split()).lower().partition(":")
                if scheme[1] and scheme[0] not in SCHEMES and not set(scheme[0]) & set("/?#"):
                    self.wrong.append(f"{tag} {name}={value}")


def finished(body: str) -> str:
    target = Target("en/a/b.md", Language.EN, "b", Status.PUBLISHED, Audience.PUBLIC)
    lines = LineFinder(body, 1)
    # No file is read: the directory does not exist.
    around = ArticleSurroundings(target, {}, ImageShelf({}), lines, [], [])
    return finish_page(MarkdownReader().render(body).html, Language.AR, around).html


@pytest.mark.parametrize("attack", ATTACKS)
def test_known_attacks_leave_nothing_that_runs(attack: str) -> None:
    assert Inventory(finished(attack)).wrong == []
    assert Inventory(sanitise(attack)).wrong == []


@given(st.lists(PIECES | st.text(max_size=8), max_size=12).map("".join))
def test_nothing_that_runs_survives_from_any_text(body: str) -> None:
    assert Inventory(finished(body)).wrong == []


@given(st.lists(PIECES | st.text(max_size=8), max_size=12).map("".join))
def test_sanitising_again_changes_nothing(html: str) -> None:
    once = sanitise(html)
    assert sanitise(once) == once
