"""The measures against figures worked out by hand, and the faults of judged sets."""

from __future__ import annotations

import json
import math
import time
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from kb.errors import ContentError
from kb.model import Language
from search.judging.evaluation import (
    Answer,
    Half,
    JudgedQuery,
    chosen_half,
    measure,
    ndcg,
    percentile,
    read_judged_set,
    recall,
    reciprocal_rank,
    success,
)


def query(number: int = 0, **gains: float) -> JudgedQuery:
    return JudgedQuery(f"q{number}", Language.AR, "text", gains or {"a": 1.0})


def write_set(directory: Path, corpus: str | None, queries: str, judgements: str) -> Path:
    if corpus is not None:
        (directory / "corpus.jsonl").write_text(corpus, "utf-8")
    (directory / "queries.jsonl").write_text(queries, "utf-8")
    (directory / "qrels.tsv").write_text(judgements, "utf-8")
    return directory


CORPUS = json.dumps({"id": "a", "lang": "ar", "title": "", "body": "text"}) + "\n"
QUERIES = json.dumps({"id": "q", "lang": "ar", "text": "what"}) + "\n"


def test_the_gain_is_discounted_by_the_logarithm_of_the_place() -> None:
    assert ndcg([0, 1], {"a": 1.0}) == pytest.approx(1 / math.log2(3))
    assert ndcg([1, 3], {"a": 3.0, "b": 1.0}) == pytest.approx((1 + 3 / math.log2(3)) / (3 + 1 / math.log2(3)))
    assert ndcg([1], {"a": 1.0}) == 1
    assert ndcg([0] * 10 + [1], {"a": 1.0}) == 0


def test_the_reciprocal_rank_looks_at_ten_results() -> None:
    assert reciprocal_rank([0, 0, 1]) == pytest.approx(1 / 3)
    assert reciprocal_rank([0] * 10 + [1]) == 0


def test_recall_looks_at_five_results_and_success_at_one() -> None:
    assert recall([1, 0, 0, 0, 1, 1], answers=4) == 0.5
    assert success([1]) == 1
    assert success([0, 1]) == success([]) == 0


def test_percentiles_are_values_that_occurred() -> None:
    assert percentile([3, 1, 2, 4], 50) == 2
    assert percentile([3, 1, 2, 4], 95) == 4
    assert percentile([7], 95) == 7


def test_measures_are_means_over_all_questions() -> None:
    seconds = (number / 1000 for number in count())
    answers = {"q0": Answer(["a"], no_answer=True), "q1": Answer(["x", "a"], no_answer=False)}
    measures = measure([query(0), query(1)], lambda asked: answers[asked.id], lambda: next(seconds))
    assert measures.queries == 2
    assert measures.success_at_3 == 1
    assert measures.missed == 0.5
    assert measures.false_answers is None
    assert measures.mrr_at_10 == 0.75
    assert measures.success_at_1 == 0.5
    assert measures.latency_p50_ms == pytest.approx(1)


def test_questions_without_an_answer_are_judged_by_whether_that_is_said() -> None:
    foreign = [replace(query(number), gains={}) for number in range(4)]
    answers = {"q0": Answer(["a"], no_answer=False)}
    silent = Answer(["a"], no_answer=True)
    measures = measure([query(0)], lambda asked: answers.get(asked.id, silent), time.perf_counter, foreign)
    assert (measures.queries, measures.foreign) == (1, 4)
    assert measures.false_answers == 0.25  # q0 among the foreign ones


def test_the_halves_interleave_and_cover_everything() -> None:
    queries = [query(number) for number in range(5)]
    first, second = chosen_half(queries, Half.FIRST), chosen_half(queries, Half.SECOND)
    assert [item.id for item in first] == ["q0", "q2", "q4"]
    assert sorted(item.id for item in (*first, *second)) == [item.id for item in chosen_half(queries, Half.ALL)]


def test_a_sound_set_is_read(tmp_path: Path) -> None:
    judged = read_judged_set(write_set(tmp_path, CORPUS, QUERIES, "q\ta\t2\r\n"))
    assert judged.corpus is not None
    assert judged.corpus[0].id == "a"
    assert judged.queries == (JudgedQuery("q", Language.AR, "what", {"a": 2.0}),)


def test_without_a_corpus_the_current_index_is_meant(tmp_path: Path) -> None:
    judged = read_judged_set(write_set(tmp_path, None, QUERIES, "q\tany-article\t1\n"))
    assert judged.corpus is None


def test_questions_without_an_answer_are_not_asked(tmp_path: Path) -> None:
    queries = QUERIES + json.dumps({"id": "none", "lang": "en", "text": "?"}) + "\n"
    judged = read_judged_set(write_set(tmp_path, CORPUS, queries, "q\ta\t1\nnone\ta\t0\n"))
    assert [item.id for item in judged.queries] == ["q"]


def test_all_faults_of_all_files_are_reported_at_once(tmp_path: Path) -> None:
    corpus = CORPUS + CORPUS + "{broken\n[]\n" + json.dumps({"id": "b", "lang": "fr", "title": "", "body": ""}) + "\n"
    queries = QUERIES + json.dumps({"id": "r", "lang": "ar"}) + "\n"
    judgements = "q\ta\n" + "zz\ta\t1\n" + "q\tzz\t1\n" + "q\ta\tmany\n" + "q\ta\t-1\n" + "q\ta\tinf\n"
    with pytest.raises(ContentError) as error:
        read_judged_set(write_set(tmp_path, corpus, queries, judgements))
    assert [(fault.path, fault.line) for fault in error.value.faults] == [
        *(("corpus.jsonl", line) for line in (2, 3, 4, 5)),
        *(("qrels.tsv", line) for line in range(1, 7)),
        ("queries.jsonl", 2),
    ]


def test_missing_and_unreadable_files_are_faults(tmp_path: Path) -> None:
    (tmp_path / "queries.jsonl").write_bytes(b"\xff\xfe")
    with pytest.raises(ContentError) as error:
        read_judged_set(tmp_path)
    assert sorted(fault.path for fault in error.value.faults) == ["qrels.tsv", "queries.jsonl"]


def test_judgements_without_any_answer_are_a_fault(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="no question has an answer"):
        read_judged_set(write_set(tmp_path, CORPUS, QUERIES, "q\ta\t0\n"))
