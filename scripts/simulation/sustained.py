"""Searches through the real server, without and with a steady stream of events beside them, in alternating blocks."""

from __future__ import annotations

import http.client
import json
import multiprocessing
import random
import statistics
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from sqlalchemy import func, select

from indexer.loading import load_tree
from kb.model import Article, Audience, Status
from kb.settings import Settings, load_settings
from kb.storage.database import open_database, reading
from kb.storage.tables import events
from scripts.simulation.browsers import BROWSER
from scripts.simulation.serving import Meaning, Server, build_index
from search.evaluation import percentile

SENDERS = 4
VISITORS = 50
SEARCHES_PER_SECOND = 10
QUIET_SHARE = 0.5
HEADERS = {"User-Agent": BROWSER, "Sec-Fetch-Site": "same-origin"}


@dataclass(frozen=True, slots=True)
class SustainReport:
    """What a run measured; times in milliseconds.

    Attributes:
        rate: Events a second that were really sent, over the loaded blocks.
        accepted: Events that the server took (204).
        stored: Of them, those in the database afterwards.
        searches: Searches in all blocks.
        quiet_p50, quiet_p95: Median of the quiet blocks' medians and 95th percentiles of the time to answer a search.
        loaded_p50, loaded_p95: The same of the loaded blocks.
    """

    seconds: float
    rate: float
    accepted: int
    stored: int
    searches: int
    quiet_p50: float
    quiet_p95: float
    loaded_p50: float
    loaded_p95: float

    @property
    def slower(self) -> float:
        """Return by which share the events make the 95th percentile longer; below zero: shorter."""
        return self.loaded_p95 / self.quiet_p95 - 1


def sustain_events(directory: Path, rate: int, seconds: float, block_s: float) -> SustainReport:
    """Serve the sample articles, search, and send events in every other block.

    Args:
        directory: An empty directory for index and database.
        rate: Events a second.
        seconds: Length of all blocks with events together.
        block_s: Length of one of them; the quiet ones are half as long.
    """
    settings = load_settings().model_copy(update={"var_dir": directory, "database_url": ""})
    build_index(settings, Meaning.WITH_VECTORS)
    server = Server(directory, {"KB_API_REQUESTS_PER_MINUTE": "0"})
    server.start()
    try:
        blocks = _alternate(server.address, settings, rate, seconds, block_s)
    finally:
        server.stop()
    return _report(settings, *blocks)


@dataclass(frozen=True, slots=True)
class _Block:
    """Times of one block's searches, in milliseconds, and the events beside them."""

    searches: tuple[float, ...]
    seconds: float
    accepted: int = 0


def _alternate(
    address: str, settings: Settings, rate: int, seconds: float, block_s: float
) -> tuple[list[_Block], list[_Block]]:
    articles = [each for each in load_tree(settings.articles_dir).articles if _is_open(each)]
    questions = [(question, article.lang) for article in articles for question in article.questions]
    random.Random(7).shuffle(questions)  # noqa: S311 - a benchmark must repeat itself
    asked = (questions[number % len(questions)] for number in count())
    search = _Searcher(address)
    search.for_a_while([next(asked) for _ in range(SEARCHES_PER_SECOND * 5)])  # fills the caches
    quiet, loaded = [], []
    for _ in range(max(2, round(seconds / block_s))):
        few = [next(asked) for _ in range(int(QUIET_SHARE * block_s * SEARCHES_PER_SECOND))]
        quiet.append(_Block(search.for_a_while(few), QUIET_SHARE * block_s))
        with _Stream(address, [(article.id, article.lang) for article in articles], rate, block_s) as stream:
            many = [next(asked) for _ in range(int(block_s * SEARCHES_PER_SECOND))]
            times = search.for_a_while(many)
            loaded.append(_Block(times, block_s, stream.accepted()))
    return quiet, loaded


