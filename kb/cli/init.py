"""`kb init`: the sample articles, laid where `kb check` and `kb index` read."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

import kb
from kb.cli.check import articles_option
from kb.errors import OperatorError
from kb.settings import load_settings


@click.command()
@articles_option
def init(articles: Path | None) -> None:
    """Lay the sample articles, to start from: the help centre of a shop, in Arabic and English.

    A directory that holds anything already is left as it is. Afterwards `kb check`, `kb index` and `kb serve`.
    """
    target = articles or load_settings().articles_dir
    lay_sample(target)
    click.echo(f"The sample articles are in {target}. Next: kb check, kb index, kb serve.")


def lay_sample(target: Path) -> None:
    """Copy the sample articles into a directory.

    Args:
        target: Where to; made unless it is there.

    Raises:
        OperatorError: The directory holds something already, or cannot be written.
    """
    try:
        if target.exists() and any(target.iterdir()):
            raise OperatorError(
                f"{target} is not empty; nothing was copied.", "set KB_ARTICLES_DIR, or give --articles DIR."
            )
        # Files with the permissions that new ones get here, not those of the installed package.
        shutil.copytree(sample_articles(), target, copy_function=shutil.copyfile, dirs_exist_ok=True)
    except OSError as error:
        raise OperatorError(
            f"The articles cannot be copied to {target}: {error}.",
            "name a directory that you can write to, with KB_ARTICLES_DIR or --articles DIR.",
        ) from error


def sample_articles() -> Path:
    """Return where the sample is: inside the installed package, or beside it in a checkout."""
    package = Path(kb.__file__).parent
    installed = package / "sample"
    return installed if installed.is_dir() else package.parent / "articles"
