"""The three kinds of error that people can do something about; anything else is a bug and propagates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar


class DalilError(Exception):
    """Base of the errors that are reported to a person instead of as a traceback.

    Attributes:
        exit_status: What the command line exits with.
    """

    exit_status: ClassVar[int] = 2


class UserError(DalilError):
    """A reader asked for something that cannot be done; the message says what to change."""


class OperatorError(DalilError):
    """Settings, model, database or disk are not as needed.

    Args:
        message: What is wrong, naming the setting or the file.
        remedy: The command or the setting that fixes it.
    """

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(f"{message} Fix: {remedy}")
        self.message = message
        self.remedy = remedy


class Severity(StrEnum):
    """How bad a fault of an article is: errors stop indexing, warnings only with ``--strict``."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing wrong with one article.

    Attributes:
        path: File, relative to the articles directory, with forward slashes.
        line: Line in the file, from 1.
        code: Stable kebab-case name of the rule, e.g. ``broken-link``.
        message: What is wrong and what to write instead.
        severity: Error or warning.
    """

    path: str
    line: int
    code: str
    message: str
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.severity}: {self.message} [{self.code}]"


class ContentError(DalilError):
    """Articles have faults; all of them are reported together.

    Args:
        faults: At least one fault, in the order of path and line.
    """

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(sorted(faults))
        super().__init__("\n".join(str(fault) for fault in self.faults))
