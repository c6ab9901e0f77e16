"""What became of agents' links in the hands of one reader. Pure functions.

A link carries nothing to the pages that follow: what counts for it is what the same visitor did after opening it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from kb.events import Event, HelpStillNeeded, LinkId, LinkOpened, ProblemSolved, Verdict, Voted
from kb.model import ArticleId
from kb.statistics.journeys import contacts_of, word_of
from kb.statistics.periods import Window

LINK_WINDOW = Window.H72
"""For how long after a link was opened, for the last time, what its reader does counts for it."""


@dataclass(frozen=True, slots=True)
class LinkFact:
    """A link that a reader opened.

    Attributes:
        opened: When they opened it first.
        solved: Their last word on its article was helpful, and they did not contact support again.
        reopened: They contacted support again.
    """

    link: LinkId
    opened: datetime
    solved: bool
    reopened: bool


def links_of(stream: Sequence[Event]) -> Iterator[LinkFact]:
    """Yield the links that one visitor opened, in the order of opening.

    Args:
        stream: All known events of one visitor, by time and id; readers' traffic only.
    """
    contacts = contacts_of(stream)
    openings: dict[LinkId, list[LinkOpened]] = {}
    for event in stream:
        if isinstance(event, LinkOpened):
            openings.setdefault(event.link, []).append(event)
    for link, opened in openings.items():
        first, until = opened[0], opened[-1].at + LINK_WINDOW.length
        reopened = any(first.at <= at <= until for at in contacts)
        later = (event for event in stream if first.at <= event.at <= until)
        word = _last_word_on(first.article.key.id, later)
        yield LinkFact(link, first.at, word is Verdict.HELPFUL and not reopened, reopened)


def _last_word_on(article: ArticleId, events: Iterator[Event]) -> Verdict | None:
    """Return the last word that is about an article, in either language; "I still need help" is about any."""
    word = None
    for event in events:
        if isinstance(event, HelpStillNeeded):
            word = Verdict.UNHELPFUL
        elif isinstance(event, (Voted, ProblemSolved)) and event.article and event.article.key.id == article:
            word = word_of(event)
    return word
