"""What every chart and every table of the statistics is made of: cells in words, series in numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from kb.statistics.filters import Grain, bucket_of
from kb.statistics.operations import Annotation
from web.i18n import long_date
from web.statistics.wording import KIND_NAMES


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table.

    Attributes:
        cells: The first is the line's heading.
        is_open: Late tickets may still change it.
        path: Where the heading leads; empty: nowhere.
    """

    cells: tuple[str, ...]
    is_open: bool = False
    path: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Figures in words; the first column is text, the others are numbers."""

    headings: tuple[str, ...]
    rows: tuple[Row, ...]

    @property
    def has_open_rows(self) -> bool:
        """Return whether late tickets may still change a line."""
        return any(row.is_open for row in self.rows)


class ChartKind(StrEnum):
    """How series are drawn."""

    RANGES = "ranges"
    RANGES_ACROSS = "ranges-across"
    STACK = "stack"
    LINES = "lines"


@dataclass(frozen=True, slots=True)
class Series:
    """One colour of a chart.

    Attributes:
        tone: Name of the colour in `web/static/js/statistics.js`.
        values: One for each label: a number, the two ends of a range, or None where there are too few cases.
        texts: The same in words, shown when a value is pointed at.
        bounds: The 95 % interval of each value of a line; empty for other charts.
    """

    name: str
    tone: str
    values: tuple[float | tuple[float, float] | None, ...]
    texts: tuple[str, ...]
    bounds: tuple[tuple[float, float] | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Mark:
    """A note on the calendar, drawn into a chart over time.

    Attributes:
        place: Index of the label that it belongs to.
    """

    place: int
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart; `document` is what the script reads.

    Attributes:
        is_open: For each label, whether late tickets may still move it; such values are hatched.
    """

    kind: ChartKind
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    is_open: tuple[bool, ...] = ()
    marks: tuple[Mark, ...] = ()

    def document(self, words: Mapping[str, str]) -> dict[str, Any]:
        """Return the chart as plain data.

        Args:
            words: What the script says by itself.
        """
        return {
            "kind": self.kind.value,
            "labels": self.labels,
            "series": [asdict(each) for each in self.series],
            "open": self.is_open,
            "marks": [asdict(mark) for mark in self.marks],
            "words": dict(words),
        }


@dataclass(frozen=True, slots=True)
class Panel:
    """A titled part of a page: a chart, if there is one, its table, and its exports.

    Attributes:
        name: Unique on the page; the anchor.
        explanation: How to read it.
        export: Name of the records in `web.statistics.exports`.
        empty: What to say instead of a table without lines.
    """

    name: str
    title: str
    explanation: str
    table: Table
    export: str
    chart: Chart | None = None
    empty: str = ""
    arguments: Mapping[str, str] = field(default_factory=dict)


def marks_of(annotations: Sequence[Annotation], starts: Sequence[date], grain: Grain) -> tuple[Mark, ...]:
    """Return the notes at the places where a chart over time shows their days."""
    places = {start: place for place, start in enumerate(starts)}
    return tuple(
        Mark(places[bucket], f"{KIND_NAMES[note.kind]}: {note.text} ({long_date(note.day)})")
        for note in annotations
        if (bucket := bucket_of(note.day, grain)) in places
    )
