"""Measures a ranking against judged questions: reads the files, asks, computes the figures.

The measures follow trec_eval: linear gains, logarithmic discount, means over all judged questions.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from statistics import mean
from typing import Any, Final

from kb.errors import ContentError, Fault
from kb.model import CorpusArticle, Language

CORPUS_FILE: Final = "corpus.jsonl"
QUERIES_FILE: Final = "queries.jsonl"
JUDGEMENTS_FILE: Final = "qrels.tsv"
DEPTH: Final = 10


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found for a question.

    Attributes:
        articles: Ids, best first.
        no_answer: It was said that nothing answers.
    """

    articles: Sequence[str]
    no_answer: bool


Ranking = Callable[["JudgedQuery"], Answer]


class Half(StrEnum):
    """Which questions are asked: weights are chosen on the first half, figures reported on the second."""

    ALL = "all"
    FIRST = "first"
    SECOND = "second"


@dataclass(frozen=True, slots=True)
class JudgedQuery:
    """A question and the articles that answer it.

    Attributes:
        gains: Gain by article id; only those above 0.
    """

    id: str
    lang: Language
    text: str
    gains: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class JudgedSet:
    """A test collection.

    Attributes:
        corpus: Its articles; None where the current index is asked.
        queries: Its questions that have an answer, in the order of the file.
        foreign: Its questions that nothing answers, likewise.
    """

    name: str
    corpus: tuple[CorpusArticle, ...] | None
    queries: tuple[JudgedQuery, ...]
    foreign: tuple[JudgedQuery, ...] = ()


@dataclass(frozen=True, slots=True)
class Measures:
    """Means over questions; 0 to 1 except the latencies, in milliseconds.

    Attributes:
        missed: Share of the questions with an answer of which it was said that they have none.
        false_answers: Share of the foreign questions of which that was not said; None if there are no such questions.
    """

    queries: int
    foreign: int
    ndcg_at_10: float
    mrr_at_10: float
    recall_at_5: float
    success_at_1: float
    success_at_3: float
    missed: float
    false_answers: float | None
    latency_p50_ms: float
    latency_p95_ms: float


def read_judged_set(directory: Path) -> JudgedSet:
    """Read a test collection.

    Args:
        directory: Holds `queries.jsonl` and `qrels.tsv`, and `corpus.jsonl` unless the current index is meant.

    Raises:
        ContentError: Names every fault of every file with its line.
    """
    faults: list[Fault] = []
    has_corpus = (directory / CORPUS_FILE).is_file()
    corpus = _read_corpus(directory, faults) if has_corpus else None
    texts = {item["id"]: item for item in _records(directory / QUERIES_FILE, ("id", "lang", "text"), faults)}
    gains = _read_judgements(directory, texts.keys(), {article.id for article in corpus} if corpus else None, faults)
    if faults:
        raise ContentError(faults)
    every = [
        JudgedQuery(item["id"], Language(item["lang"]), item["text"], gains.get(item["id"], {}))
        for item in texts.values()
    ]
    queries, foreign = (tuple(query for query in every if bool(query.gains) is answered) for answered in (True, False))
    return JudgedSet(directory.name, corpus, queries, foreign)


def chosen_half(queries: Sequence[JudgedQuery], half: Half) -> tuple[JudgedQuery, ...]:
    """Return every second question: both halves cover the whole collection.

    Args:
        queries: In the order of the file.
        half: Which; the first question belongs to the first half.
    """
    if half is Half.ALL:
        return tuple(queries)
    return tuple(queries[0 if half is Half.FIRST else 1 :: 2])


def measure(
    queries: Iterable[JudgedQuery], rank: Ranking, timer: Callable[[], float], foreign: Sequence[JudgedQuery] = ()
) -> Measures:
    """Ask every question and return the means.

    Args:
        queries: At least one.
        foreign: Questions that nothing answers.
        rank: Answers one question.
        timer: Monotonic, in seconds.
    """
    rows: list[tuple[float, float, float, float, float, bool]] = []
    seconds: list[float] = []
    for query in queries:
        started = timer()
        answer = rank(query)
        seconds.append(timer() - started)
        results = [query.gains.get(article, 0.0) for article in answer.articles]
        shares = recall(results, len(query.gains)), success(results), success(results, 3)
        rows.append((ndcg(results, query.gains), reciprocal_rank(results), *shares, answer.no_answer))
    answered = [not rank(query).no_answer for query in foreign]
    return Measures(
        queries=len(rows),
        foreign=len(answered),
        ndcg_at_10=mean(row[0] for row in rows),
        mrr_at_10=mean(row[1] for row in rows),
        recall_at_5=mean(row[2] for row in rows),
        success_at_1=mean(row[3] for row in rows),
        success_at_3=mean(row[4] for row in rows),
        missed=mean(float(row[5]) for row in rows),
        false_answers=mean(map(float, answered)) if answered else None,
        latency_p50_ms=percentile(seconds, 50) * 1000,
        latency_p95_ms=percentile(seconds, 95) * 1000,
    )


