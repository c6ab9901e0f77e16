"""Searches through the real server, without and with a steady stream of events beside them, in alternating blocks."""

from __future__ import annotations

import http.client
import json
import multiprocessing
import random
import secrets
import socket
import statistics
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import cycle, islice
from multiprocessing.connection import Connection
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from sqlalchemy import func, select

from indexer.articles.loading import load_tree
from kb.model import Article, Audience, Status
from kb.settings import Settings, load_settings
from kb.storage.database import open_database, reading
from kb.storage.tables import events
from scripts.simulation.browsers import BROWSER
from scripts.simulation.serving import Meaning, build_index, serving
from search.judging.evaluation import percentile

SENDERS = 4
EVENTS_OF_A_VISITOR = 10
SEARCHES_PER_SECOND = 10
OTHER_SHARE = 0.5
HEADERS = {"User-Agent": BROWSER, "Sec-Fetch-Site": "same-origin"}


class Beside(StrEnum):
    """What happens beside the searches of a block."""

    NOTHING = "alone"
    UNRECORDED = "beside the same requests, not recorded"
    EVENTS = "beside events"


@dataclass(frozen=True, slots=True)
class Latency:
    """Times to answer a search, in milliseconds: medians over the blocks of their medians and 95th percentiles."""

    p50: float
    p95: float


@dataclass(frozen=True, slots=True)
class SustainReport:
    """What a run measured.

    Attributes:
        seconds: Length of all blocks with events together.
        rate: Events a second in them.
        accepted: Events that the server took (204).
        stored: Of them, those in the database afterwards.
        latencies: How long searches took in each kind of block.
    """

    seconds: float
    rate: float
    accepted: int
    stored: int
    latencies: Mapping[Beside, Latency]

    def slower(self, than: Beside) -> float:
        """Return by which share events make the 95th percentile longer than in other blocks; below zero: shorter."""
        return self.latencies[Beside.EVENTS].p95 / self.latencies[than].p95 - 1


def sustain_events(directory: Path, rate: int, seconds: float, block_s: float) -> SustainReport:
    """Serve the sample articles and search: alone, beside requests of readers who want no record, beside events.

    Args:
        directory: An empty directory for index and database.
        rate: Events a second.
        seconds: Length of all blocks with events together.
        block_s: Length of one of them; the others are half as long.
    """
    settings = load_settings().model_copy(update={"var_dir": directory, "database_url": ""})
    build_index(settings, Meaning.WITH_VECTORS)
    chosen = {"KB_API_REQUESTS_PER_MINUTE": "0", "KB_EVENTS_PER_MINUTE": "0", "KB_WORKERS": str(settings.workers)}
    with serving(directory, chosen) as (server, _):
        blocks = _alternate(server.address, settings, rate, seconds, block_s)
    return _report(settings, blocks)


@dataclass(frozen=True, slots=True)
class _Block:
    """Times of one block's searches, in milliseconds, and the requests beside them that were answered well."""

    beside: Beside
    seconds: float
    searches: tuple[float, ...]
    accepted: int


def _alternate(address: str, settings: Settings, rate: int, seconds: float, block_s: float) -> list[_Block]:
    articles = [each for each in load_tree(settings.articles_dir).articles if _is_open(each)]
    asked = cycle(questions_of(articles))
    searcher = Searcher(address)
    searcher.for_a_while(list(islice(asked, SEARCHES_PER_SECOND * 5)))  # fills the caches
    reading = [(article.id, article.lang) for article in articles]
    blocks = []
    for _ in range(max(2, round(seconds / block_s))):
        for beside in Beside:
            length = block_s if beside is Beside.EVENTS else OTHER_SHARE * block_s
            pace = 0 if beside is Beside.NOTHING else rate
            headers = HEADERS | ({"DNT": "1"} if beside is Beside.UNRECORDED else {})
            with _Stream(_Load(address, reading, pace, length, headers)) as stream:
                times = searcher.for_a_while(list(islice(asked, int(length * SEARCHES_PER_SECOND))))
                blocks.append(_Block(beside, length, times, stream.accepted()))
    return blocks


def questions_of(articles: Sequence[Article]) -> list[tuple[str, str]]:
    """Return the questions of all articles that readers see, with their language, in an order that repeats itself."""
    questions: list[tuple[str, str]] = [
        (question, each.lang) for each in articles if _is_open(each) for question in each.questions
    ]
    random.Random(7).shuffle(questions)  # noqa: S311 - a benchmark must repeat itself
    return questions


