"""`kb model`: which embedding model is used, whether it is whole, as a folder, and when its scores are chance."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray

from kb import embedding
from kb.embedding.calibration import FILE_NAME, MeasuredCalibration, calibrate, write_calibration
from kb.embedding.export import export_model
from kb.embedding.model_folder import verify_checksums
from kb.embedding.opening import BUNDLE, BUNDLED, calibration_file, calibrations_folder, open_embedder
from kb.errors import OperatorError
from kb.ports import Embedder, FloatMatrix
from kb.settings import Settings, load_settings
from search.evaluation import JudgedSet, read_judged_set

_MEBIBYTE = 1 << 20
_REINSTALL = "reinstall Dalil"
# A sentence, its translation, and one about something else: what any bilingual model must tell apart
_CHECK = Path(embedding.__file__).with_name("check_sentences.json")


@click.group()
def model() -> None:
    """Show, check, export or calibrate the embedding model."""


@model.command()
def info() -> None:
    """Say which model is used and what is known about it."""
    settings = load_settings()
    embedder = _open(settings)
    known = embedder.calibration
    click.echo(f"Model:       {settings.embedding_model}")
    click.echo(f"Fingerprint: {embedder.fingerprint}")
    click.echo(f"Dimension:   {embedder.dimension}")
    click.echo(
        f"Calibration: floor {known.floor:.3f}, an answer is as likely as not at {known.answer_midpoint:.3f}, "
        f"slope {known.answer_slope:.1f}"
    )
    if settings.embedding_model == BUNDLED:
        for path in sorted(BUNDLE.iterdir()):
            click.echo(f"  {path.name:<22}{path.stat().st_size / _MEBIBYTE:7.1f} MiB")


@model.command()
def verify() -> None:
    """Check the bundled model's files, and that the model in use understands a sentence."""
    for name in verify_checksums(BUNDLE, _REINSTALL):
        click.echo(f"{name}: as published")
    settings = load_settings()
    check = json.loads(_CHECK.read_text(encoding="utf-8"))
    vectors = _open(settings).encode_queries([check["sentence"], check["translation"], check["unrelated"]])
    same, other = float(vectors[0] @ vectors[1]), float(vectors[0] @ vectors[2])
    click.echo(f"{settings.embedding_model}: a translation {same:.2f}, something else {other:.2f}")
    if same <= other:
        raise OperatorError(
            f"KB_EMBEDDING_MODEL={settings.embedding_model} does not bring Arabic and English together.",
            "set KB_EMBEDDING_MODEL=bundled or to a multilingual model",
        )


@model.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def export(folder: Path) -> None:
    """Write the bundled model to FOLDER, which SentenceTransformer(FOLDER) loads."""
    export_model(BUNDLE, folder)
    click.echo(f"Wrote {folder}; use it with KB_EMBEDDING_MODEL={folder} or SentenceTransformer({str(folder)!r}).")


@model.command("calibrate")
@click.argument("collections", nargs=-1, required=True, type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.option("--questions", default=400, show_default=True, help="Questions taken of each collection.")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Where to keep it instead.")
def calibrate_command(collections: tuple[Path, ...], questions: int, output: Path | None) -> None:
    """Measure when a similarity is chance, on at least two test COLLECTIONS about different things.

    Each collection's questions have their answer in its own articles and none in those of a collection that shares no
    article with it. A collection has the shape that `kb evaluate` reads. A running server uses the result after a
    restart.
    """
    settings = load_settings()
    embedder = _open(settings)
    measured = _measure([read_judged_set(path) for path in collections], embedder, questions)
    path = output or _kept_at(settings, embedder)
    write_calibration(path, embedder.fingerprint, measured)
    found = measured.calibration
    click.echo(
        f"floor {found.floor:.3f}, midpoint {found.answer_midpoint:.3f}, slope {found.answer_slope:.1f}, "
        f"area under the curve {measured.area_under_curve:.3f} "
        f"({measured.answered} questions with an answer, {measured.unanswered} without)"
    )
    click.echo(f"Kept in {path}.")


@dataclass(frozen=True, slots=True)
class _Collection:
    """A test collection, embedded."""

    articles: frozenset[str]
    questions: FloatMatrix
    passages: FloatMatrix


def _measure(judged: Sequence[JudgedSet], embedder: Embedder, questions: int) -> MeasuredCalibration:
    collections = [_embed(one, embedder, questions) for one in judged]
    answered = [_best(one.questions, one.passages) for one in collections]
    unanswered = [
        _best(asked.questions, other.passages)
        for asked in collections
        for other in collections
        if not asked.articles & other.articles
    ]
    empty: NDArray[np.float32] = np.empty(0, dtype=np.float32)
    return calibrate(np.concatenate([empty, *answered]), np.concatenate([empty, *unanswered]))


def _embed(judged: JudgedSet, embedder: Embedder, questions: int) -> _Collection:
    from indexer.chunking import chunk_article
    from search.judged_index import corpus_tree

    if judged.corpus is None:
        raise OperatorError(f"The collection {judged.name} has no corpus.jsonl.", "add its articles")
    passages = [chunk.embedding_text for one in corpus_tree(judged.corpus).articles for chunk in chunk_article(one)]
    asked = [query.text for query in judged.queries[:: max(1, len(judged.queries) // questions)]]
    return _Collection(
        frozenset(article.id for article in judged.corpus),
        embedder.encode_queries(asked),
        embedder.encode_documents(passages),
    )


def _best(questions: FloatMatrix, passages: FloatMatrix) -> NDArray[np.float32]:
    return np.asarray((questions @ passages.T).max(axis=1), dtype=np.float32)


def _open(settings: Settings) -> Embedder:
    return open_embedder(settings.embedding_model, settings.embedding_threads, calibrations_folder(settings.var_dir))


def _kept_at(settings: Settings, embedder: Embedder) -> Path:
    if settings.embedding_model == BUNDLED:
        return BUNDLE / FILE_NAME
    return calibration_file(calibrations_folder(settings.var_dir), embedder.fingerprint)
