"""`kb index`: read, check, build, publish; once, or whenever an article is saved."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import click

from indexer.articles.loading import LoadedTree, TreeMemory
from indexer.build.pipeline import Progress as BuildProgress
from indexer.build.pipeline import Silence, Stage, build_generation, up_to_date
from kb.cli.check import articles_option, count_warnings, read_articles, show_faults
from kb.cli.context import open_context
from kb.clock import SystemClock
from kb.errors import DalilError, OperatorError
from kb.ports import Analyzer, Embedder
from kb.private_files import make_private
from kb.settings import Settings, load_settings
from kb.storage.generations import GenerationStore, read_manifest

if TYPE_CHECKING:
    from rich.progress import Progress as Bars


@click.command()
@articles_option
@click.option("--watch", "keep_watching", is_flag=True, help="Build again whenever an article is saved.")
@click.option("--force", is_flag=True, help="Build even if nothing has changed.")
@click.option("--candidate", is_flag=True, help="Build beside what serves and do not publish it: for a replay.")
@click.option("--without-vectors", is_flag=True, help="Build without an embedding model: search by words only.")
@click.pass_context
def index(
    context: click.Context,
    articles: Path | None,
    keep_watching: bool,  # noqa: FBT001 - click passes by name
    force: bool,  # noqa: FBT001 - click passes by name
    candidate: bool,  # noqa: FBT001 - click passes by name
    without_vectors: bool,  # noqa: FBT001 - click passes by name
) -> None:
    """Build the search index from the articles and publish it.

    Nothing is built while a published article has errors; drafts and archived articles hold back only themselves. What
    serves goes on serving until the new index is complete and verified. Passages that have not changed keep their
    vectors. Exits with 1 if articles have errors, with 3 if another process is building.
    """
    settings = load_settings()
    make_private(settings.var_dir)
    builder = _Builder(
        settings, articles or settings.articles_dir, candidate=candidate, with_vectors=not without_vectors
    )
    succeeded = builder.build(only_if_changed=not force)
    if keep_watching:
        _watch(builder)
    elif not succeeded:
        context.exit(1)


class _Builder:
    """Builds, and keeps open between two builds what is slow to open."""

    def __init__(self, settings: Settings, articles_dir: Path, *, candidate: bool, with_vectors: bool) -> None:
        self.articles_dir = articles_dir
        self._settings = settings
        self._with_vectors = with_vectors
        self._memory = TreeMemory()
        self._store = GenerationStore(settings.candidate_dir if candidate else settings.index_dir, SystemClock())
        self._built = "built, to be compared" if candidate else "published"

    @cached_property
    def _analyzer(self) -> Analyzer:
        from kb.language.analysis import open_analyzer

        return open_analyzer(self._settings.morphology_db)

    @cached_property
    def _embedder(self) -> Embedder | None:
        from kb.embedding.opening import open_embedder

        if not self._with_vectors:
            return None
        try:
            return open_embedder(self._settings.embedding_model, self._settings.index_threads or usable_cores())
        except OperatorError as error:
            remedy = f"{error.remedy.rstrip('.')}; or `kb index --without-vectors`, which searches by words only."
            raise OperatorError(error.message, remedy) from error

    def build(self, *, only_if_changed: bool) -> bool:
        """Build once; return whether the articles were free of errors."""
        started = time.perf_counter()
        articles = read_articles(self.articles_dir, self._settings.time_zone, self._memory)
        tree = _with_readers_words(articles, self._settings)
        if tree.errors:
            show_faults(tree)
            click.echo(f"Nothing was built: {len(tree.errors)} errors in the articles (`kb check`).", err=True)
            return False
        current = up_to_date(self._store, tree, self._analyzer, self._embedder) if only_if_changed else None
        if current:
            click.echo(f"{current.name} is up to date.")
            return True
        with _shown_progress() as progress:
            path = build_generation(
                self._store, tree, self._analyzer, self._embedder, progress, self._settings.keep_generations
            )
        took = time.perf_counter() - started
        counts = read_manifest(path).counts
        click.echo(
            f"{path.name} {self._built}: {counts['articles']} articles, {counts['chunks']} passages"
            f" ({counts['embedded']} embedded, {counts['reused']} reused), {count_warnings(tree)}, {took:.1f} s."
        )
        return True


def _with_readers_words(tree: LoadedTree, settings: Settings) -> LoadedTree:
    """Return the articles with what readers typed before they liked them, as far as there is a database.

    Articles can be indexed without it: a database that fails is a warning.
    """
    from sqlalchemy.exc import SQLAlchemyError

    from kb.statistics.learned import liked_queries
    from kb.storage.database import is_new_file

    if is_new_file(settings.effective_database_url):
        return tree
    try:
        with open_context(settings) as opened:
            liked = liked_queries(opened.engine, settings.k_anonymity)
    except (OperatorError, SQLAlchemyError) as error:
        click.echo(f"Warning: the index lacks what readers typed. {error}", err=True)
        return tree
    return replace(tree, articles=tuple(replace(each, asked_as=liked.get(each.key, ())) for each in tree.articles))


def usable_cores() -> int:
    """Return how many processor cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _watch(builder: _Builder) -> None:
    from indexer.build.watch import watch

    def rebuild() -> None:
        try:
            builder.build(only_if_changed=True)
        except DalilError as error:
            click.echo(f"Error: {error}", err=True)

    click.echo(f"Watching {builder.articles_dir}; press Ctrl+C to stop.")
    try:
        watch(builder.articles_dir, rebuild)
    except KeyboardInterrupt:
        click.echo("Stopped watching.")


@contextmanager
def _shown_progress() -> Iterator[BuildProgress]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    if not console.is_terminal:
        yield Silence()
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bars:
        yield _Bar(bars)


class _Bar:
    """Shows stages and, while passages are embedded, how many are done."""

    def __init__(self, bars: Bars) -> None:
        self._bars = bars
        self._task = bars.add_task("", total=len(Stage))
        self._stages = 0

    def stage(self, stage: Stage) -> None:
        """Name the stage."""
        self._bars.update(self._task, description=stage, total=len(Stage), completed=self._stages)
        self._stages += 1

    def advance(self, done: int, total: int) -> None:
        """Show how far the stage is."""
        self._bars.update(self._task, total=total, completed=done)
