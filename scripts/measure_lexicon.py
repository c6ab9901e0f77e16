"""Measure the embedded lexicon: coverage, agreement with another database, speed.

    python -m scripts.measure_lexicon WORDS.tsv.gz --reference other.db

WORDS is a gzipped table of word form and count, most frequent first.
"""

from __future__ import annotations

import time
from itertools import islice
from pathlib import Path

import click

from kb.language.morphology import EMBEDDED, open_lemmatizer
from scripts.lexicon.frequencies import read_word_counts
from scripts.lexicon.measures import agreement, coverage

_COMPARED_WORDS = 5_000
_existing_file = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("words", type=_existing_file)
@click.option("--reference", type=_existing_file, help="A CALIMA database to compare with.")
def main(words: Path, reference: Path | None) -> None:
    """Print what the embedded lexicon knows of WORDS."""
    lexicon = open_lemmatizer(EMBEDDED)
    word_counts = read_word_counts(words)
    click.echo(f"running words analysed: {coverage(lexicon, word_counts):.2%}")
    started = time.perf_counter()
    for word in word_counts:
        lexicon.lemma(word)
    elapsed = time.perf_counter() - started
    click.echo(f"warm cache: {elapsed / len(word_counts) * 1e6:.2f} s for 1,000,000 words")
    if reference is not None:
        found = agreement(lexicon, open_lemmatizer(reference), islice(word_counts, _COMPARED_WORDS))
        click.echo(f"{found.words} words known to both: precision {found.precision:.3f}, recall {found.recall:.3f}")


if __name__ == "__main__":
    main()
