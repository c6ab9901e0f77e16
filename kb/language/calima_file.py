"""A check of CALIMA database files, so that a bad one is named with its line instead of failing inside a library.

CAMeL Tools reads a truncated file without complaint and then knows fewer words; this refuses it.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

from kb.errors import OperatorError

_SECTIONS = (
    *("###DEFINES###", "###DEFAULTS###", "###ORDER###", "###TOKENIZATIONS###", "###STEMBACKOFF###"),
    *("###PREFIXES###", "###SUFFIXES###", "###STEMS###", "###TABLE AB###", "###TABLE BC###", "###TABLE AC###"),
)
_NEEDS_CONTENT = frozenset(_SECTIONS) - {"###TOKENIZATIONS###", "###STEMBACKOFF###"}

_STEM_FEATURES = frozenset({"diac", "lex", "pos"})
"""What the choice of a lemma needs of every stem."""


def check_calima_file(path: Path, remedy: str) -> None:
    """Read a database file once and refuse it where it cannot be right.

    Args:
        path: The file.
        remedy: What the operator should do about a bad one.

    Raises:
        OperatorError: The file is missing, empty, truncated or not CALIMA; the message names file and line.
    """
    try:
        text = path.read_text("utf-8")
    except OSError as fault:
        raise OperatorError(f"The morphology database {path} cannot be read: {fault.strerror}.", remedy) from fault
    except UnicodeDecodeError as fault:
        line = path.read_bytes()[: fault.start].count(b"\n") + 1
        raise OperatorError(f"{path}:{line}: not a CALIMA database: not UTF-8 text.", remedy) from fault
    found = _fault(text)
    if found is not None:
        line, message = found
        raise OperatorError(f"{path}:{line}: {message}", remedy)


def _fault(text: str) -> tuple[int, str] | None:
    """Return line (from 1) and message of the first fault."""
    lines = text.split("\n")
    if not text.strip():
        return 1, "the file is empty."
    if lines[0].strip() != _SECTIONS[0]:
        return 1, f"not a CALIMA database: it must begin with {_SECTIONS[0]}."
    heads = [number for number, line in enumerate(lines) if line.startswith("###")]
    for expected, number in zip(_SECTIONS, heads, strict=False):
        if lines[number].strip() != expected:
            return number + 1, f"expected {expected}, found {lines[number].strip()[:40]!r}."
    if len(heads) < len(_SECTIONS):
        return len(lines), f"the file is truncated: {_SECTIONS[len(heads)]} is missing."
    if len(heads) > len(_SECTIONS):
        return heads[len(_SECTIONS)] + 1, "a section too many."
    if lines.pop():
        return len(lines) + 1, "the file is truncated: its last line has no end."
    return _row_fault(lines, heads)


def _row_fault(lines: list[str], heads: list[int]) -> tuple[int, str] | None:
    for section, (start, end) in zip(_SECTIONS, pairwise([*heads, len(lines)]), strict=True):
        if end - start == 1 and section in _NEEDS_CONTENT:
            return start + 1, f"{section} holds nothing."
        is_right = _CHECKS[section]
        for number in range(start + 1, end):
            if not is_right(lines[number]):
                return number + 1, f"this line does not belong into {section}: {lines[number][:60]!r}."
    return None


def _is_definition(line: str) -> bool:
    return line.startswith("DEFINE ") and len(line.split()) >= 3


def _is_default(line: str) -> bool:
    return line.startswith("DEFAULT ") and " pos:" in line


def _is_named_list(line: str) -> bool:
    return len(line.split()) >= 2


def _is_affix(line: str) -> bool:
    cells = line.split("\t")
    return len(cells) == 3 and all(":" in feature for feature in cells[2].split())


def _is_stem(line: str) -> bool:
    if not _is_affix(line):
        return False
    names = {feature.partition(":")[0] for feature in line.split("\t")[2].split()}
    return names >= _STEM_FEATURES


def _is_pair(line: str) -> bool:
    return len(line.split()) == 2


_CHECKS: dict[str, Callable[[str], bool]] = {
    "###DEFINES###": _is_definition,
    "###DEFAULTS###": _is_default,
    "###ORDER###": _is_named_list,
    "###TOKENIZATIONS###": _is_named_list,
    "###STEMBACKOFF###": _is_named_list,
    "###PREFIXES###": _is_affix,
    "###SUFFIXES###": _is_affix,
    "###STEMS###": _is_stem,
    "###TABLE AB###": _is_pair,
    "###TABLE BC###": _is_pair,
    "###TABLE AC###": _is_pair,
}
