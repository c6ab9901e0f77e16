"""What people type: right words stay as they are, and a slip, a wrong layout or Arabizi is understood nearly as well.

`tests/data/words/README.md` says how the sets were written and which half was looked at while tuning. The floors here
are on words alone, which is quick; docs/SEARCH.md has the figures with meaning.
"""

from __future__ import annotations

import csv
import json

import pytest

from indexer.articles.loading import load_tree
from indexer.build.pipeline import build_generation
from kb.clock import SystemClock
from kb.language.analysis import open_analyzer
from kb.language.normalise import fold
from kb.model import Language
from kb.results import Query
from kb.storage.generations import GenerationStore
from search.serving.query_text import parse_query
from search.serving.ranking import Ranker
from search.serving.rewriting import Ground, QueryRewriter
from search.serving.service import SearchService
from search.serving.snapshot import SnapshotHolder
from tests.conftest import ROOT

SETS = ROOT / "tests" / "data" / "words"
CHANGED_AT_MOST = 0.003

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> SearchService:
    store = GenerationStore(tmp_path_factory.mktemp("words"), SystemClock())
    analyzer = open_analyzer(None)
    build_generation(store, load_tree(ROOT / "articles"), analyzer, None)
    return SearchService(SnapshotHolder(store, analyzer), Ranker(None), rewriter=QueryRewriter())


def test_a_word_that_is_right_is_not_altered(service: SearchService) -> None:
    with (SETS / "real.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    altered = [
        row["text"]
        for row in rows
        if service.search(Query(row["text"], Language(row["lang"]), limit=1)).rewritten_query is not None
    ]
    assert len(rows) >= 1_100
    assert len(altered) <= len(rows) * CHANGED_AT_MOST, altered


# Share of the words of the clean question that the reading holds; reached: typos .885, layout .945, Arabizi .525.
@pytest.mark.parametrize(("name", "floor"), [("typos", 0.87), ("layout", 0.93), ("arabizi", 0.51)])
def test_what_was_meant_is_read(service: SearchService, name: str, floor: float) -> None:
    rewriter, vocabulary = QueryRewriter(), service.snapshot.vocabulary
    meant = held = 0
    for row in _queries(name):
        readings = rewriter.readings(parse_query(row["text"]), vocabulary)
        text = next((found.text for found in readings if found.ground is not Ground.DIALECT), row["text"])
        read = set(fold(text).split())
        clean = fold(row["clean"]).split()
        meant += len(clean)
        held += sum(word in read for word in clean)
    assert held / meant >= floor, held / meant


def _queries(name: str) -> list[dict[str, str]]:
    lines = (SETS / name / "queries.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]
