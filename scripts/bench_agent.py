"""How fast agents get suggestions: ``python -m scripts.bench_agent`` pastes tickets of 2,000 characters into the site.

Uses the index and the model of the settings. Tickets are made of the articles' own questions between sentences that
say little, with greeting and signature, in the language of the article.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Iterator, Sequence

from kb.model import Article, Language
from kb.settings import load_settings
from web.agent.suggestions import suggest
from web.app import create_app
from web.opening import open_services
from web.services import Services

CHARACTERS = 2_000
TICKETS = 200
SEED = 7
GREETINGS = {Language.EN: "Dear support team,\n\n", Language.AR: "السلام عليكم ورحمة الله وبركاته،\n\n"}  # hello
SIGNATURES = {Language.EN: "\n\nBest regards,\nSara Ahmed", Language.AR: "\n\nمع خالص التحية\nأحمد"}  # regards, Ahmad


def tickets(articles: Sequence[Article]) -> Iterator[tuple[str, str]]:
    """Yield messages of 2,000 characters, each with the id of the article that answers it."""
    draw = random.Random(SEED)  # noqa: S311 - a benchmark that repeats, no secret
    with_questions = [article for article in articles if article.questions]
    for _ in range(TICKETS):
        wanted = draw.choice(with_questions)
        same = [article for article in articles if article.lang is wanted.lang and article.id != wanted.id]
        body = [draw.choice(wanted.questions) + "?"]
        while sum(map(len, body)) < CHARACTERS - 80:
            words = draw.choice(same).summary.split()
            body.insert(draw.randint(0, len(body)), " ".join(words[:12]) + ".")
        text = GREETINGS[wanted.lang] + " ".join(body)
        yield text[: CHARACTERS - len(SIGNATURES[wanted.lang])] + SIGNATURES[wanted.lang], wanted.id


def measure(services: Services) -> list[float]:
    """Return the milliseconds that each ticket took, in the order of the tickets."""
    taken: list[float] = []
    app = create_app(services)
    with app.test_request_context("/en/"):
        content = services.snapshots.current().content
        every = [article for lang in Language for article in content.articles(lang)]
        messages = list(tickets(every))
        suggest(messages[0][0])
        for text, _ in messages:
            started = time.perf_counter()
            suggest(text)
            taken.append((time.perf_counter() - started) * 1000)
    return taken


def main() -> int:
    """Print the median and the 95th percentile."""
    taken = sorted(measure(open_services(load_settings())))
    median, slow = taken[len(taken) // 2], taken[int(len(taken) * 0.95)]
    print(f"{len(taken)} tickets of {CHARACTERS:,} characters: p50 {median:.1f} ms, p95 {slow:.1f} ms")
    return 0


if __name__ == "__main__":
    sys.exit(main())
