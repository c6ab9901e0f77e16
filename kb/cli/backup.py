"""`kb backup` and `kb restore`: the database as one file, while the server runs."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path

import click

from kb.clock import SystemClock
from kb.settings import load_settings


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def backup(file: Path) -> None:
    """Write a copy of the database to FILE, consistent while the server runs.

    Articles live in their directory and the search index is rebuilt from them: neither is in the copy. Keep the copy as
    safe as the database: it holds tickets, and salts until they are destroyed.
    """
    from kb.storage.backup import backup_database

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
    from kb.storage.backup import backup_database, restore_database

    settings = load_settings()
    url = settings.effective_database_url
    if not yes:
        click.confirm("Everything recorded since the backup will be set aside. Go on?", abort=True)
    present = settings.var_dir / "dalil.db"
    if not settings.database_url and present.is_file():
        stamp = SystemClock().now().astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
        kept = present.with_name(f"before-restore-{stamp}.db")
        backup_database(url, kept)
        click.echo(f"Kept what was there as {kept}.")
    restore_database(url, file, SystemClock())
    click.echo(f"Restored {file}.")
