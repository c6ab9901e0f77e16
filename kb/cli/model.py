"""`kb model`: which embedding model is used, whether it is whole, as a folder, and when its scores are chance."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import click

from kb import embedding
from kb.embedding.calibration import FILE_NAME, calibrate, write_calibration
from kb.embedding.export import export_model
from kb.embedding.model_folder import verify_checksums
from kb.embedding.opening import (
    BUNDLE,
    BUNDLED,
    BUNDLED_FOLDERS,
    calibration_file,
    calibrations_folder,
    open_calibrated,
)
from kb.errors import OperatorError
from kb.ports import Embedder
from kb.settings import Settings, load_settings
from search.judging.evaluation import read_judged_set
from search.judging.similarities import Collection, similarities_of

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
    embedder = open_calibrated(settings)
    known = embedder.calibration
    curves = {"overall": known.overall}
    curves |= {f"{asked} in {held}": curve for (asked, held), curve in known.by_languages.items()}
    click.echo(f"Model:       {settings.embedding_model}")
    click.echo(f"Fingerprint: {embedder.fingerprint}")
    click.echo(f"Dimension:   {embedder.dimension}")
    click.echo("Calibration, by language of question and of passage:")
    for name, curve in curves.items():
        click.echo(
            f"  {name:<10}floor {curve.floor:.3f}, an answer is as likely as not at {curve.answer_midpoint:.3f}, "
            f"slope {curve.answer_slope:.1f}"
        )
    if settings.embedding_model == BUNDLED:
        for path in sorted(path for folder in BUNDLED_FOLDERS for path in folder.iterdir()):
            click.echo(f"  {f'{path.parent.name}/{path.name}':<30}{path.stat().st_size / _MEBIBYTE:7.1f} MiB")


@model.command()
def verify() -> None:
    """Check the bundled model's files, and that the model in use understands a sentence."""
    for folder in BUNDLED_FOLDERS:
        for name in verify_checksums(folder, _REINSTALL):
            click.echo(f"{folder.name}/{name}: as published")
    settings = load_settings()
    check = json.loads(_CHECK.read_text(encoding="utf-8"))
    vectors = open_calibrated(settings).encode_queries([check["sentence"], check["translation"], check["unrelated"]])
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
    """Write our own one of the two bundled encoders to FOLDER, which SentenceTransformer(FOLDER) loads."""
    export_model(BUNDLE, folder)
    click.echo(f"Wrote {folder}; use it with KB_EMBEDDING_MODEL={folder} or SentenceTransformer({str(folder)!r}).")


@model.command("calibrate")
@click.argument("collections", nargs=-1, required=True, type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.option("--questions", default=400, show_default=True, help="Questions taken from each collection.")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Where to keep it instead.")
def calibrate_command(collections: tuple[Path, ...], questions: int, output: Path | None) -> None:
    """Measure when a similarity is chance, on at least two test COLLECTIONS about different things.

    Each collection's questions have their answer in its own articles and none in those of a collection that shares no
    article with it. A collection has the shape that `kb evaluate` reads. A running server uses the result after a
    restart.
    """
    settings = load_settings()
    embedder = open_calibrated(settings)
    judged = [_with_articles(path) for path in collections]
    with tempfile.TemporaryDirectory() as directory:
        measured = calibrate(similarities_of(judged, embedder, questions, Path(directory)))
    path = output or _kept_at(settings, embedder)
    write_calibration(path, embedder.fingerprint, measured)
    named = {"overall": measured.overall}
    named |= {f"{asked} in {held}": found for (asked, held), found in measured.by_languages.items()}
    for name, found in named.items():
        click.echo(
            f"{name:<10}floor {found.curve.floor:.3f}, midpoint {found.curve.answer_midpoint:.3f}, "
            f"slope {found.curve.answer_slope:.1f}, area under the curve {found.area_under_curve:.3f} "
            f"({found.answered} questions with an answer, {found.unanswered} without)"
        )
    click.echo(f"Kept in {path}.")


def _with_articles(path: Path) -> Collection:
    from indexer.build.collection import collection_tree

    judged = read_judged_set(path)
    if judged.corpus is None:
        raise OperatorError(f"The collection {judged.name} has no corpus.jsonl.", "add its articles")
    return Collection(judged, collection_tree(judged.corpus).articles)


def _kept_at(settings: Settings, embedder: Embedder) -> Path:
    if settings.embedding_model == BUNDLED:
        return BUNDLE / FILE_NAME
    return calibration_file(calibrations_folder(settings.var_dir), embedder.fingerprint)
