"""`kb morphology`: which database gives Arabic words their lemmas, and how to install CAMeL's own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import click

from kb.errors import OperatorError
from kb.language.morphology import Origin, camel_data_folder, find_database, open_lemmatizer
from kb.settings import load_settings

PACKAGE = "morphology-db-msa-r13"

_ORIGINS = {
    Origin.SETTING: "named by KB_MORPHOLOGY_DB",
    Origin.INSTALLED: "CAMeL data installed on this machine",
    Origin.EMBEDDED: "the embedded lexicon",
}
_REMEDY = "check the connection, or keep the embedded lexicon, which needs no download."


@click.group()
def morphology() -> None:
    """Show or install the database of Arabic word forms."""


@morphology.command()
@click.argument("words", nargs=-1)
def info(words: tuple[str, ...]) -> None:
    """Say which database is used, and the lemmas of WORDS."""
    setting = load_settings().morphology_db
    database = find_database(setting)
    lemmatizer = open_lemmatizer(setting)
    click.echo(f"Database:    {database.path} ({_ORIGINS[database.origin]})")
    click.echo(f"Fingerprint: {lemmatizer.fingerprint}")
    for word in words:
        click.echo(f"{word}\t{lemmatizer.lemma(word) or '-'}")


@morphology.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
def install(*, yes: bool) -> None:
    """Download CAMeL's database of standard Arabic by camel_data."""
    click.echo(
        f"This runs `camel_data -i {PACKAGE}`, which downloads CAMeL Lab's database into {camel_data_folder()}.\n"
        "It is not part of Dalil and not under its licence: it derives from the Buckwalter analyser and is\n"
        "distributed under the GNU General Public License, version 2."
    )
    if not yes:
        click.confirm("Download it?", abort=True)
    _download()
    database = find_database(None)
    if database.origin is not Origin.INSTALLED:
        raise OperatorError(f"camel_data installed no database under {camel_data_folder()}.", _REMEDY)
    open_lemmatizer(database.path)
    click.echo(f"Installed {database.path}; licence by its catalogue: {_stated_licence(camel_data_folder())}.")
    click.echo("Run `kb index`: an index built with another database is refused.")


def _download() -> None:
    command = [sys.executable, "-m", "camel_tools.cli.camel_data", "-i", PACKAGE]
    result = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - fixed arguments
    if result.returncode != 0 or "Error" in result.stderr:
        reason = (result.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise OperatorError(f"camel_data could not install {PACKAGE}: {reason}", _REMEDY)


def _stated_licence(folder: Path) -> str:
    catalogue = json.loads((folder / "catalogue.json").read_text("utf-8"))
    return str(catalogue["packages"].get(PACKAGE, {}).get("license", "not stated"))
