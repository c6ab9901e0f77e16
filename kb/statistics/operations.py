"""Figures about the work around the articles: agents' links, traffic that is left out, notes on the calendar."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import Engine, delete, func, select

from kb.events import Traffic
from kb.statistics.filters import FigureFilters, day_conditions
from kb.statistics.intervals import Proportion
from kb.statistics.periods import Period, day_number, day_of_number
from kb.storage.database import reading, writing
from kb.storage.tables import calendar_notes, link_days, traffic_days


@dataclass(frozen=True, slots=True)
class LinkFigures:
    """What became of the links that agents sent in a period, until now."""

    sent: int
    opened: int
    solved: int
    reopened: int

    @property
    def open_rate(self) -> Proportion:
        """Return the links that were opened, of those sent."""
        return Proportion(self.opened, self.sent)

    @property
    def solve_rate(self) -> Proportion:
        """Return the links whose reader was helped by their article and did not come back, of those sent."""
        return Proportion(self.solved, self.sent)

    @property
    def reopen_rate(self) -> Proportion:
        """Return the links whose reader contacted support again, of those sent."""
        return Proportion(self.reopened, self.sent)


class AnnotationKind(StrEnum):
    """What a note on the calendar is about."""

    RELEASE = "release"
    INCIDENT = "incident"
    CAMPAIGN = "campaign"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Annotation:
    """A note on the calendar, shown in charts."""

    id: str
    day: date
    kind: AnnotationKind
    text: str


def link_figures(engine: Engine, period: Period, filters: FigureFilters) -> LinkFigures:
    """Return the figures of the links sent in the period; limited by the language of the agent's page only."""
    names = ("sent", "opened", "solved", "reopened")
    statement = select(*(func.coalesce(func.sum(link_days.c[name]), 0) for name in names)).where(
        *day_conditions(link_days, period, filters)
    )
    with reading(engine) as connection:
        sent, opened, solved, reopened = connection.execute(statement).one()
    return LinkFigures(int(sent), int(opened), int(solved), int(reopened))


def events_by_traffic(engine: Engine, period: Period) -> dict[Traffic, int]:
    """Return how many events of the period came from readers, and how many were left out by kind."""
    statement = (
        select(traffic_days.c.traffic, func.sum(traffic_days.c.events))
        .where(*day_conditions(traffic_days, period, FigureFilters()))
        .group_by(traffic_days.c.traffic)
    )
    with reading(engine) as connection:
        found = {Traffic(name): int(count) for name, count in connection.execute(statement)}
    return {traffic: found.get(traffic, 0) for traffic in Traffic}


def annotate(engine: Engine, day: date, kind: AnnotationKind, text: str) -> Annotation:
    """Write a note on the calendar and return it."""
    note = Annotation(uuid.uuid4().hex, day, kind, text)
    with writing(engine) as connection:
        connection.execute(
            calendar_notes.insert(), {"id": note.id, "day": day_number(day), "kind": kind.value, "text": text}
        )
    return note


def remove_annotation(engine: Engine, annotation_id: str) -> bool:
    """Remove a note and return whether it was there."""
    with writing(engine) as connection:
        return connection.execute(delete(calendar_notes).where(calendar_notes.c.id == annotation_id)).rowcount == 1


def annotations_of(engine: Engine, period: Period) -> tuple[Annotation, ...]:
    """Return the notes of the period, by day."""
    statement = (
        select(calendar_notes)
        .where(*day_conditions(calendar_notes, period, FigureFilters()))
        .order_by(calendar_notes.c.day, calendar_notes.c.kind, calendar_notes.c.id)
    )
    with reading(engine) as connection:
        return tuple(
            Annotation(row.id, day_of_number(row.day), AnnotationKind(row.kind), row.text)
            for row in connection.execute(statement)
        )
