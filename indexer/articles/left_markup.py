"""Finds what was meant as markup and is shown as typed: stars, brackets and fences that the grammar left as text.

Only text that stands as it was typed is looked at: code, and whatever is escaped (`\\*`), is shown on purpose.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from indexer.articles.faults import Remark, Rule

if TYPE_CHECKING:
    from markdown_it.token import Token

_LETTER: Final = r"[^\W\d_]"
# What is looked for, and what to write instead. Texts are looked at line by line.
_ANYWHERE: Final = (
    (
        r"\*\*(?![\d#*]*[*#])|__",
        "close it where it belongs, with no space inside and none missing outside, or write it in backticks",
    ),
    (
        rf"(?<!\S)\*(?={_LETTER})[^*]*\*|\*\s[^*]*{_LETTER}\*(?!\S)",
        "emphasis has no space inside its stars, and none is missing outside",
    ),
    (r"~~", "close it, with no space inside"),
    (r"`+", "close the code with as many backticks"),
    (r"==\S[^=]*==", "write **bold** instead; this is not a mark here"),
    (r"\]\(", "an address has no space in it (or stands between < and >), and both brackets are closed"),
    (r"\]\[[^\]]*\]", "the name in the second brackets is not defined; write the address, as in [text](address)"),
    (r"!\[", "an image is written ![text](file)"),
    (r"\[\^[^\]\s]+\]", "no footnote has this name; write `[^name]: text` on a line of its own"),
    (r"\[\[[^\]]+\]\]", "write a link as [text](file.md)"),
    (r":::", "a note box opens with `:::tip` on a line of its own"),
    (r"\{\{[^}]*\}\}|\{%[^%]*%\}|\{[#.:][^}\s][^}]*\}", "this is the markup of another tool; remove it"),
    (r"(?<![\w:]):[a-z][a-z0-9_+-]+:(?![\w:])", "write the picture itself instead of its name"),
    (r"(?<!\w)(?:ftp|file|irc|sftp)://\S", "only addresses of the web become links; say in words what is there"),
    (r"\$\$|\\\(|\\\[", "formulas are not set; write them as text or in backticks"),
    (r"<(?:[A-Za-z/!?][^<>]*)?$|<[A-Za-z/!?]|<\ufffc[^<>]*>", "write `&lt;` for a plain `<`"),
    (r"&#?\w{2,32};", "there is no such character; write `&amp;` for a plain `&`"),
)
_LINE_STARTS: Final = (
    (r"#{2,6}(?=[^\s#])", "a heading has a space after its `#`"),
    (r"\d{1,2}[.)](?:\s|$)", "a list that starts with another number than 1 has a blank line before it"),
    (r"\d{1,2}[-–/ـ]\s*(?=[^\W\d])", "write steps as `1.`, `2.`, with a space"),
    (rf"\(?(?:[a-zA-Z]|[ء-ي])(?:\)|[-–ـ](?=\s))\s*{_LETTER}", "write a list with `-` or `1.`"),
    (r"[-+*–—·»]\s", "write items with `- `, in a list of their own"),
    (r"\|.*\|\s*$", "a table has a line `|---|---|` below its first one, with as many columns"),
    (r"\+[-=]{2,}[-=+]*\+|\[TOC\]|\[\[toc\]\]", "this is the markup of another tool; remove it"),
    (r"(?:!{3}|\?{3})\+?\s*\w", "a note box is `!!! note`, and its text stands four spaces in"),
    (r"={3,}\s*$|-{3,}\s*$", "put a blank line before and after it"),
)
_PATTERNS: Final = (
    *((re.compile(pattern), advice) for pattern, advice in _ANYWHERE),
    *((re.compile(rf"^[ \t]*(?:{pattern})"), advice) for pattern, advice in _LINE_STARTS),
)
# What Markdown inside HTML looks like when it is not read as such.
_IN_HTML: Final = re.compile(
    r"(?m)\*\*\S|(?<!\w)__\S|\]\(|`[^`\n]+`|~~\S|\[\^\w"
    r"|^[ \t]*(?:[-*+•][ \t]+\S|\d{1,2}[.)][ \t]+\S|#{1,6}[ \t]+\S|>[ \t]*\S)"
)
_TAG: Final = re.compile(r"<!--.*?(?:-->|$)|<[^<>]*>", re.DOTALL)
_COMMENT: Final = re.compile(r"<!--(?:-?>|.*?-->)", re.DOTALL)
_INSTRUCTION: Final = re.compile(r"<[!?]\S{0,12}")
_NOT_CODE: Final = re.compile(r"\s*(?:</?[a-zA-Z][\w-]*[\s/>]|[-*+•]\s|\d{1,2}[.)]\s|\|.*\|)")
_CODE_HTML: Final = re.compile(r"\s*<(?:pre|script|style|textarea|code)\b", re.IGNORECASE)
# `*101*5#`: what stands between the two stars is dialled, not stressed.
_NUMBER: Final = re.compile(r"\d+")
_DIALLED: Final = re.compile(r"[\d#*]")
_GAP: Final = "\ufffc"
_LONGEST: Final = 30


def left_markup(tokens: Sequence[Token]) -> Iterator[Remark]:
    """Yield what the readers of a text would see as typed.

    Args:
        tokens: Blocks with their texts parsed, escapes kept apart.
    """
    line = 0
    for token in tokens:
        line = token.map[0] if token.map else line
        if token.type == "inline":
            yield from _in_text(token, line)
        elif token.type == "html_block":
            yield from _in_html(token.content, line)
        elif token.type == "code_block" and _NOT_CODE.match(token.content):
            message = "This is shown as code, since it stands four spaces in; write a fence (```) around code."
            yield Remark(line, Rule.VISIBLE_MARKUP, message)


def _in_text(token: Token, line: int) -> Iterator[Remark]:
    """Yield what is left in one text, one remark a line at most."""
    children = token.children or ()
    lines = _as_typed(children).split("\n")
    for number, typed in enumerate(lines):
        found = ((match, advice) for pattern, advice in _PATTERNS if (match := pattern.search(typed)))
        if first := next(found, None):
            message = f"«{first[0][0].strip()[:_LONGEST]}» is shown as typed: {first[1]}."
            yield Remark(line + number, Rule.VISIBLE_MARKUP, message)
    if lines[-1].endswith("\\"):
        message = "The backslash is shown as typed: a line break is not the end of a paragraph; remove it."
        yield Remark(line + len(lines) - 1, Rule.VISIBLE_MARKUP, message)
    for child in children:
        if child.type == "html_inline":
            yield from _hidden_html(child.content, line)
    for opening, inside, _, after in zip(children, children[1:], children[2:], children[3:], strict=False):
        if opening.type == "em_open" and _NUMBER.fullmatch(inside.content) and _DIALLED.match(after.content):
            code = f"*{inside.content}*{after.content[:_LONGEST]}"
            message = f"The stars of «{code}» are read as emphasis; write it in backticks."
            yield Remark(line, Rule.EATEN_STARS, message)


def _as_typed(children: Sequence[Token]) -> str:
    """Return the words of a text that stand as they were typed, with `_GAP` for what is shown on purpose."""
    parts: list[str] = []
    address = False
    for child in children:
        if child.type in ("softbreak", "hardbreak"):
            parts.append("\n")
        elif child.type == "link_open":
            address = child.info == "auto"
        elif child.type == "link_close":
            address = False
        elif child.type == "text" and not address:
            parts.append(child.content)
        elif child.nesting == 0:
            parts.append(_GAP + "\n" * child.content.count("\n"))
    return "".join(parts)


def _in_html(html: str, line: int) -> Iterator[Remark]:
    yield from _hidden_html(html, line)
    if _CODE_HTML.match(html):
        return
    text = _TAG.sub(lambda tag: _GAP + "\n" * tag[0].count("\n"), html)
    if found := _IN_HTML.search(text):
        number = text.count("\n", 0, found.start())
        shown = found[0].strip()[:_LONGEST]
        message = f"«{shown}» is shown as typed: Markdown inside HTML has a blank line before and after it."
        yield Remark(line + number, Rule.VISIBLE_MARKUP, message)


def _hidden_html(html: str, line: int) -> Iterator[Remark]:
    """Yield what HTML hides from readers: comments that never end, and instructions to other programs."""
    found = _INSTRUCTION.search(_COMMENT.sub(lambda comment: "\n" * comment[0].count("\n"), html))
    if found:
        message = f"«{found[0]}» hides what follows from readers; close it with `-->`, or write `&lt;` for a plain `<`."
        yield Remark(line + found.string.count("\n", 0, found.start()), Rule.FORBIDDEN_HTML, message)