class _Searcher:
    """One person who searches at a steady pace.

    Args:
        address: The site's.
    """

    def __init__(self, address: str) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)

    def for_a_while(self, questions: Sequence[tuple[str, str]]) -> tuple[float, ...]:
        """Ask one question after the other, ten a second, and return how long each answer took in milliseconds."""
        began, times = time.perf_counter(), []
        for number, (question, lang) in enumerate(questions):
            time.sleep(max(0.0, began + number / SEARCHES_PER_SECOND - time.perf_counter()))
            started = time.perf_counter()
            self._connection.request(
                "GET", f"/api/v1/search?{urlencode({'q': question, 'lang': lang})}", headers=HEADERS
            )
            response = self._connection.getresponse()
            response.read()
            if response.status != http.client.OK:
                raise RuntimeError(f"a search was answered with {response.status}")
            times.append(1000 * (time.perf_counter() - started))
        return tuple(times)


class _Stream:
    """Events at a steady rate from a process of its own, so that sending them does not slow down who searches here."""

    def __init__(self, address: str, articles: Sequence[tuple[str, str]], rate: int, seconds: float) -> None:
        context = multiprocessing.get_context("spawn")
        self._receiving, sending = context.Pipe(duplex=False)
        self._process = context.Process(target=_send_events, args=(address, articles, rate, seconds, sending))

    def __enter__(self) -> _Stream:
        self._process.start()
        self._receiving.recv()  # it is ready
        return self

    def accepted(self) -> int:
        """Wait for the end and return how many events the server took."""
        return int(self._receiving.recv())

    def __exit__(self, *_: object) -> None:
        self._process.join()


def _send_events(
    address: str, articles: Sequence[tuple[str, str]], rate: int, seconds: float, pipe: Connection
) -> None:
    taken: list[int] = []
    cookies = [_cookie(address) for _ in range(VISITORS)]
    pipe.send(True)
    senders = [
        threading.Thread(
            target=_send_in_turn, args=(address, articles, rate / SENDERS, seconds, cookies[n::SENDERS], taken)
        )
        for n in range(SENDERS)
    ]
    for each in senders:
        each.start()
    for each in senders:
        each.join()
    pipe.send(sum(taken))


def _send_in_turn(
    address: str,
    articles: Sequence[tuple[str, str]],
    rate: float,
    seconds: float,
    cookies: Sequence[str],
    taken: list[int],
) -> None:
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
    began, accepted = time.perf_counter(), 0
    for number in range(int(rate * seconds)):
        time.sleep(max(0.0, began + number / rate - time.perf_counter()))
        article, lang = articles[number % len(articles)]
        beacon = {"kind": "dwell", "article": article, "lang": lang, "age_s": 30.0, "dwell_s": float(number % 30)}
        headers = HEADERS | {"Cookie": cookies[number % len(cookies)], "Content-Type": "application/json"}
        connection.request("POST", "/api/v1/events", json.dumps(beacon), headers)
        response = connection.getresponse()
        response.read()
        accepted += response.status == http.client.NO_CONTENT
    taken.append(accepted)


def _cookie(address: str) -> str:
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
    connection.request("GET", "/en/contact", headers=HEADERS)
    response = connection.getresponse()
    response.read()
    return next(value.split(";")[0] for value in response.headers.get_all("Set-Cookie", []) if "visitor=" in value)


def _is_open(article: Article) -> bool:
    return article.audience is Audience.PUBLIC and article.status is Status.PUBLISHED


def _report(settings: Settings, quiet: Sequence[_Block], loaded: Sequence[_Block]) -> SustainReport:
    engine = open_database(settings.effective_database_url)
    with reading(engine) as connection:
        timed = select(func.count()).select_from(events).where(events.c.kind == "view_timed")
        stored = connection.execute(timed).scalar_one()
    engine.dispose()
    seconds, accepted = sum(block.seconds for block in loaded), sum(block.accepted for block in loaded)
    return SustainReport(
        seconds=seconds,
        rate=accepted / seconds,
        accepted=accepted,
        stored=stored,
        searches=sum(len(block.searches) for block in (*quiet, *loaded)),
        quiet_p50=_median(quiet, 50),
        quiet_p95=_median(quiet, 95),
        loaded_p50=_median(loaded, 50),
        loaded_p95=_median(loaded, 95),
    )


def _median(blocks: Sequence[_Block], percent: int) -> float:
    return statistics.median(percentile(block.searches, percent) for block in blocks)