class Searcher:
    """One person who searches at a steady pace.

    Args:
        address: The site's.
    """

    def __init__(self, address: str) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)

    def for_a_while(self, questions: Sequence[tuple[str, str]]) -> tuple[float, ...]:
        """Ask one question after the other, ten a second, and return how long each answer took in milliseconds."""
        self._connection.close()  # the server may have given it up meanwhile; it opens itself again
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


@dataclass(frozen=True, slots=True)
class _Load:
    """Beacons at a steady pace: how long articles were read.

    Attributes:
        reading: Id and language of the articles.
        rate: Beacons a second.
    """

    address: str
    reading: Sequence[tuple[str, str]]
    rate: float
    seconds: float
    headers: Mapping[str, str]


class _Stream:
    """Sends a load from a process of its own, so that sending does not slow down who searches here."""

    def __init__(self, load: _Load) -> None:
        context = multiprocessing.get_context("spawn")
        self._receiving, sending = context.Pipe(duplex=False)
        self._process = context.Process(target=_send, args=(load, sending))

    def __enter__(self) -> _Stream:
        self._process.start()
        self._receiving.recv()  # it is ready
        return self

    def accepted(self) -> int:
        """Wait for the end and return how many beacons were answered well."""
        return int(self._receiving.recv())

    def __exit__(self, *_: object) -> None:
        self._process.join()


def _send(load: _Load, pipe: Connection) -> None:
    week = _cookie(load.address).split(".")[0]
    pipe.send(True)
    taken: list[int] = []
    senders = [threading.Thread(target=_send_in_turn, args=(load, week, taken)) for _ in range(SENDERS)]
    for each in senders:
        each.start()
    for each in senders:
        each.join()
    pipe.send(sum(taken))


def _send_in_turn(load: _Load, week: str, taken: list[int]) -> None:
    """Send a sender's share at times of a Poisson process, as readers who know nothing of each other do.

    Every few beacons another reader sends, whose cookie begins as all cookies of this week do.

    The requests are made beforehand and go through a bare connection: who sends must not take the server's processor.
    """
    number = int(load.rate * load.seconds / SENDERS)
    readers = [f"{week}.{secrets.token_urlsafe(16)}" for _ in range(number // EVENTS_OF_A_VISITOR + 1)]
    wire = [_request(load, readers[n // EVENTS_OF_A_VISITOR], n) for n in range(number)]
    chance = random.SystemRandom()
    times = sorted(chance.uniform(0, load.seconds) for _ in range(number))
    host, port = urlsplit(load.address).netloc.split(":")
    accepted, began = 0, time.perf_counter()
    with socket.create_connection((host, int(port)), timeout=60) as connection:
        for request, due in zip(wire, times, strict=True):
            time.sleep(max(0.0, began + due - time.perf_counter()))
            connection.sendall(request)
            answer = connection.recv(4096)
            while answer and not answer.endswith(b"\r\n\r\n"):
                answer += connection.recv(4096)
            accepted += answer.startswith(b"HTTP/1.1 204 ")
    taken.append(accepted)


def _request(load: _Load, cookie: str, number: int) -> bytes:
    article, lang = load.reading[number % len(load.reading)]
    beacon = {"kind": "dwell", "article": article, "lang": lang, "age_s": 30.0, "dwell_s": float(number % 30)}
    body = json.dumps(beacon).encode()
    headers = {"Host": urlsplit(load.address).netloc, **load.headers, "Cookie": cookie, "Content-Length": len(body)}
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return b"POST /api/v1/events HTTP/1.1\r\n" + head.encode() + b"\r\n" + body


def _cookie(address: str) -> str:
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
    connection.request("GET", "/en/contact", headers=HEADERS)
    response = connection.getresponse()
    response.read()
    return next(value.split(";")[0] for value in response.headers.get_all("Set-Cookie", []) if "visitor=" in value)


def _is_open(article: Article) -> bool:
    return article.audience is Audience.PUBLIC and article.status is Status.PUBLISHED


def _report(settings: Settings, blocks: Sequence[_Block]) -> SustainReport:
    engine = open_database(settings.effective_database_url)
    with reading(engine) as connection:
        timed = select(func.count()).select_from(events).where(events.c.kind == "view_timed")
        stored = connection.execute(timed).scalar_one()
    engine.dispose()
    by_kind = {beside: [block for block in blocks if block.beside is beside] for beside in Beside}
    loaded = by_kind[Beside.EVENTS]
    seconds, accepted = sum(block.seconds for block in loaded), sum(block.accepted for block in loaded)
    latencies = {beside: Latency(_median(some, 50), _median(some, 95)) for beside, some in by_kind.items()}
    return SustainReport(seconds, accepted / seconds, accepted, stored, latencies)


def _median(blocks: Sequence[_Block], percent: int) -> float:
    return statistics.median(percentile(block.searches, percent) for block in blocks)
