"""`kb model`: which embedding model is used, whether it is whole, as a folder, and when its scores are chance."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray

from kb import embedding
from kb.embedding.calibration import FILE_NAME, BestCosines, calibrate, write_calibration
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
from kb.model import Language
from kb.ports import Embedder, FloatMatrix
from kb.settings import Settings, load_settings
from search.judging.evaluation import JudgedSet, read_judged_set

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
    measured = calibrate(_measure([read_judged_set(path) for path in collections], embedder, questions))
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


@dataclass(frozen=True, slots=True)
class _Questions:
    """Questions of one language whose answers are in one language, and the articles that answer each."""

    asked: Language
    answered_in: Language
    vectors: FloatMatrix
    answers: tuple[frozenset[str], ...]


@dataclass(frozen=True, slots=True)
class _Passages:
    """Passages in one language, and the article that each is from."""

    vectors: FloatMatrix
    articles: NDArray[np.str_]


def _measure(judged: Sequence[JudgedSet], embedder: Embedder, questions: int) -> Iterator[BestCosines]:
    """Yield how near the questions of each collection come to its own articles, and to those of foreign ones."""
    corpora = {one.corpus: _embed_corpus(one, embedder) for one in judged}
    ids = {corpus: {article.id for article in corpus or ()} for corpus in corpora}
    for one in judged:
        for asked in _embed_questions(one, embedder, questions):
            own = corpora[one.corpus][asked.answered_in]
            cosines = asked.vectors @ own.vectors.T
            relevant = [
                row[np.isin(own.articles, list(answers))].max(initial=-1.0)
                for row, answers in zip(cosines, asked.answers, strict=True)
            ]
            yield BestCosines(asked.asked, asked.answered_in, cosines.max(axis=1), np.array(relevant, np.float32))
            for corpus, by_language in corpora.items():
                if ids[corpus] & ids[one.corpus]:
                    continue
                for lang, passages in by_language.items():
                    yield BestCosines(asked.asked, lang, (asked.vectors @ passages.vectors.T).max(axis=1), None)


def _embed_corpus(judged: JudgedSet, embedder: Embedder) -> Mapping[Language, _Passages]:
    from indexer.build.collection import collection_tree
    from indexer.parts.chunking import chunk_article

    if judged.corpus is None:
        raise OperatorError(f"The collection {judged.name} has no corpus.jsonl.", "add its articles")
    texts: dict[Language, list[tuple[str, str]]] = {}
    for article in collection_tree(judged.corpus).articles:
        texts.setdefault(article.lang, []).extend(
            (article.id, chunk.embedding_text) for chunk in chunk_article(article)
        )
    return {
        lang: _Passages(
            embedder.encode_documents([text for _, text in passages]), np.array([article for article, _ in passages])
        )
        for lang, passages in texts.items()
    }


def _embed_questions(judged: JudgedSet, embedder: Embedder, questions: int) -> Iterator[_Questions]:
    """Yield the questions by language of question and answer; one answered in both languages is asked in both."""
    written_in = {article.id: article.lang for article in judged.corpus or ()}
    found: dict[tuple[Language, Language], list[tuple[str, frozenset[str]]]] = {}
    for query in judged.queries[:: max(1, len(judged.queries) // questions)]:
        for lang in Language:
            if answers := frozenset(article for article in query.gains if written_in.get(article) is lang):
                found.setdefault((query.lang, lang), []).append((query.text, answers))
    for (asked, answered_in), pairs in found.items():
        vectors = embedder.encode_queries([text for text, _ in pairs])
        yield _Questions(asked, answered_in, vectors, tuple(answers for _, answers in pairs))


def _kept_at(settings: Settings, embedder: Embedder) -> Path:
    if settings.embedding_model == BUNDLED:
        return BUNDLE / FILE_NAME
    return calibration_file(calibrations_folder(settings.var_dir), embedder.fingerprint)
