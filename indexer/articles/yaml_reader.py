"""Reads one YAML mapping key by key, with the line of every value and a fault for whatever is not as declared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TypeVar

import yaml
from rapidfuzz import process

from indexer.articles.faults import Rule
from kb.errors import Fault
from kb.yaml_text import YamlFaultKind, read_yaml

_RULES = {
    YamlFaultKind.INVALID: Rule.INVALID_YAML,
    YamlFaultKind.LOST_COMMENT: Rule.COMMENT_IN_VALUE,
    YamlFaultKind.DUPLICATE_KEY: Rule.DUPLICATE_KEY,
}
_TYPE_NAMES = {"int": "a number", "float": "a number", "bool": "yes or no", "null": "nothing", "timestamp": "a date"}

Choice = TypeVar("Choice", bound=StrEnum)


def compose_mapping(text: str, path: str, first_line: int, faults: list[Fault]) -> YamlMapping | None:
    """Parse a YAML text that must be a mapping.

    Args:
        text: The YAML.
        path: File named in faults.
        first_line: Line of the file that the text starts at.
        faults: Gets whatever is wrong.

    Returns:
        The mapping, or None if the text is none.
    """
    read = read_yaml(text)
    faults.extend(_RULES[fault.kind].at(path, first_line + fault.line - 1, fault.message) for fault in read.faults)
    node = read.node
    if node is None and read.faults:
        return None
    if not isinstance(node, yaml.MappingNode):
        faults.append(Rule.INVALID_YAML.at(path, first_line, "This must be lines of `key: value`."))
        return None
    return YamlMapping.of(node, path, first_line, faults)


@dataclass(frozen=True, slots=True)
class YamlMapping:
    """The values of one mapping; every method reports what is wrong and returns an empty value instead.

    Attributes:
        values: Value nodes by key, in the order written.
        path: File named in faults.
        first_line: Line of the file that the YAML text starts at.
        line: Line that the mapping starts at.
        faults: Gets whatever is wrong.
        prefix: Outer keys, for messages, e.g. ``translation_of.``.
    """

    values: Mapping[str, yaml.Node]
    path: str
    first_line: int
    line: int
    faults: list[Fault]
    prefix: str = ""
    lines: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(
        cls, node: yaml.MappingNode, path: str, first_line: int, faults: list[Fault], prefix: str = ""
    ) -> YamlMapping:
        """Read the keys of a mapping node, reporting those that are not text or written twice."""
        values: dict[str, yaml.Node] = {}
        lines: dict[str, int] = {}
        for key_node, value_node in node.value:
            line = first_line + key_node.start_mark.line
            key = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else "?"
            if key in values:
                message = f"`{prefix}{key}` is written twice, first on line {lines[key]}; keep one."
                faults.append(Rule.DUPLICATE_KEY.at(path, line, message))
                continue
            values[key], lines[key] = value_node, line
        return cls(values, path, first_line, first_line + node.start_mark.line, faults, prefix, lines)

    def require(self, required: Iterable[str], known: Sequence[str]) -> None:
        """Report required keys that are missing and keys that nobody knows."""
        for key in required:
            if key not in self.values:
                self.report(Rule.MISSING_KEY, self.line, f"`{self.prefix}{key}` is missing; write it.")
        for key in self.values:
            if key not in known:
                match = process.extractOne(key, known, score_cutoff=60)
                hint = f"; did you mean `{match[0]}`?" if match else f"; the keys are {', '.join(known)}."
                self.report(Rule.UNKNOWN_KEY, self.lines[key], f"`{self.prefix}{key}` is not a key{hint}")

    def report(self, rule: Rule, line: int, message: str) -> None:
        """Add a fault."""
        self.faults.append(rule.at(self.path, line, message))

    def text(self, key: str, longest: int) -> str:
        """Return the text of a key, empty if it is not written.

        Args:
            key: The key.
            longest: Most code points allowed.
        """
        node = self.values.get(key)
        return "" if node is None else self._text(key, node, longest)

    def texts(self, key: str, longest: int) -> tuple[str, ...]:
        """Return the list of texts of a key, in order, each once."""
        node = self.values.get(key)
        if node is None:
            return ()
        if not isinstance(node, yaml.SequenceNode):
            self.report(Rule.WRONG_TYPE, self.lines[key], f"`{self.prefix}{key}` must be a list, e.g. [one, two].")
            return ()
        found: dict[str, None] = {}
        for item in node.value:
            text = self._text(key, item, longest)
            if text and text in found:
                message = f"«{text}» is in `{self.prefix}{key}` twice; keep one."
                self.report(Rule.REPEATED_VALUE, self.line_of(item), message)
            if text:
                found[text] = None
        return tuple(found)

    def choice(self, key: str, default: Choice) -> Choice:
        """Return the member that a key names, the default if it is not written."""
        if key not in self.values or not (text := self.text(key, 40)):
            return default
        choices = type(default)
        if text in {member.value for member in choices}:
            return choices(text)
        self.report(
            Rule.BAD_CHOICE,
            self.lines[key],
            f"`{self.prefix}{key}` is «{text}»; write {' or '.join(member.value for member in choices)}.",
        )
        return default

    def date(self, key: str) -> date | None:
        """Return the date of a key, None if it is not written."""
        if key not in self.values:
            return None
        text = self.raw(key)
        try:
            if len(text) != len("YYYY-MM-DD"):
                raise ValueError(text)
            return date.fromisoformat(text)
        except ValueError:
            message = f"`{self.prefix}{key}` is not a date that exists; write it as 2026-11-20."
            self.report(Rule.BAD_DATE, self.lines[key], message)
            return None

    def integer(self, key: str) -> int | None:
        """Return the whole number from 0 of a key, None if it is not written."""
        if key not in self.values:
            return None
        text = self.raw(key)
        if not (text.isascii() and text.isdigit() and len(text) <= 6):
            self.report(Rule.WRONG_TYPE, self.lines[key], f"`{self.prefix}{key}` must be a whole number from 0.")
            return None
        return int(text)

    def mapping(self, key: str) -> YamlMapping | None:
        """Return the mapping of a key, None if it is not written."""
        node = self.values.get(key)
        if node is None:
            return None
        if not isinstance(node, yaml.MappingNode):
            message = f"`{self.prefix}{key}` must hold keys and values of its own."
            self.report(Rule.WRONG_TYPE, self.lines[key], message)
            return None
        return YamlMapping.of(node, self.path, self.first_line, self.faults, f"{self.prefix}{key}.")

    def raw(self, key: str) -> str:
        """Return a single value as it is written, whatever YAML takes it for; empty if it is not written."""
        node = self.values.get(key)
        return str(node.value) if isinstance(node, yaml.ScalarNode) else ""

    def line_of(self, node: yaml.Node) -> int:
        """Return the line of the file that a node starts at."""
        return self.first_line + int(node.start_mark.line)

    def _text(self, key: str, node: yaml.Node, longest: int) -> str:
        line = self.line_of(node)
        name = f"`{self.prefix}{key}`"
        kind = node.tag.removeprefix("tag:yaml.org,2002:")
        if not isinstance(node, yaml.ScalarNode) or kind not in ("str", "null"):
            got = _TYPE_NAMES.get(kind, "not text")
            self.report(Rule.WRONG_TYPE, line, f"A value of {name} is {got}; write text, in quotes if need be.")
            return ""
        text = "" if kind == "null" else " ".join(str(node.value).split())
        if not text:
            self.report(Rule.BLANK_VALUE, line, f"A value of {name} is empty; write it or remove it.")
        if len(text) > longest:
            message = f"A value of {name} has {len(text)} characters; {longest} are allowed."
            self.report(Rule.TOO_LONG, line, message)
        return text
