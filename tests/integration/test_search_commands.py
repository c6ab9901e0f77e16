"""`kb search` and `kb evaluate` as a person types them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kb.cli import main
from kb.clock import FixedClock
from kb.language.analysis import open_analyzer
from kb.model import Language
from kb.storage.generations import GenerationStore
from tests.factories import make_article
from tests.generations import NOON, publish

ARTICLES = [
    make_article("reset-password", Language.AR, title="استعادة كلمة المرور", text="اضغط «نسيت كلمة المرور»."),
    make_article("gift-cards", title="Gift cards", text="Gift cards never expire."),
]


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> GenerationStore:
    """An index without vectors, and settings that name a model that is not there."""
    monkeypatch.setenv("KB_VAR_DIR", str(tmp_path))
    monkeypatch.setenv("KB_EMBEDDING_MODEL", str(tmp_path / "no-model"))
    return publish(tmp_path / "index", ARTICLES, analyzer=open_analyzer(None))


def write_set(directory: Path, *, with_corpus: bool) -> Path:
    directory.mkdir()
    corpus = [
        {
            "id": "cards",
            "lang": "en",
            "title": "Gift cards",
            "body": "They never expire.\n\n## Balance\n\nSee the app.",
        },
        {"id": "parcel", "lang": "en", "title": "Tracking", "body": "Where the parcel is."},
    ]
    if with_corpus:
        (directory / "corpus.jsonl").write_text("\n".join(map(json.dumps, corpus)), "utf-8")
    query = {"id": "q", "lang": "en", "text": "gift card balance"}
    (directory / "queries.jsonl").write_text(json.dumps(query), "utf-8")
    (directory / "qrels.tsv").write_text(f"q\t{'cards' if with_corpus else 'gift-cards'}\t1\n", "utf-8")
    return directory


@pytest.mark.usefixtures("index")
def test_search_prints_hits_and_what_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["search", "كلمة المرور"]) == 0
    printed = capsys.readouterr().out
    assert "استعادة كلمة المرور" in printed
    assert "without: vector" in printed


@pytest.mark.usefixtures("index")
def test_explain_says_where_a_hit_comes_from_and_what_was_decided(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["search", "gift cards", "--explain", "--mode", "keyword"]) == 0
    printed = capsys.readouterr().out
    for expected in ("ranks: grams 1, keyword 1", "words 1.000", "coverage 1.000", "answer: answer "):
        assert expected in printed


@pytest.mark.usefixtures("index")
def test_json_output_is_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["search", "gift cards", "--json", "--limit", "1"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["results"][0]["id"] == "gift-cards"
    assert {"text": "Gift", "mark": True} in answer["results"][0]["snippet"]
    assert answer["degraded"] == ["vector"]


@pytest.mark.usefixtures("index")
def test_an_empty_query_is_the_readers_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["search", " "]) != 0
    assert "at least one word" in capsys.readouterr().err


def test_without_an_index_the_remedy_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KB_VAR_DIR", str(tmp_path))
    monkeypatch.setenv("KB_EMBEDDING_MODEL", str(tmp_path / "no-model"))
    assert main(["search", "cards"]) == 2
    assert "kb index" in capsys.readouterr().err


def test_a_collection_is_built_and_measured(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    directory = write_set(tmp_path / "set", with_corpus=True)
    assert main(["evaluate", str(directory), "--mode", "keyword", "--json"]) == 0
    measured = json.loads(capsys.readouterr().out)
    assert (measured["set"], measured["mode"], measured["queries"]) == ("set", "keyword", 1)
    assert measured["ndcg_at_10"] == measured["success_at_1"] == 1.0
    assert measured["latency_p50_ms"] > 0


def test_the_index_of_a_collection_can_be_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    directory = write_set(tmp_path / "set", with_corpus=True)
    command = ["evaluate", str(directory), "--mode", "keyword", "--index-dir", str(tmp_path / "kept")]
    assert main(command) == 0
    generation = GenerationStore(tmp_path / "kept", FixedClock(NOON)).current()
    assert main(command) == 0
    assert GenerationStore(tmp_path / "kept", FixedClock(NOON)).current() == generation
    assert "nDCG@10     1.000" in capsys.readouterr().out


@pytest.mark.usefixtures("index")
def test_without_a_corpus_the_current_index_is_measured(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    directory = write_set(tmp_path / "set", with_corpus=False)
    assert main(["evaluate", str(directory), "--mode", "keyword"]) == 0
    assert "success@1   1.000" in capsys.readouterr().out


def test_faults_of_a_collection_are_printed_together(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    directory = write_set(tmp_path / "set", with_corpus=True)
    (directory / "qrels.tsv").write_text("q\tnowhere\t1\nq\tcards\tx\n", "utf-8")
    assert main(["evaluate", str(directory)]) == 2
    printed = capsys.readouterr().err
    assert "qrels.tsv:1" in printed
    assert "qrels.tsv:2" in printed


def test_measuring_a_model_that_is_not_there_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KB_EMBEDDING_MODEL", str(tmp_path / "no-model"))
    assert main(["evaluate", str(write_set(tmp_path / "set", with_corpus=True))]) == 2
    assert "KB_EMBEDDING_MODEL" in capsys.readouterr().err
