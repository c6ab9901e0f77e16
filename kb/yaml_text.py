"""YAML as people write it, read strictly: one document of plain mappings, lists and texts.

What YAML offers beyond that either loses what was written (comments behind values) or makes a small text large
(anchors, aliases, merge keys, deep nesting); each is a fault with its line. Knows nothing of articles or rules.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import yaml

DEEPEST: Final = 10
LONGEST: Final = 500_000

_NULL: Final = "tag:yaml.org,2002:null"
_COLON_INSIDE: Final = "mapping values are not allowed here"
_BEFORE_VALUE: Final = re.compile(r"(\s*(?:- +|[^\s\"'\[{#:][^:]*: +))(.*)")
_OWN_LINE: Final = "write it on a line of its own"
_BEFORE_A_VALUE: Final = (
    yaml.ValueToken,
    yaml.BlockEntryToken,
    yaml.FlowEntryToken,
    yaml.FlowSequenceStartToken,
    yaml.FlowMappingStartToken,
)
# Before these a comment explains the collection, and is not a value.
_COLLECTION_STARTS: Final = (yaml.BlockSequenceStartToken, yaml.BlockMappingStartToken)
_WHITE: Final = re.compile(r"\s+")


class YamlFaultKind(StrEnum):
    """What is wrong with a YAML text."""

    INVALID = "invalid"
    LOST_COMMENT = "lost-comment"
    DUPLICATE_KEY = "duplicate-key"


@dataclass(frozen=True, slots=True, order=True)
class YamlFault:
    """One thing wrong with a YAML text.

    Attributes:
        line: Line of the text, from 1.
        message: What is wrong and what to write instead.
    """

    line: int
    message: str
    kind: YamlFaultKind


@dataclass(frozen=True, slots=True)
class ReadYaml:
    """What a text says.

    Attributes:
        node: Its root; None if it is no YAML, or holds nothing.
        faults: Everything that is wrong, by line.
    """

    node: yaml.Node | None
    faults: tuple[YamlFault, ...]


class _RefusedError(Exception):
    """The text holds what is not read."""

    def __init__(self, mark: Any, message: str) -> None:
        super().__init__(message)
        self.fault = YamlFault(mark.line + 1, message, YamlFaultKind.INVALID)


def read_yaml(text: str) -> ReadYaml:
    """Parse a text, and report what in it would be lost or is refused.

    Args:
        text: One document.
    """
    if len(text) > LONGEST:
        message = f"This YAML has {len(text):,} characters; {LONGEST:,} are allowed."
        return ReadYaml(None, (YamlFault(1, message, YamlFaultKind.INVALID),))
    loader: _Loader | None = None
    try:
        loader = _Loader(text)
        node = loader.get_single_node()
    except _RefusedError as refused:
        return ReadYaml(None, (refused.fault,))
    except yaml.YAMLError as error:
        # A comment that swallowed a bracket is the better explanation.
        comments = loader.remaining_comment_faults() if loader else []
        return ReadYaml(None, tuple(sorted([*comments, _syntax_fault(text, error)])))
    return ReadYaml(node, tuple(loader.comment_faults))


def plain_value(node: yaml.Node | None, faults: list[YamlFault]) -> Any:
    """Return what a node says as dicts, lists, None and texts; numbers, dates and yes or no stay as they are written.

    Args:
        node: Root of a text.
        faults: Gets keys that are written twice.
    """
    match node:
        case yaml.MappingNode():
            values: dict[str, Any] = {}
            for key_node, value_node in node.value:
                key = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else "?"
                if key in values:
                    message = f"`{key}` is written twice; keep one."
                    faults.append(YamlFault(key_node.start_mark.line + 1, message, YamlFaultKind.DUPLICATE_KEY))
                values.setdefault(key, plain_value(value_node, faults))
            return values
        case yaml.SequenceNode():
            return [plain_value(item, faults) for item in node.value]
        case yaml.ScalarNode():
            return None if node.tag == _NULL else str(node.value)
        case _:
            return None


class _Loader(yaml.SafeLoader):
    """Composes nodes, refusing what makes a small text large, and looks at what lies between the tokens.

    Not the faster CSafeLoader: deep nesting makes it overflow the stack, which kills the process.
    """

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.comment_faults: list[YamlFault] = []
        self._text = text
        self._depth = 0
        self._flow_depth = 0
        self._owner_column = 0
        self._last: yaml.Token | None = None

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Compose one node, unless it is or bears an anchor, an alias or a tag, or lies too deep."""
        event = self.peek_event()  # type: ignore[no-untyped-call]
        _refuse_shorthand(event)
        if self._depth == DEEPEST:
            raise _RefusedError(event.start_mark, f"This YAML is nested too deeply; {DEEPEST} levels are allowed.")
        self._depth += 1
        try:
            return super().compose_node(parent, index)
        finally:
            self._depth -= 1

    def get_token(self) -> yaml.Token:
        """Return the next token, having looked at the comments before it."""
        token: yaml.Token = super().get_token()  # type: ignore[no-untyped-call]
        if token is not None:
            self._note_comments(token)
        return token

    def remaining_comment_faults(self) -> list[YamlFault]:
        """Return the faults of all comments, also behind the place where parsing failed."""
        with suppress(yaml.YAMLError):
            while self.check_token():
                self.get_token()
        return self.comment_faults

    def _note_comments(self, token: yaml.Token) -> None:
        last, self._last = self._last, token
        if last is not None:
            self.comment_faults.extend(self._lost(last, token))
        match token:
            case yaml.FlowSequenceStartToken() | yaml.FlowMappingStartToken():
                self._flow_depth += 1
            case yaml.FlowSequenceEndToken() | yaml.FlowMappingEndToken():
                self._flow_depth -= 1
            case yaml.KeyToken() | yaml.BlockEntryToken():
                self._owner_column = token.start_mark.column
            case _:
                pass

    def _lost(self, last: yaml.Token, token: yaml.Token) -> Iterator[YamlFault]:
        """Yield a fault for each comment between two tokens that may have been meant as part of a value."""
        if isinstance(last, yaml.ScalarToken) and last.style in ("|", ">"):
            header = self._line(last.start_mark.index)
            if " #" in header[last.start_mark.column :]:
                yield _lost_comment(last.start_mark.line, header, last.start_mark.column)
            return
        position, end = last.end_mark.index, token.start_mark.index
        while (position := self._text.find("#", position, end)) >= 0:
            start = self._text.rfind("\n", 0, position) + 1
            line = self._line(position)
            if self._text[start:position].strip() or self._continues(last, position - start):
                yield self._fault(last, position, is_title=isinstance(token, _COLLECTION_STARTS))
            position = start + len(line)

    def _continues(self, last: yaml.Token, column: int) -> bool:
        """Tell whether a comment on a line of its own stands where the text before it could go on."""
        if self._flow_depth:
            return True
        is_text = isinstance(last, yaml.ScalarToken) and last.plain
        return is_text and column > self._owner_column

    def _fault(self, last: yaml.Token, position: int, *, is_title: bool) -> YamlFault:
        number = self._text.count("\n", 0, position) + 1
        line_start = self._text.rfind("\n", 0, position) + 1
        end = line_start + len(self._line(position))
        stop = end
        if self._flow_depth and (closing := re.search(r"[,\]}]", self._text[position:end])):
            stop = position + closing.start()
        if isinstance(last, yaml.ScalarToken):
            start = last.start_mark.index
        elif isinstance(last, _BEFORE_A_VALUE) and not is_title and self._text[line_start:position].strip():
            start = position
        else:
            message = f"«{self._text[position:end]}» is a comment, which nobody sees; {_OWN_LINE}."
            return YamlFault(number, message, YamlFaultKind.LOST_COMMENT)
        before = self._line(start)[: start - self._text.rfind("\n", 0, start) - 1]
        value = _WHITE.sub(" ", self._text[start:stop]).strip()
        space = "" if before.rstrip().endswith(("[", "{")) else " "
        mended = f"{before.strip()}{space}{quote(value)}{self._text[stop:end]}".strip()
        message = (
            f"«{self._text[position:end]}» is a comment to YAML, which nobody sees. If it belongs to the text, put"
            f" the whole text in quotes: `{mended}`; if not, {_OWN_LINE}."
        )
        return YamlFault(number, message, YamlFaultKind.LOST_COMMENT)

    def _line(self, position: int) -> str:
        start = self._text.rfind("\n", 0, position) + 1
        end = self._text.find("\n", position)
        return self._text[start : end if end >= 0 else len(self._text)]


