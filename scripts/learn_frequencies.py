"""Learn the lemma frequencies that the choice among readings rests on.

    python -m scripts.learn_frequencies WORDS.tsv.gz     write kb/language/lexicon/frequencies.tsv

WORDS is a gzipped table of word form and count. Only one number for each lemma is kept.
"""

from __future__ import annotations

from pathlib import Path

import click

from kb.language.morphology import EMBEDDED, FREQUENCIES, open_lemmatizer
from scripts.lexicon.frequencies import frequencies_text, learn, read_word_counts


@click.command()
@click.argument("words", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--output", type=click.Path(path_type=Path), default=FREQUENCIES, show_default=True)
def main(words: Path, output: Path) -> None:
    """Learn from the embedded lexicon's readings of WORDS."""
    lemmatizer = open_lemmatizer(EMBEDDED)
    word_counts = read_word_counts(words)
    counts = learn({word: lemmatizer.readings(word) for word in word_counts}, word_counts)
    output.write_text(frequencies_text(counts), encoding="utf-8", newline="\n")
    click.echo(f"{output}: {len(counts)} lemmas")


if __name__ == "__main__":
    main()
