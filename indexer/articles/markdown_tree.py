"""Builds the element tree of a page from the tokens of its Markdown, for Python-Markdown to number and write out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any, Final
from xml.etree.ElementTree import Element, SubElement

from indexer.articles.faults import Remark, Rule
from indexer.articles.note_boxes import NOTE_KINDS, NOTE_WORDS

if TYPE_CHECKING:
    from markdown_it.token import Token

    from indexer.articles.markdown_grammar import Footnote, ParsedText

_ALIGN: Final = re.compile(r"text-align:(left|center|right)")
_COMMENT: Final = re.compile(r"<!--(?:-?>|.*?-->)", re.DOTALL)
_TAGS: Final = {"s_open": "del"}


@dataclass(slots=True)
class TreeBuilder:
    """Builds one page.

    Attributes:
        root: Gets the blocks.
        numerals: Which digits the step on a line was numbered with.
        store_html: Keeps raw HTML and returns what stands for it in the tree.
        remarks: Gets what is wrong.
        heading_lines: Gets the line of each heading.
    """

    root: Element
    numerals: Mapping[int, str]
    store_html: Callable[[str], str]
    remarks: list[Remark] = field(default_factory=list)
    heading_lines: list[int] = field(default_factory=list)
    _open: list[Element] = field(default_factory=list)

    def build(self, text: ParsedText) -> None:
        """Add the blocks of a text, and its footnotes at the end."""
        self._open = [self.root]
        notes: dict[str, Sequence[Token]] = {}
        self._blocks(_without_footnotes(text.tokens, notes))
        if text.footnotes:
            self._footnotes(text.footnotes, notes)

    def _blocks(self, tokens: Iterable[Token]) -> None:
        for token in tokens:
            name = token.type.removesuffix("_open").removesuffix("_close")
            if token.nesting < 0 and not token.hidden:
                self._open.pop()
            elif token.nesting > 0 and not token.hidden:
                self._start_block(token, name)
            elif name == "inline":
                self._inline(token.children or ())
            elif name in ("fence", "code_block"):
                SubElement(self._add("pre", {}), "code").text = _text(token.content)
            elif name == "html_block":
                self._html(token.content.strip(), "\n")
            elif name == "hr":
                self._add("hr", {})

    def _start_block(self, token: Token, name: str) -> None:
        if "word" in token.meta:
            self._note_box(token.meta, _line(token))
            return
        attributes: dict[str, str] = {}
        match name:
            case "heading":
                self.heading_lines.append(_line(token))
                attributes = _escaped(token, "id")
            case "ordered_list":
                attributes = _escaped(token, "start")
                if numerals := self.numerals.get(_line(token)):
                    attributes["class"] = numerals
            case "th" | "td" if align := _ALIGN.search(str(token.attrs.get("style", ""))):
                attributes = {"align": align[1]}
            case "list_item" if "checked" in token.meta:
                attributes = {"class": "task"}
        self._start(token.tag, attributes)
        if name == "list_item" and attributes:
            self._task_box(done=token.meta["checked"])

    def _task_box(self, *, done: bool) -> None:
        box = {"class": "task-box", "role": "img", "aria-label": "done" if done else "open"}
        self._add("span", box).text = "☑" if done else "☐"
        self._write(" ")

    def _note_box(self, meta: Mapping[str, Any], line: int) -> None:
        word, title = meta["word"], meta["title"]
        if word not in NOTE_WORDS and not meta["fold"]:
            message = f"There is no note box «{word}»; write one of {', '.join(NOTE_WORDS)}."
            self.remarks.append(Remark(line, Rule.UNKNOWN_NOTE, message))
        if meta["fold"]:
            self._start("details", {"open": ""} if meta["shown"] else {})
            self._start("summary", {})
        else:
            kind = NOTE_WORDS[word].kind if word in NOTE_WORDS else NOTE_KINDS[0]
            self._start("div", {"class": f"admonition {kind}"})
            if title is not None and not title.content:
                return
            self._start("p", {"class": "admonition-title"})
        if title is None or not title.content:
            self._write(_text(word.capitalize()))
        else:
            self._inline(title.children or ())
        self._open.pop()

    def _footnotes(self, footnotes: Sequence[Footnote], notes: Mapping[str, Sequence[Token]]) -> None:
        self._start("div", {"class": "footnotes"})
        self._start("ol", {})
        for number, footnote in enumerate(footnotes, start=1):
            self._start("li", {"id": f"fn-{number}"})
            self._blocks(_without_footnotes(notes[footnote.label], {}))
            item = self._open[-1]
            last = item[-1] if len(item) and item[-1].tag == "p" else item
            for use in range(footnote.uses):
                _append(last, " ")
                back = {"class": "footnote-back", "href": f"#{_reference_id(number, use)}"}
                SubElement(last, "a", back).text = "↑"
            self._open.pop()

    def _inline(self, tokens: Sequence[Token]) -> None:
        for token in tokens:
            if token.nesting < 0:
                self._open.pop()
            elif token.nesting > 0:
                self._start(_TAGS.get(token.type, token.tag), _escaped(token, "href", "title"))
            else:
                self._inline_part(token)

    def _inline_part(self, token: Token) -> None:
        match token.type:
            case "text" | "text_special":
                self._write(_text(token.content))
            case "softbreak":
                self._write("\n")
            case "hardbreak":
                self._add("br", {})
            case "code_inline":
                self._add("code", {}).text = _text(token.content)
            case "html_inline":
                self._html(token.content)
            case "image":
                self._add("img", {"alt": escape(_plain(token.children or ())), **_escaped(token, "src", "title")})
            case "footnote_ref":
                number = token.meta["id"] + 1
                mark = self._add("sup", {"class": "footnote", "id": _reference_id(number, token.meta["subId"])})
                SubElement(mark, "a", {"href": f"#fn-{number}"}).text = str(number)

    def _add(self, tag: str, attributes: dict[str, str]) -> Element:
        return SubElement(self._open[-1], tag, attributes)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._open.append(self._add(tag, attributes))

    def _html(self, html: str, after: str = "") -> None:
        # Browsers and parsers disagree about where a comment ends, and words after it could vanish.
        if html := _COMMENT.sub("", html):
            self._write(f"{self.store_html(html)}{after}")

    def _write(self, text: str) -> None:
        _append(self._open[-1], text)


def _append(element: Element, text: str) -> None:
    if len(element):
        element[-1].tail = (element[-1].tail or "") + text
    else:
        element.text = (element.text or "") + text


def _without_footnotes(tokens: Sequence[Token], notes: dict[str, Sequence[Token]]) -> Iterator[Token]:
    """Yield the tokens that stand where they are written; footnotes are kept in `notes`, the first of each name."""
    depth, label = 0, ""
    inside: list[Token] = []
    for token in tokens:
        if token.type == "footnote_reference_open":
            depth, label = depth + 1, label or token.meta["label"]
        elif token.type == "footnote_reference_close":
            depth -= 1
            if not depth:
                notes.setdefault(label, tuple(inside))
                label, inside = "", []
        elif depth:
            inside.append(token)
        else:
            yield token


def _line(token: Token) -> int:
    return token.map[0] if token.map else 0


def _reference_id(number: int, use: int) -> str:
    return f"fnref-{number}-{use + 1}"


def _text(text: str) -> str:
    """Return text as the writer of the tree takes it, which lets what looks like an entity pass."""
    return escape(text, quote=False)


def _escaped(token: Token, *names: str) -> dict[str, str]:
    return {name: escape(str(token.attrs[name])) for name in names if name in token.attrs}


def _plain(tokens: Sequence[Token]) -> str:
    breaks = {"softbreak": " ", "hardbreak": " "}
    parts = (_plain(token.children) if token.children else breaks.get(token.type, token.content) for token in tokens)
    return "".join(parts)
