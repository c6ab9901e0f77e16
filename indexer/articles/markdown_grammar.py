"""Which Markdown is read: CommonMark and GitHub's, note boxes, definition lists (home of markdown_it).

`markdown_it` says what is a list, a table, an emphasis, and on which line; `markdown_reader` makes the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from indexer.articles.bare_addresses import link_mail_addresses, link_web_addresses
from indexer.articles.faults import Remark, Rule
from indexer.articles.markdown_checks import check_blocks, check_footnotes, check_note_boxes
from indexer.articles.markdown_dialect import plain_text
from indexer.articles.markdown_notes import name_headings, note_boxes

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock
    from markdown_it.token import Token

# A list in a list adds two levels. Deeper ones are cut off by the grammar, so they are refused.
_MOST_LEVELS: Final = 30
_MOST_CHARACTERS: Final = 100_000
_MOST_LINES: Final = 5_000
# A small table may stand for many cells: what a row lacks is added.
_MOST_CELLS: Final = 20_000
_MOST_TOKENS: Final = 30_000
# Time grows with the square of these within one text, or one run of definitions: so many cost about a second.
_MOST_SQUARED_MARKS: Final = 16_000_000
_MOST_SQUARED_DEFINITIONS: Final = 2_000_000
_MARK: Final = re.compile(r"[\[\]{<>*_~`&!\\:@]")
_CODE: Final = frozenset({"fence", "code_block", "html_block"})


@dataclass(frozen=True, slots=True)
class Footnote:
    """A footnote that the text refers to, by its name, and how often."""

    label: str
    uses: int


@dataclass(frozen=True, slots=True)
class ParsedText:
    """A Markdown text as its grammar sees it.

    Attributes:
        tokens: Blocks; those of type `inline` have children, those that open a note box a word, a title and how it
            folds in `meta`.
        numerals: Which digits the step on a line was numbered with.
        footnotes: In the order in which they are first referred to.
        remarks: What is wrong with its structure.
    """

    tokens: tuple[Token, ...]
    numerals: Mapping[int, str]
    footnotes: tuple[Footnote, ...]
    remarks: tuple[Remark, ...]


class MarkdownGrammar:
    """Reads the structure of Markdown; reusable, for one thread."""

    def __init__(self) -> None:
        self._grammar = _grammar()

    def parse(self, body: str) -> ParsedText:
        """Return the structure of a text; of one that would take too long, nothing but the remark."""
        if remark := _too_long(body):
            return ParsedText((), {}, (), (remark,))
        plain = plain_text(body, self._code_lines)
        environment: dict[str, Any] = {}
        tokens = self._blocks(plain.body, environment)
        if len(tokens) > _MOST_TOKENS:
            message = "The tables and lists from here on have too many parts to be read; make several articles of it."
            return ParsedText((), {}, (), (Remark(_longest_block(tokens), Rule.TANGLED_MARKDOWN, message),))
        texts = [(len(_MARK.findall(token.content)), token.map[0]) for token in tokens if token.content and token.map]
        if remark := _tangled(texts, "marks such as `[` and `*`", _MOST_SQUARED_MARKS):
            return ParsedText((), {}, (), (remark,))
        remarks = [*_too_deep(tokens), *check_blocks(tokens, plain.body.split("\n"))]
        name_headings(tokens)
        tokens = list(note_boxes(tokens))
        remarks += check_note_boxes(tokens)
        for token in tokens:
            inline = token.meta.get("title") or token
            if inline.type == "inline":
                inline.children = []
                self._grammar.inline.parse(inline.content, self._grammar, environment, inline.children)
                inline.children = list(link_mail_addresses(inline.children))
        references = environment.get("footnotes", {}).get("list", {})
        footnotes = tuple(Footnote(references[number]["label"], references[number]["count"]) for number in references)
        remarks += check_footnotes(tokens, {footnote.label for footnote in footnotes})
        return ParsedText(tuple(tokens), plain.numerals, footnotes, tuple(remarks))

    def _blocks(self, body: str, environment: MutableMapping[str, Any]) -> list[Token]:
        tokens: list[Token] = []
        self._grammar.block.parse(body, self._grammar, environment, tokens)
        return tokens

    def _code_lines(self, body: str) -> frozenset[int]:
        code = (token.map for token in self._blocks(body, {}) if token.type in _CODE and token.map)
        return frozenset(line for start, end in code for line in range(start, end))


def _grammar() -> MarkdownIt:
    from markdown_it import MarkdownIt
    from mdit_py_plugins.admon import admon_plugin
    from mdit_py_plugins.container import container_plugin
    from mdit_py_plugins.deflist import deflist_plugin
    from mdit_py_plugins.footnote import footnote_plugin

    grammar = MarkdownIt("commonmark", {"maxNesting": _MOST_LEVELS})
    grammar.options["tasklists"] = grammar.options["strikethrough_single_tilde"] = True
    grammar.enable(["table", "strikethrough"])
    link_web_addresses(grammar)
    grammar.use(footnote_plugin, inline=False, move_to_end=False)
    grammar.use(admon_plugin)
    grammar.use(container_plugin, "note", marker=":", validate=_opens_note)
    grammar.use(deflist_plugin)
    _only_colons_define(grammar)
    # What addresses are good for is judged, with file and line, by `indexer.articles.links`.
    grammar.normalizeLink = lambda url: url  # type: ignore[method-assign]
    grammar.validateLink = lambda url: True  # type: ignore[method-assign]
    return grammar


def _opens_note(words: str, _markup: str) -> bool:
    return bool(words.strip())


def _only_colons_define(grammar: MarkdownIt) -> None:
    """Leave `~ text` under a paragraph alone, which the plugin takes for a definition and GitHub does not."""
    rules = grammar.block.ruler
    deflist = next(rule.fn for rule in rules.__rules__ if rule.name == "deflist")

    def definition_list(state: StateBlock, line: int, end: int, silent: bool) -> bool:  # noqa: FBT001 - its interface
        below = line + 2 if line + 1 < end and state.isEmpty(line + 1) else line + 1
        if below >= end or not state.src.startswith(":", state.bMarks[below] + state.tShift[below]):
            return False
        return bool(deflist(state, line, end, silent))

    rules.at("deflist", definition_list, {"alt": ["paragraph", "reference", "blockquote"]})


def _too_long(body: str) -> Remark | None:
    if len(body) > _MOST_CHARACTERS:
        message = (
            f"The text has {len(body):,} characters; {_MOST_CHARACTERS:,} are allowed. Make several articles of it."
        )
        return Remark(0, Rule.TANGLED_MARKDOWN, message)
    lines = body.split("\n")
    if len(lines) > _MOST_LINES:
        message = f"The text has {len(lines):,} lines; {_MOST_LINES:,} are allowed. Make several articles of it."
        return Remark(_MOST_LINES, Rule.TANGLED_MARKDOWN, message)
    runs = list(_runs(lines))
    for start, run in runs:
        cells = len(run) * max(line.count("|") for line in run)
        if cells > _MOST_CELLS:
            message = f"A table of up to {cells:,} cells stands here, which takes too long to read; make several of it."
            return Remark(start, Rule.TANGLED_MARKDOWN, message)
    definitions = [(sum(line.count("]:") for line in run), start) for start, run in runs]
    return _tangled(definitions, "marks `]:`", _MOST_SQUARED_DEFINITIONS)


def _runs(lines: list[str]) -> Iterator[tuple[int, list[str]]]:
    """Yield the lines that no blank line parts, with the number of the first."""
    for blank, numbered in groupby(enumerate(lines), key=lambda numbered: not numbered[1].strip()):
        run = list(numbered)
        if not blank:
            yield run[0][0], [line for _, line in run]


def _tangled(counts: list[tuple[int, int]], what: str, most: int) -> Remark | None:
    """Return a remark about the text with the most marks, if the time for all of them would grow too long."""
    if sum(count**2 for count, _ in counts) <= most:
        return None
    count, line = max(counts)
    message = f"{count:,} {what} stand in one paragraph here, which takes too long to read; make several of it."
    return Remark(line, Rule.TANGLED_MARKDOWN, message)


def _longest_block(tokens: list[Token]) -> int:
    """Return the line of the outermost block that has most parts."""
    starts = [index for index, token in enumerate(tokens) if token.level == 0 and token.nesting == 1]
    ends = [*starts[1:], len(tokens)]
    _, longest = max(zip((end - start for start, end in zip(starts, ends, strict=True)), starts, strict=True))
    return (tokens[longest].map or [0])[0]


def _too_deep(tokens: list[Token]) -> Iterator[Remark]:
    for token in tokens:
        if token.nesting == 1 and token.level >= _MOST_LEVELS - 1 and token.map:
            message = "What stands here is nested too deeply to be shown; write it less deep."
            yield Remark(token.map[0], Rule.DEEP_NESTING, message)
            return
