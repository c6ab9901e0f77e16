"""How fast editors' pages open: ``python -m scripts.bench_editor`` over a database of its own with 1,000,000 events.

The events are the simulation's, over the articles of the settings: 60,000 wordings are made of the questions of these
articles, a few asked often and most of them rarely. Each page is opened several times; the first times it also computes
the vectors of queries that nobody looked at yet, so the slowest counts as well. Exits with 1 if a queue takes longer.
"""

from __future__ import annotations

import os
import random
import re
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day
from typing import Any, Final

import click
from flask.testing import FlaskClient

from kb.accounts.model import Role
from kb.clock import FixedClock
from kb.editing.model import Queue
from kb.events import ArticleSeen, Event, Searched
from kb.language.detect import detect_language
from kb.model import Article, Language
from kb.settings import Settings, load_settings
from kb.statistics.rollups import roll_up
from kb.storage.database import open_database
from kb.storage.event_log import append_many
from scripts.simulation.scenario import Scenario
from scripts.simulation.serving import Meaning, build_index
from scripts.simulation.world import FIRST_DAY, simulate
from web.app import create_app
from web.desk.access import SESSION_COOKIE
from web.editor.lines import PERIOD_DAYS
from web.opening import open_services
from web.services import Services

WORDINGS: Final = 60_000
LONGEST_MS: Final = 500
_PEOPLE_AT_ONCE: Final = 5_000
_CLUSTER: Final = re.compile(r'href="(/desk/editor/queues/[^"?]+/[^"?]+)"')


@dataclass(frozen=True, slots=True)
class Opened:
    """How long one page took, in milliseconds.

    Attributes:
        wall: By the clock, each time.
        worked: Of the processor, each time.
    """

    wall: tuple[float, ...]
    worked: tuple[float, ...]


class Redressed:
    """Makes events of the simulation events of a real help centre.

    Args:
        articles: What there is to read.
        draw: Source of all randomness.
    """

    def __init__(self, articles: Sequence[Article], draw: random.Random) -> None:
        self._draw = draw
        self._texts = _wordings(articles, draw)
        self._seen = {
            lang: [ArticleSeen(each.key, each.category, each.digest) for each in articles if each.lang is lang]
            for lang in Language
        }

    def __call__(self, event: Event) -> Event:
        """Return an event with a query, and articles, that the help centre could have had."""
        if isinstance(event, Searched):
            text = self._texts[int(len(self._texts) ** self._draw.random()) - 1]
            lang = detect_language(text) or event.origin.lang
            return replace(event, query=text, origin=replace(event.origin, lang=lang))
        article = getattr(event, "article", None)
        if not isinstance(article, ArticleSeen):
            return event
        here = self._seen[article.key.lang]
        changed: dict[str, Any] = {"article": here[sum(article.key.id.encode()) % len(here)]}
        return replace(event, **changed)


def _wordings(articles: Sequence[Article], draw: random.Random) -> list[str]:
    """Return different texts: the questions, then questions with words of others among theirs."""
    asked = {lang: [text for each in articles if each.lang is lang for text in each.questions] for lang in Language}
    texts = dict.fromkeys(text for questions in asked.values() for text in questions)
    while len(texts) < WORDINGS:
        questions = asked[draw.choice(tuple(Language))]
        words = draw.choice(questions).split() + draw.sample(draw.choice(questions).split(), 1)
        draw.shuffle(words)
        texts[" ".join(words[: draw.randint(2, 7)])] = None
    return list(texts)


def _fill(services: Services, settings: Settings, count: int) -> None:
    """Append that many events of four weeks, and roll them up."""
    draw = random.Random(6)  # noqa: S311 - a benchmark that repeats, no secret
    content = services.snapshots.current().content
    here = Redressed([article for lang in Language for article in content.articles(lang)], draw)
    engine = open_database(settings.effective_database_url)
    started, appended = time.perf_counter(), 0
    while appended < count:
        world = simulate(Scenario(people=_PEOPLE_AT_ONCE), draw, PERIOD_DAYS)
        batch = [here(event) for event in world.events[: count - appended]]
        append_many(engine, batch)
        appended += len(batch)
    roll_up(engine, services.clock)
    engine.dispose()
    click.echo(f"{appended} events simulated, appended and rolled up in {time.perf_counter() - started:.0f} s")


def _opened(client: FlaskClient, path: str, times: int) -> Opened:
    wall, worked = [], []
    for _ in range(times):
        started, processor = time.perf_counter(), time.process_time()
        status = client.get(path).status_code
        wall.append(1000 * (time.perf_counter() - started))
        worked.append(1000 * (time.process_time() - processor))
        assert status == 200, (path, status)
    return Opened(tuple(wall), tuple(worked))


def _pages(client: FlaskClient) -> Iterator[str]:
    """Yield the queues, then the worst item of each queue of queries."""
    yield from (f"/desk/editor/queues/{queue}" for queue in Queue)
    for queue in (each for each in Queue if each.is_of_queries):
        found = _CLUSTER.search(client.get(f"/desk/editor/queues/{queue}").get_data(as_text=True))
        assert found is not None
        yield found[1]


def _editor(services: Services) -> FlaskClient:
    """Return a browser in which an editor is signed in."""
    app = create_app(services)
    accounts = services.accounts
    assert accounts is not None
    user = accounts.people.add("editor", "Editor", [Role.EDITOR], Language.EN)
    client = app.test_client()
    client.set_cookie(SESSION_COOKIE, accounts.sign_in.open(user).secret, domain="localhost")
    return client


@click.command()
@click.option("--events", "count", default=1_000_000, show_default=True)
@click.option("--times", default=12, show_default=True, help="How often each page is opened.")
@click.pass_context
def main(context: click.Context, count: int, times: int) -> None:
    """Measure how long editors wait for their pages."""
    with tempfile.TemporaryDirectory(prefix="dalil-editor-") as directory:
        place = {"KB_VAR_DIR": directory, "KB_SITE_URL": "http://localhost"}
        settings = load_settings(dict(os.environ) | place)
        build_index(settings, Meaning.WITH_VECTORS)
        evening = datetime.combine(FIRST_DAY + timedelta(days=PERIOD_DAYS - 1), time_of_day(23), UTC)
        services = open_services(settings, FixedClock(evening))
        _fill(services, settings, count)
        client = _editor(services)
        slowest = 0.0
        for path in _pages(client):
            opened = _opened(client, path, times)
            _print(path, opened)
            is_queue = path.count("/") == 4
            slowest = max(slowest, statistics.median(opened.wall) if is_queue else 0.0)
    context.exit(1 if slowest > LONGEST_MS else 0)


def _print(path: str, opened: Opened) -> None:
    name = path.removeprefix("/desk/editor/queues/")
    for kind, times in (("by the clock", opened.wall), ("of the processor", opened.worked)):
        click.echo(f"{name:18} {kind:16} median {statistics.median(times):5.0f} ms, slowest {max(times):5.0f} ms")


if __name__ == "__main__":
    main()