def _refuse_shorthand(event: yaml.Event) -> None:
    if isinstance(event, yaml.AliasEvent):
        message = f"`*{event.anchor}` is a reference of YAML; write the value itself, or a text in quotes."
        raise _RefusedError(event.start_mark, message)
    if anchor := getattr(event, "anchor", None):
        message = f"`&{anchor}` is an anchor of YAML and would be lost; put a text that starts so in quotes."
        raise _RefusedError(event.start_mark, message)
    if tag := getattr(event, "tag", None):
        message = f"`{_short(tag)}` is a tag of YAML and would be lost; put a text that starts so in quotes."
        raise _RefusedError(event.start_mark, message)


def _short(tag: str) -> str:
    return tag.replace("tag:yaml.org,2002:", "!!")


def _lost_comment(line_number: int, line: str, column: int) -> YamlFault:
    comment = line[line.index(" #", column) + 1 :]
    return YamlFault(
        line_number + 1,
        f"«{comment}» is a comment, which nobody sees; write it on the lines below.",
        YamlFaultKind.LOST_COMMENT,
    )


def quote(text: str) -> str:
    """Return a text of one line in quotes, so that YAML reads it as it is."""
    if '"' in text or "\\" in text:
        return "'" + text.replace("'", "''") + "'"
    return f'"{text}"'


def _syntax_fault(text: str, error: yaml.YAMLError) -> YamlFault:
    if isinstance(error, yaml.reader.ReaderError):
        line = text.count("\n", 0, error.position) + 1
        code = error.character if isinstance(error.character, int) else ord(error.character)
        return YamlFault(line, f"YAML may not hold the character U+{code:04X}; remove it.", YamlFaultKind.INVALID)
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None)
    if mark is None or problem is None:
        return YamlFault(1, "This is not valid YAML.", YamlFaultKind.INVALID)
    hint = _colon_hint(text, mark.line) if problem == _COLON_INSIDE else ""
    return YamlFault(mark.line + 1, f"This is not valid YAML: {problem}{hint}.", YamlFaultKind.INVALID)


def _colon_hint(text: str, line: int) -> str:
    """Return how to write a text that holds a colon and a space."""
    written = text.split("\n")[line]
    match = _BEFORE_VALUE.fullmatch(written)
    if match is None or not match[2] or match[2][0] in "\"'[{|>":
        return ""
    return f"; a text with `: ` goes in quotes, `{match[1].strip()} {quote(match[2].strip())}`"
