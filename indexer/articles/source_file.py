"""One article's file as text: decoded, line ends made equal, front matter and body apart, lines findable."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from hashlib import sha256

from indexer.articles.faults import Rule
from kb.errors import Fault

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")


@dataclass(frozen=True, slots=True)
class SourceFile:
    """The two parts of a file.

    Attributes:
        front_matter: YAML between the `---` lines.
        body: Markdown after them, ending with one line break.
        body_line: Line of the file that the body starts at.
        digest: SHA-256 (hex) of the decoded text with equal line ends.
    """

    front_matter: str
    body: str
    body_line: int
    digest: str


def decode(data: bytes, path: str, faults: list[Fault]) -> str | None:
    """Return the text of a file in NFC, with `\\n` line ends, without byte order mark; None if it is not UTF-8."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        faults.append(Rule.NOT_UTF8.at(path, line, "This is not UTF-8; save the file as UTF-8."))
        return None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if match := _CONTROL.search(text):
        line = text.count("\n", 0, match.start()) + 1
        message = f"There is a control character (U+{ord(match[0]):04X}) here; remove it."
        faults.append(Rule.CONTROL_CHARACTER.at(path, line, message))
        return None
    return unicodedata.normalize("NFC", text)


def split_source(data: bytes, path: str, faults: list[Fault]) -> SourceFile | None:
    """Decode a file and part front matter from body.

    Args:
        data: Content of the file.
        path: File named in faults.
        faults: Gets whatever is wrong.

    Returns:
        The parts, or None if there are none.
    """
    text = decode(data, path, faults)
    if text is None:
        return None
    lines = text.split("\n")
    if lines[0].rstrip() != "---":
        message = "The file must start with a line `---`, the front matter, and another line `---`."
        faults.append(Rule.NO_FRONT_MATTER.at(path, 1, message))
        return None
    for number, line in enumerate(lines[1:], start=1):
        if line.rstrip() == "---":
            body = "\n".join(lines[number + 1 :]).strip("\n")
            skipped = next((i for i, text in enumerate(lines[number + 1 :]) if text), 0)
            digest = sha256(text.encode()).hexdigest()
            return SourceFile("\n".join(lines[1:number]), f"{body}\n", number + 2 + skipped, digest)
    faults.append(Rule.NO_FRONT_MATTER.at(path, 1, "The front matter has no end; close it with a line `---`."))
    return None


@dataclass(slots=True)
class LineFinder:
    """Finds the lines of things that are only known from the rendered page.

    Attributes:
        body: The Markdown.
        first_line: Line of the file that it starts at.
    """

    body: str
    first_line: int
    _positions: dict[str, int] = field(default_factory=dict)

    def line_of(self, text: str) -> int:
        """Return the line of the next occurrence of a text; of the body's start if there is none."""
        position = self.body.find(text, self._positions.get(text, 0))
        if position < 0:
            position = max(self.body.find(text), 0)
        self._positions[text] = position + len(text)
        return self.first_line + self.body.count("\n", 0, position)
