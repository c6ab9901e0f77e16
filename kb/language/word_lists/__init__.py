"""Words that a language knows, whatever one index holds: frequency lists, and names and terms that they lack.

The tables are made by `scripts/build_word_lists.py`; their sources and licences stand in `LICENCES.txt` beside them.
Words are in normal form (`kb.language.normalise.fold`).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from kb.language.normalise import fold

FOLDER: Final = Path(__file__).parent
# Zipf value of a word of our own list: as frequent as "invoice".
_NAME: Final = 3.5


class SortedTable:
    """Lines of a file sorted by their bytes, searched in place: 200,000 words cost their 3 MB and no more.

    Args:
        data: The lines, each closed by a line feed.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data

    def starting_with(self, prefix: str) -> tuple[str, ...]:
        """Return what follows a prefix in every line that starts with it, in the order of the file."""
        start = prefix.encode()
        at = self._first_not_before(start)
        found: list[str] = []
        while at < len(self._data) and self._data.startswith(start, at):
            end = self._data.index(b"\n", at)
            found.append(self._data[at + len(start) : end].decode())
            at = end + 1
        return tuple(found)

    def _first_not_before(self, wanted: bytes) -> int:
        low, high = 0, len(self._data)
        while low < high:
            line = self._data.rfind(b"\n", low, (low + high) // 2) + 1 or low
            end = self._data.index(b"\n", line) + 1
            if self._data[line:end] < wanted:
                low = end
            else:
                high = line
        return low


def english_frequency(word: str) -> float:
    """Return the Zipf value of an English word (1 rare, 3 known to all, 7 "the"), 0 where English has none such."""
    found = _table("english.tsv").starting_with(f"{word}\t")
    return int(found[0]) / 10 if found else _NAME if word in _names() else 0.0


def arabic_frequency(word: str, skeleton: str) -> float:
    """Return the Zipf value of an Arabic word, 0 where Arabic has none such.

    Args:
        word: In normal form.
        skeleton: Its first consonant skeleton (`kb.language.rescue.arabizi`), by which the list is sorted.
    """
    found = _table("arabic.tsv").starting_with(f"{skeleton}\t{word}\t")
    return int(found[0]) / 10 if found else _NAME if word in _names() else 0.0


def arabic_words(skeleton: str) -> tuple[tuple[str, float], ...]:
    """Return the Arabic words of a consonant skeleton with their Zipf values."""
    lines = (line.split("\t") for line in _table("arabic.tsv").starting_with(f"{skeleton}\t"))
    return tuple((word, int(zipf) / 10) for word, zipf in lines)


@cache
def _table(name: str) -> SortedTable:
    return SortedTable((FOLDER / name).read_bytes())


@cache
def _names() -> frozenset[str]:
    lines = (FOLDER / "names.txt").read_text("utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in fold(line).split())
