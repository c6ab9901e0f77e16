"""The home of `camel_tools.morphology`: opens a CALIMA database offline and gives each Arabic word one lemma key.

Three databases are tried in order: the one that the operator names, CAMeL data that the user has installed, and the
lexicon that ships with Dalil. Which word is a lemma of which is the database's knowledge; which reading wins is
`lemma_choice`'s.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from threading import Lock
from typing import Any, Protocol

from kb.errors import OperatorError
from kb.language.calima_file import check_calima_file
from kb.language.lemma_choice import Reading, choose, spelling_mismatch
from kb.language.normalise import fold

EMBEDDED = Path(__file__).parent / "lexicon" / "dalil-ar.db"
FREQUENCIES = Path(__file__).parent / "lexicon" / "frequencies.tsv"

_OFFLINE_CATALOGUE = Path(__file__).parent / "lexicon" / "camel"
"""Holds an empty `catalogue.json`: without one, importing camel_tools.morphology downloads it."""

_CAMEL_DATABASE = "morphology_db/calima-msa-r13"
_CHOICE_VERSION = "1"
"""Raise it whenever the same readings may give another lemma."""

_LONGEST_WORD = 40
"""Letters, marks not counted; the longest inflected Arabic words have under 20."""

_LONGEST_RAW = 400
"""Letters and marks; longer strings are not looked at, so that time stays linear in the text."""

_ARABIC_WORD = re.compile("[\u0621-\u063a\u0641-\u064a\u0671]+")
"""The letters that databases spell words with; anything else in a word makes it unknown."""

_VANISHING = re.compile(
    "[\u00ad\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+"
)
"""Marks, tatweel, joiners and bidi controls."""

_ARTICLES = ("ال", "لل")
_ARTICLE_LETTERS = 2
"""The article is so common that it says nothing against a reading."""

_CACHED_WORDS = 200_000
_REMEDY = "set KB_MORPHOLOGY_DB to a CALIMA database file, or unset it to use the embedded lexicon."
_import_lock = Lock()


class Origin(StrEnum):
    """Where a morphology database comes from."""

    SETTING = "setting"
    INSTALLED = "installed"
    EMBEDDED = "embedded"


@dataclass(frozen=True, slots=True)
class Database:
    """A database file and why it is used."""

    path: Path
    origin: Origin


class Lemmatizer(Protocol):
    """Gives Arabic words their lemma key."""

    @property
    def fingerprint(self) -> str:
        """Return a short text that changes whenever the same word may get another lemma."""
        ...

    def lemma(self, word: str) -> str | None:
        """Return the folded dictionary form of a word, None where it is unknown; never raises for any string."""
        ...


class CamelLemmatizer:
    """Lemmas by CAMeL Tools' analyser; safe to share between threads.

    Args:
        analyzer: A `camel_tools.morphology.analyzer.Analyzer`.
        counts: Learned frequency of each lemma key.
        fingerprint: Identity of database, analyser and choice.
    """

    def __init__(self, analyzer: Any, counts: Mapping[str, float], fingerprint: str) -> None:
        self._analyzer = analyzer
        self._counts = counts
        self._fingerprint = fingerprint
        self._cached = lru_cache(maxsize=_CACHED_WORDS)(self._lemma)

    @property
    def fingerprint(self) -> str:
        """Return which database, library and rules the lemmas come from."""
        return self._fingerprint

    def lemma(self, word: str) -> str | None:
        """Return the folded dictionary form of a word.

        Args:
            word: A surface word as typed (marks, tatweel and hamza forms help and do no harm), or its folded form.

        Returns:
            One canonical key without marks, hamza, ya and ta marbuta folded; None where the word is unknown.
        """
        return self._cached(word) if len(word) <= _LONGEST_RAW else None

    def readings(self, word: str) -> list[Reading]:
        """Return every reading of a word, without repetition, in a fixed order."""
        bare = _bare(word)
        if len(bare) > _LONGEST_WORD or not _ARABIC_WORD.fullmatch(bare):
            return []
        length = len(fold(bare))
        readings = {_reading(bare, length, analysis) for analysis in self._analyzer.analyze(bare)}
        return sorted((one for one in readings if one.key), key=_reading_key)

    def _lemma(self, word: str) -> str | None:
        readings = self.readings(word)
        return choose(readings, self._counts) if readings else None


def open_lemmatizer(database: str | Path | None) -> CamelLemmatizer:
    """Return the lemmatizer of the first database that there is.

    Args:
        database: Path of a CALIMA database; None looks for installed CAMeL data, then takes the embedded lexicon.

    Raises:
        OperatorError: The file is missing, empty, truncated or not CALIMA; the message names file and line.
    """
    path = find_database(database).path
    check_calima_file(path, _REMEDY)
    return CamelLemmatizer(_open_analyzer(path), read_frequencies(FREQUENCIES), _fingerprint(path))


def find_database(database: str | Path | None) -> Database:
    """Return the database that `open_lemmatizer` would open."""
    if database is not None:
        return Database(Path(database), Origin.SETTING)
    installed = camel_data_folder() / "data" / _installed_dataset() / "morphology.db"
    if installed.is_file():
        return Database(installed, Origin.INSTALLED)
    return Database(EMBEDDED, Origin.EMBEDDED)


def camel_data_folder() -> Path:
    """Return where CAMeL Tools keeps the data that the user installs."""
    configured = os.environ.get("CAMELTOOLS_DATA")
    return Path(configured).expanduser() if configured else Path.home() / ".camel_tools"


def read_frequencies(path: Path) -> dict[str, float]:
    """Return the learned frequency of each lemma key."""
    rows = (line.split("\t") for line in path.read_text("utf-8").splitlines() if not line.startswith("#"))
    return {key: float(count) for key, count in rows}


def _installed_dataset() -> str:
    """Return the folder of the default database, as the installed catalogue says."""
    try:
        catalogue = json.loads((camel_data_folder() / "catalogue.json").read_text("utf-8"))
        component = catalogue["components"]["MorphologyDB"]
        return str(component["datasets"][component["default"]]["path"])
    except (OSError, ValueError, KeyError, TypeError):
        return _CAMEL_DATABASE


def _open_analyzer(path: Path) -> Any:
    with _import_lock, _offline():
        from camel_tools.morphology.analyzer import Analyzer
        from camel_tools.morphology.database import MorphologyDB
        from camel_tools.morphology.errors import MorphologyError

    try:
        database = MorphologyDB(str(path), "a")
    except (MorphologyError, KeyError, IndexError, UnicodeDecodeError) as fault:
        raise OperatorError(f"{path} is not a CALIMA database that CAMeL Tools can read: {fault}.", _REMEDY) from fault
    for categories in (database.prefix_hash, database.suffix_hash):
        for category in {category for entries in categories.values() for category, _ in entries}:
            # The analyser looks every prefix category up, listed in the compatibility table or not.
            database.prefix_stem_compat.setdefault(category, set())
    return Analyzer(database, "NONE")


@contextmanager
def _offline() -> Iterator[None]:
    """Let camel_tools find a catalogue, so that importing it neither downloads one nor touches the home directory."""
    saved = {name: os.environ.get(name) for name in ("CAMELTOOLS_DATA", "HOME")}
    os.environ.update(dict.fromkeys(saved, str(_OFFLINE_CATALOGUE)))
    try:
        yield
    finally:
        for name, value in saved.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _fingerprint(path: Path) -> str:
    digest = hashlib.sha256(path.read_bytes() + FREQUENCIES.read_bytes()).hexdigest()[:16]
    return f"camel-{version('camel-tools')}+choice-{_CHOICE_VERSION}+{digest}"


def _bare(word: str) -> str:
    """Return a word without marks, tatweel and format controls; folded where it uses letters that databases do not."""
    bare = _VANISHING.sub("", word)
    return bare if _ARABIC_WORD.fullmatch(bare) else fold(bare)


def _reading(bare: str, length: int, analysis: Mapping[str, str]) -> Reading:
    spelled = _VANISHING.sub("", analysis["diac"]).replace("ٱ", "ا")
    stem = _VANISHING.sub("", analysis["stem"])
    key = fold(analysis["lex"])
    prefix = spelled[: max(0, spelled.find(stem))]
    article = _ARTICLE_LETTERS if prefix.endswith(_ARTICLES) else 0
    is_verb = analysis["pos"] == "verb"
    return Reading(
        key=key,
        pos=analysis["pos"],
        affix_letters=len(spelled) - len(stem) - article,
        mismatch=spelling_mismatch(bare, spelled),
        distance=0 if is_verb else abs(length - len(prefix) - len(key)),
    )


def _reading_key(reading: Reading) -> tuple[str, str, int, float]:
    return reading.key, reading.pos, reading.affix_letters, reading.mismatch
