"""How fast and how well agents get suggestions: ``python -m scripts.bench_agent`` pastes tickets of 2,000 characters.

Uses the index and the model of the settings. A ticket is one question of an article, somewhere in everyday talk
(`ticket_talk.tsv`), with greeting and signature. The questions are indexed, so what is measured is how much of the
question survives the talk: the same questions alone are asked for comparison.
"""

from __future__ import annotations

import random
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kb.model import Article, Language
from kb.settings import load_settings
from web.agent.suggestions import suggest
from web.app import create_app
from web.opening import open_services
from web.services import Services

TALK = Path(__file__).parent / "ticket_talk.tsv"
CHARACTERS = 2_000
TICKETS = 200
SEED = 7


@dataclass(frozen=True, slots=True)
class Asked:
    """One ticket: the whole message, its question alone, and the id of the article that answers."""

    message: str
    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Measured:
    """What became of one ticket.

    Attributes:
        wall_ms: Milliseconds by the clock.
        cpu_ms: Milliseconds of computing; less than by the clock on a machine that is busy with other things.
        rank: Place of the answer, from 1; 0: not among the results.
        rank_alone: The same for the question alone.
    """

    wall_ms: float
    cpu_ms: float
    rank: int
    rank_alone: int


def tickets(articles: Sequence[Article], talk: Mapping[str, Sequence[str]]) -> Iterator[Asked]:
    """Yield messages of 2,000 characters."""
    draw = random.Random(SEED)  # noqa: S311 - a benchmark that repeats, no secret
    with_questions = [article for article in articles if article.questions]
    for _ in range(TICKETS):
        article = draw.choice(with_questions)
        question = draw.choice(article.questions)
        greeting, signature = talk[f"{article.lang}-greeting"][0], talk[f"{article.lang}-signature"][0]
        room = CHARACTERS - len(greeting) - len(signature) - 4
        body = [question + "."]
        while (missing := room - len(" ".join(body))) > 1:
            body.insert(draw.randint(0, len(body)), draw.choice(talk[article.lang])[: missing - 1])
        yield Asked(f"{greeting}\n\n{' '.join(body)}\n\n{signature}", question, article.id)


def measure(services: Services) -> list[Measured]:
    """Return what became of each ticket."""
    with create_app(services).test_request_context("/en/"):
        content = services.snapshots.current().content
        every = [article for lang in Language for article in content.articles(lang)]
        asked = list(tickets(every, _talk()))
        suggest(asked[0].message)
        return [_measured(each) for each in asked]


def main() -> int:
    """Print times and places."""
    taken = measure(open_services(load_settings()))
    wall, cpu = sorted(each.wall_ms for each in taken), sorted(each.cpu_ms for each in taken)
    middle, slow = len(taken) // 2, int(len(taken) * 0.95)
    print(f"{len(taken)} tickets of {CHARACTERS:,} characters")
    print(f"by the clock: p50 {wall[middle]:.1f} ms, p95 {wall[slow]:.1f} ms")
    print(f"computing:    p50 {cpu[middle]:.1f} ms, p95 {cpu[slow]:.1f} ms")
    for name, ranks in (
        ("ticket", [each.rank for each in taken]),
        ("question alone", [each.rank_alone for each in taken]),
    ):
        first, three = ranks.count(1), sum(1 <= rank <= 3 for rank in ranks)
        print(f"{name}: answer first {first}, among the first three {three}")
    return 0


def _measured(asked: Asked) -> Measured:
    wall, cpu = time.perf_counter(), time.process_time()
    rank = _rank(asked.message, asked.answer)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return Measured(wall * 1000, cpu * 1000, rank, _rank(asked.question, asked.answer))


def _rank(message: str, answer: str) -> int:
    found = [str(hit.article.id) for hit in suggest(message).hits]
    return found.index(answer) + 1 if answer in found else 0


def _talk() -> Mapping[str, Sequence[str]]:
    talk: defaultdict[str, list[str]] = defaultdict(list)
    for line in TALK.read_text("utf-8").splitlines():
        if not line.startswith("#"):
            name, sentence = line.split("\t")
            talk[name].append(sentence)
    return talk


if __name__ == "__main__":
    sys.exit(main())
