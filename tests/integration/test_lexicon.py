"""The embedded lexicon: made from its tables, large enough, fast enough, in agreement with another."""

from __future__ import annotations

import subprocess
import sys
import time
from itertools import islice
from pathlib import Path

import pytest

from kb.language.morphology import EMBEDDED, FREQUENCIES, open_lemmatizer, read_frequencies
from scripts.build_lexicon import LEXICON, build
from scripts.lexicon.expansion import expand
from scripts.lexicon.frequencies import learn, read_word_counts
from scripts.lexicon.measures import agreement, coverage
from scripts.lexicon.tables import read_tables

ROOT = Path(__file__).parent.parent.parent
MEGABYTE = 2**20


def test_the_database_is_what_the_tables_generate() -> None:
    assert build(LEXICON / "tables").encode() == EMBEDDED.read_bytes()


def test_the_tables_hold_more_than_three_thousand_lemmas() -> None:
    tables = read_tables(LEXICON / "tables")
    assert len(tables.nouns) + len(tables.adjectives) + len(tables.particles) + len(tables.verbs) >= 5_000
    assert len({(stem.lemma, stem.pos) for stem in expand(tables)}) >= 9_000


def test_a_fault_in_a_table_names_file_and_line(tmp_path: Path) -> None:
    for table in (LEXICON / "tables").glob("*.tsv"):
        (tmp_path / table.name).write_bytes(table.read_bytes())
    (tmp_path / "verbs.tsv").write_text("# head\nكتب\t1 eleven\n", "utf-8")
    with pytest.raises(ValueError, match=r"verbs\.tsv:2: .*'eleven' is not a verb form"):
        read_tables(tmp_path)


def test_the_lexicon_is_small_to_ship_and_to_load() -> None:
    assert EMBEDDED.stat().st_size < 3 * MEGABYTE
    code = (
        "import resource, time\n"
        "from kb.language import morphology as m\n"
        "with m._offline():\n"
        "    import camel_tools.morphology.analyzer\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "started = time.process_time()\n"
        "m.open_lemmatizer(m.EMBEDDED)\n"
        "print(time.process_time() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    seconds, kilobytes = (float(figure) for figure in done.stdout.split())
    assert seconds < 1.0
    assert kilobytes < 150 * 1024


def test_a_word_costs_little_once_it_is_known() -> None:
    lemmatizer = open_lemmatizer(EMBEDDED)
    words = "حدد الملف الذي تريد إرساله إلى المستخدمين ثم اضغط على زر الإرسال في أعلى الصفحة".split()  # help text
    repeated = words * 2_000
    lemmatizer.lemma(words[0])
    started = time.process_time()
    for word in repeated:
        lemmatizer.lemma(word)
    assert (time.process_time() - started) / len(repeated) < 60e-6


def test_frequencies_are_learned_in_proportion() -> None:
    lemmatizer = open_lemmatizer(EMBEDDED)
    word_counts = {"كتب": 10, "كتاب": 90, "الكتاب": 50, "يكتب": 5}  # books or wrote; book; the book; writes
    counts = learn({word: lemmatizer.readings(word) for word in word_counts}, word_counts)
    assert counts["كتاب"] > counts["كتب"] > 0
    assert sum(counts.values()) == pytest.approx(sum(word_counts.values()), abs=5)


def test_the_shipped_frequencies_are_sorted_and_positive() -> None:
    counts = read_frequencies(FREQUENCIES)
    assert list(counts) == sorted(counts)
    assert min(counts.values()) > 0


@pytest.mark.shared
def test_nine_in_ten_running_words_of_help_articles_are_analysed(shared: Path) -> None:
    counts = read_word_counts(shared / "train" / "ar-words.tsv.gz")
    frequent = dict(islice(counts.items(), 9_000))
    known = coverage(open_lemmatizer(EMBEDDED), frequent) * sum(frequent.values())
    assert known / sum(counts.values()) >= 0.90


@pytest.mark.shared
def test_it_agrees_with_an_independent_database(shared: Path) -> None:
    reference = open_lemmatizer(shared / "morphology" / "buckwalter-msa.db")
    words = islice(read_word_counts(shared / "train" / "ar-words.tsv.gz"), 5_000)
    found = agreement(open_lemmatizer(EMBEDDED), reference, words)
    assert found.words >= 4_700
    assert found.precision >= 0.95
    assert found.recall >= 0.955
