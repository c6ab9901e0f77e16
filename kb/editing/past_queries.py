"""What readers asked of late and what they opened, from the raw events: material for a replay."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, select

from kb.events import ResultOpened, Searched, Traffic
from kb.model import ArticleId, Language
from kb.statistics.searches import folded_query
from kb.storage.database import reading
from kb.storage.event_rows import instant_to_microseconds, kind_name
from kb.storage.tables import events, queries


@dataclass(frozen=True, slots=True)
class PastQuery:
    """What readers asked, and what they opened then.

    Attributes:
        text: As typed, personal data masked, case and spaces folded.
        disclosed: Enough different visitors typed it within one week, so that staff may see it.
        searches: How often it was asked.
        opened: Articles opened from its results and how often, most often first.
    """

    text: str
    lang: Language
    disclosed: bool
    searches: int
    opened: tuple[tuple[ArticleId, int], ...] = ()


def past_queries(engine: Engine, since: datetime, limit: int, k: int) -> tuple[PastQuery, ...]:
    """Return the queries asked since an instant, most asked first.

    Args:
        limit: Most queries wanted.
        k: `Settings.k_anonymity`: different visitors who must have typed a query before staff may see it.
    """
    start = instant_to_microseconds(since)
    readers = (events.c.at >= start, events.c.traffic == Traffic.READER.value)
    asked: Counter[tuple[str, str]] = Counter()
    names: dict[str, tuple[str, str]] = {}
    opened: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    with reading(engine) as connection:
        searched = select(events.c.id, events.c.query, events.c.lang).where(
            *readers, events.c.kind == kind_name(Searched)
        )
        for identity, query, lang in connection.execute(searched):
            if text := folded_query(query or ""):
                names[identity] = (text, lang)
                asked[text, lang] += 1
        clicks = select(events.c.search, events.c.article_id).where(*readers, events.c.kind == kind_name(ResultOpened))
        for search, article in connection.execute(clicks):
            if search in names:
                opened[names[search]][article] += 1
        wanted = sorted(asked, key=lambda name: (-asked[name], name))[:limit]
        known = {
            (row.query, row.lang): int(row.visitors)
            for row in connection.execute(
                select(queries.c.query, queries.c.lang, queries.c.visitors).where(
                    queries.c.query.in_(sorted({text for text, _ in wanted}))
                )
            )
        }
    return tuple(
        PastQuery(
            text,
            Language(lang),
            known.get((text, lang), 0) >= k,
            asked[text, lang],
            tuple(
                (ArticleId(article), times)
                for article, times in sorted(opened[text, lang].items(), key=lambda each: (-each[1], each[0]))
            ),
        )
        for text, lang in wanted
    )
