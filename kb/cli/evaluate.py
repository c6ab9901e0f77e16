"""`kb evaluate`: how good the ranking is, measured against judged questions."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from kb.cli.options import mode_option
from kb.results import SearchMode
from kb.settings import Settings, load_settings
from search.judging.evaluation import Half, JudgedSet, Measures, read_judged_set
from search.serving.service import SearchService


@click.command()
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False, exists=True))
@mode_option
@click.option(
    "--half",
    type=click.Choice([str(half) for half in Half]),
    default=str(Half.ALL),
    show_default=True,
    help="Ask every second question: weights are chosen on the first half, figures reported on the second.",
)
@click.option("--index-dir", type=click.Path(path_type=Path), help="Keep the collection's index here for the next run.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def evaluate(
    directory: Path,
    mode: str,
    half: str,
    index_dir: Path | None,
    as_json: bool,  # noqa: FBT001 - click passes by name
) -> None:
    """Ask the judged questions in DIRECTORY and print how well they are answered.

    DIRECTORY holds queries.jsonl (id, lang, text), qrels.tsv (query id, article id, gain) and corpus.jsonl (id, lang,
    title, body). Without corpus.jsonl the current index is asked. Questions without a judgement have no answer: to say
    so is right. No server is needed and nothing is kept.
    """
    from search.judging.judged_index import evaluate as ask

    settings = load_settings()
    judged = read_judged_set(directory)
    with _service(judged, settings, SearchMode(mode), index_dir) as service:
        measures = ask(judged, service, SearchMode(mode), Half(half), time.perf_counter)
    if as_json:
        click.echo(json.dumps({"set": judged.name, "mode": mode, "half": half, **asdict(measures)}))
    else:
        _print(judged.name, mode, half, measures)


@contextmanager
def _service(
    judged: JudgedSet, settings: Settings, mode: SearchMode, index_dir: Path | None
) -> Iterator[SearchService]:
    """Give the search over the collection, or over the current index where there is no collection."""
    from indexer.build.collection import build_collection
    from kb.embedding.opening import open_calibrated
    from kb.language.analysis import open_analyzer
    from search.judging.judged_index import open_judged_index
    from search.serving.opening import open_search

    if judged.corpus is None:
        yield open_search(settings).service
        return
    # A measurement that silently leaves the vectors out would mislead: here a missing model is an error.
    embedder = None
    if mode is not SearchMode.KEYWORD:
        embedder = open_calibrated(settings)
    with TemporaryDirectory(prefix="dalil-evaluate-") as temporary:
        directory = index_dir or Path(temporary)
        analyzer = open_analyzer(settings.morphology_db)
        store = build_collection(directory, judged.corpus, analyzer, embedder)
        yield open_judged_index(store, analyzer, embedder)


def _print(name: str, mode: str, half: str, measures: Measures) -> None:
    click.echo(f"{name}, {mode}, {measures.queries} questions ({half})")
    for label, value in (
        ("nDCG@10", measures.ndcg_at_10),
        ("MRR@10", measures.mrr_at_10),
        ("recall@5", measures.recall_at_5),
        ("success@1", measures.success_at_1),
        ("success@3", measures.success_at_3),
        ("missed", measures.missed),
    ):
        click.echo(f"  {label:<12}{value:.3f}")
    if measures.false_answers is not None:
        click.echo(f"  {'false answer':<13}{measures.false_answers:.3f}  ({measures.foreign} questions without one)")
    click.echo(f"  {'latency':<12}p50 {measures.latency_p50_ms:.1f} ms, p95 {measures.latency_p95_ms:.1f} ms")
