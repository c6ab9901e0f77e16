"""`kb check`: everything that is wrong with the articles, at once."""

from __future__ import annotations

from pathlib import Path

import click

from indexer.articles.loading import LoadedTree, TreeMemory, load_tree
from kb.clock import SystemClock, day_in
from kb.errors import Fault, OperatorError, Severity
from kb.settings import load_settings

articles_option = click.option(
    "--articles",
    type=click.Path(path_type=Path),
    help="Directory of the articles; KB_ARTICLES_DIR unless given.",
)


@click.command()
@articles_option
@click.option("--strict", is_flag=True, help="Let warnings fail the check, too.")
@click.pass_context
def check(context: click.Context, articles: Path | None, strict: bool) -> None:  # noqa: FBT001 - click passes by name
    """Report everything that is wrong with the articles.

    One line a fault: file, line, severity, what is wrong and what to write instead, and the code of the rule.
    docs/ARTICLES.md explains the rules. What is wrong with drafts and archived articles holds back only themselves and
    counts as a warning. Exits with 1 if there are errors, with --strict also if there are warnings.
    """
    settings = load_settings()
    tree = read_articles(articles or settings.articles_dir, settings.time_zone)
    show_faults(tree)
    click.echo(f"{len(tree.articles)} articles: {_count(len(tree.errors), 'error')}, {count_warnings(tree)}.")
    if tree.errors or (strict and tree.warnings):
        context.exit(1)


def read_articles(directory: Path, time_zone: str, memory: TreeMemory | None = None) -> LoadedTree:
    """Read the articles as of today.

    Args:
        directory: Where they are.
        time_zone: Where it is today what their dates are compared with.
        memory: Given again, it makes reading them again faster.

    Raises:
        OperatorError: There is no such directory.
    """
    if not directory.is_dir():
        raise OperatorError(
            f"There is no directory {directory} of articles.",
            "set KB_ARTICLES_DIR or give --articles DIR; `kb init` copies the sample articles there.",
        )
    return load_tree(directory, day_in(time_zone, SystemClock().now()), memory)


def show_faults(tree: LoadedTree) -> None:
    """Print one line a fault, errors and warnings coloured on a terminal."""
    for fault in tree.faults:
        click.echo(_line(fault))


def count_warnings(tree: LoadedTree) -> str:
    """Return how many warnings there are, and how many of them would be errors if their file were published."""
    held = f" ({len(tree.held_back)} of drafts and archived articles, which they hold back)" if tree.held_back else ""
    return f"{_count(len(tree.warnings), 'warning')}{held}"


def _line(fault: Fault) -> str:
    colour = "red" if fault.severity is Severity.ERROR else "yellow"
    severity = click.style(fault.severity, fg=colour)
    return f"{fault.path}:{fault.line}: {severity}: {fault.message} [{fault.code}]"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
