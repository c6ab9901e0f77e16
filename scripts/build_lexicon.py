"""Generate the embedded morphology database from the tables that we write.

    python -m scripts.build_lexicon            write kb/language/lexicon/dalil-ar.db

The output depends on the tables and this code only, so that a test can regenerate it byte for byte.
"""

from __future__ import annotations

from pathlib import Path

import click

from scripts.lexicon.database import database_text
from scripts.lexicon.expansion import expand
from scripts.lexicon.tables import read_tables

LEXICON = Path(__file__).resolve().parent.parent / "kb" / "language" / "lexicon"


def build(tables: Path) -> str:
    """Return the text of the database that a folder of tables describes."""
    return database_text(expand(read_tables(tables)))


@click.command()
@click.option("--output", type=click.Path(path_type=Path), default=LEXICON / "dalil-ar.db", show_default=True)
def main(output: Path) -> None:
    """Write the embedded database."""
    text = build(LEXICON / "tables")
    output.write_text(text, encoding="utf-8", newline="\n")
    stems = read_tables(LEXICON / "tables")
    lemmas = {(stem.lemma, stem.pos) for stem in expand(stems)}
    click.echo(f"{output}: {len(text.encode()) / 1e6:.1f} MB, {len(lemmas)} lemmas")


if __name__ == "__main__":
    main()