def ndcg(results: Sequence[float], gains: Mapping[str, float]) -> float:
    """Return the discounted gain of the first ten results over the best one possible.

    Args:
        results: Gains of the results, best first.
        gains: Gains of all articles that answer.
    """
    return _dcg(results) / _dcg(sorted(gains.values(), reverse=True))


def reciprocal_rank(results: Sequence[float]) -> float:
    """Return 1 over the place of the first answer among ten results, 0 without one."""
    return next((1 / place for place, gain in enumerate(results[:DEPTH], 1) if gain > 0), 0.0)


def recall(results: Sequence[float], answers: int) -> float:
    """Return the share of all answers among the first five results."""
    return sum(gain > 0 for gain in results[:5]) / answers


def success(results: Sequence[float], among: int = 1) -> float:
    """Return 1 where one of the first results answers, else 0."""
    return float(any(gain > 0 for gain in results[:among]))


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that `share` per cent of the values do not exceed.

    Args:
        values: At least one.
        share: 0 to 100.
    """
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * share / 100) - 1)]


def _dcg(gains: Sequence[float]) -> float:
    return sum(gain / math.log2(place + 1) for place, gain in enumerate(gains[:DEPTH], 1))


def _read_corpus(directory: Path, faults: list[Fault]) -> tuple[CorpusArticle, ...]:
    records = _records(directory / CORPUS_FILE, ("id", "lang", "title", "body"), faults)
    return tuple(
        CorpusArticle(item["id"], Language(item["lang"]), item["title"], item["body"]) for item in list(records)
    )


def _records(path: Path, fields: Sequence[str], faults: list[Fault]) -> Iterator[dict[str, str]]:
    """Yield the sound records of a file of JSON lines; the others become faults."""
    seen: set[str] = set()
    for number, line in _lines(path, faults):
        try:
            record = json.loads(line)
        except json.JSONDecodeError as error:
            faults.append(Fault(path.name, number, "bad-json", f"not JSON: {error.msg}"))
            continue
        if problem := _problem(record, fields, seen):
            faults.append(Fault(path.name, number, "bad-record", problem))
            continue
        seen.add(record["id"])
        yield record


def _problem(record: Any, fields: Sequence[str], seen: set[str]) -> str | None:
    if not isinstance(record, dict):
        return "not an object"
    if missing := [field for field in fields if not isinstance(record.get(field), str)]:
        return f"needs a text in {', '.join(missing)}"
    if record["lang"] not in set(Language):
        return f"lang must be one of {', '.join(Language)}, not {record['lang']!r}"
    if record["id"] in seen:
        return f"id {record['id']} occurs twice"
    return None


def _read_judgements(
    directory: Path, queries: Iterable[str], articles: set[str] | None, faults: list[Fault]
) -> dict[str, dict[str, float]]:
    known = set(queries)
    gains: dict[str, dict[str, float]] = {}
    for number, line in _lines(directory / JUDGEMENTS_FILE, faults):
        cells = line.split("\t")
        if problem := _judgement_problem(cells, known, articles):
            faults.append(Fault(JUDGEMENTS_FILE, number, "bad-judgement", problem))
        elif float(cells[2]) > 0:
            gains.setdefault(cells[0], {})[cells[1]] = float(cells[2])
    if not gains and not faults:
        faults.append(Fault(JUDGEMENTS_FILE, 1, "no-judgements", "no question has an answer"))
    return gains


def _judgement_problem(cells: Sequence[str], queries: set[str], articles: set[str] | None) -> str | None:
    if len(cells) != 3:
        return "needs three columns: query id, article id, gain"
    query, article, gain = cells
    if query not in queries:
        return f"query {query} is not in {QUERIES_FILE}"
    if articles is not None and article not in articles:
        return f"article {article} is not in {CORPUS_FILE}"
    try:
        usable = 0 <= float(gain) < math.inf
    except ValueError:
        usable = False
    return None if usable else f"gain must be a number from 0, not {gain!r}"


def _lines(path: Path, faults: list[Fault]) -> Iterator[tuple[int, str]]:
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        faults.append(Fault(path.name, 1, "unreadable", f"cannot be read: {error}"))
        return
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            yield number, line.rstrip("\r")
