"""`kb backup` and `kb restore`: the database as one file, while the server runs."""

from __future__ import annotations

from pathlib import Path

import click

from kb.cli.context import open_context
from kb.clock import SystemClock
from kb.settings import load_settings


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def backup(file: Path) -> None:
    """Write a copy of the database to FILE, consistent while the server runs.

    Articles live in their directory and the search index is rebuilt from them: neither is in the copy. Keep the copy as
    safe as the database: it holds tickets, and salts until they are destroyed.
    """
    from kb.backup import backup_database

    backup_database(load_settings().effective_database_url, file)
    click.echo(f"Wrote {file} ({file.stat().st_size / 1e6:.1f} MB).")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--yes", is_flag=True, help="Do not ask.")
def restore(
    file: Path,
    yes: bool,  # noqa: FBT001 - click passes by name
) -> None:
    """Replace the database by the backup FILE; what is there now is kept beside it.

    A backup of a newer version is refused. A running server goes on with the restored content.
    """
    from kb.backup import restore_database
    from kb.statistics.retention import COPY_LIFE, forget_expired, terms_of

    settings, clock = load_settings(), SystemClock()
    url = settings.effective_database_url
    if not yes:
        click.confirm("Everything recorded since the backup will be set aside. Go on?", abort=True)
    if kept := restore_database(url, file, clock):
        click.echo(f"The previous database is kept as {kept} for {COPY_LIFE.days} days, less what expires meanwhile.")
    with open_context(settings) as opened:
        forget_expired(opened.engine, opened.clock, terms_of(settings))
    click.echo(f"Restored {file}, without what has expired since.")
