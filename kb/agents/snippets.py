"""What an agent puts into an answer: title, the passage that answers, link, as Markdown, HTML or plain text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from html import escape

from kb.language.direction import direction_of_language
from kb.language.isolation import isolated_html, plain_lines, plain_text
from kb.model import Article, Language
from kb.results import TextPart

LONGEST_PASSAGE = 600
_ELLIPSIS = "…"
_SENTENCE_END = re.compile(r"(?<=[.!?؟…])\s+")
_MARKDOWN_SIGNS = re.compile(r"([\\`*_\[\]<>#|~])")


class SnippetFormat(StrEnum):
    """How a snippet is written."""

    MARKDOWN = "markdown"
    HTML = "html"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Snippet:
    """An article in an answer.

    Attributes:
        passage: Plain text that answers; may be empty.
        url: Full address, tracked.
    """

    title: str
    passage: str
    url: str
    lang: Language


def render(snippet: Snippet, form: SnippetFormat) -> str:
    """Return a snippet as text to be pasted; whatever stands in it, it cannot become other markup."""
    return {SnippetFormat.MARKDOWN: _markdown, SnippetFormat.HTML: _html, SnippetFormat.TEXT: _text}[form](snippet)


def passage_of(article: Article, anchor: str, shown: str = "") -> str:
    """Return whole sentences of an article that answer, as plain text.

    Args:
        article: Where they stand.
        anchor: Section that they stand in; empty: the lead.
        shown: What a search showed of the section, possibly cut; if it is empty, the article's summary is returned,
            or where there is none the beginning of the section.

    Returns:
        At most `LONGEST_PASSAGE` characters.
    """
    section = next((each.prose for each in article.sections if each.anchor == anchor), "")
    core = " ".join(shown.strip(f"{_ELLIPSIS} ").split())
    if not core:
        return _shortened(article.summary or " ".join(section.split()))
    # What was shown stands in one line; or in several, such as the rows of a table; or reaches across paragraphs.
    for paragraph in (*section.split("\n"), *section.split("\n\n"), section):
        if core in (text := " ".join(paragraph.split())):
            return _shortened(_whole_sentences(text, text.index(core), len(core)))
    return _shortened(core)


def markdown_text(text: str) -> str:
    """Return plain text so that Markdown shows it as it is."""
    return _MARKDOWN_SIGNS.sub(r"\\\1", text)


def _markdown(snippet: Snippet) -> str:
    heading = f"**[{markdown_text(plain_text(snippet.title, snippet.lang))}]({snippet.url})**"
    lines = plain_lines(snippet.passage, snippet.lang).splitlines()
    quoted = "\n".join(f"> {markdown_text(line)}" for line in lines)
    return f"{heading}\n\n{quoted}" if quoted else heading


def _html(snippet: Snippet) -> str:
    own = direction_of_language(snippet.lang)
    title, passage = (isolated_html([TextPart(text, mark=False)], own) for text in (snippet.title, snippet.passage))
    heading = f'<p><a href="{escape(snippet.url)}"><strong>{title}</strong></a></p>'
    quoted = f"<blockquote>{passage}</blockquote>" if passage else ""
    return f'<div lang="{snippet.lang}" dir="{own}">{heading}{quoted}</div>'


def _text(snippet: Snippet) -> str:
    parts = [plain_lines(text, snippet.lang) for text in (snippet.title, snippet.passage)]
    return "\n".join(part for part in (*parts, snippet.url) if part)


def _whole_sentences(text: str, start: int, length: int) -> str:
    ends = [0, *(match.end() for match in _SENTENCE_END.finditer(text)), len(text)]
    first = max(end for end in ends if end <= start)
    last = min(end for end in ends if end >= start + length)
    return text[first:last].strip()


def _shortened(text: str) -> str:
    if len(text) <= LONGEST_PASSAGE:
        return text
    cut = text[:LONGEST_PASSAGE]
    ends = [match.start() for match in _SENTENCE_END.finditer(cut)]
    return cut[: ends[-1]] if ends else cut.rsplit(" ", 1)[0] + _ELLIPSIS
