"""`kb replay` as a person types it."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from kb.cli import main
from kb.clock import SystemClock
from kb.language.analysis import open_analyzer
from kb.statistics.rollups import roll_up
from kb.storage.database import open_database
from kb.storage.event_log import append_many
from tests.article_trees import valid_tree, write_tree
from tests.factories import make_article
from tests.generations import publish
from tests.stories import NOON, Story, seen

RULES = (
    "format: 1\nresults:\n- {action: hide, pattern: gift, match: words, article: gift-cards, by: reem, "
    "at: 2026-11-01T00:00:00Z}\n"
)


@pytest.fixture
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An index without vectors, and what two visitors asked and opened an hour ago."""
    monkeypatch.setenv("KB_VAR_DIR", str(tmp_path))
    monkeypatch.setenv("KB_EMBEDDING_MODEL", str(tmp_path / "no-model"))
    monkeypatch.setenv("KB_K_ANONYMITY", "2")
    articles = [make_article("gift-cards", title="Gift cards", text="They never expire.")]
    publish(tmp_path / "index", articles, analyzer=open_analyzer(None))
    publish(tmp_path / "empty", [make_article("parcel", title="Parcels")], analyzer=open_analyzer(None))
    engine = open_database(f"sqlite:///{tmp_path / 'dalil.db'}")
    shift = SystemClock().now() - timedelta(hours=1) - NOON
    for visitor in ("a", "b"):
        story = Story(visitor)
        minute = shift / timedelta(minutes=1)
        story.click(minute + 1, story.search(minute, "gift"), article=seen("gift-cards"))
        append_many(engine, story.events)
    rare = Story("c")
    rare.click(minute + 1, rare.search(minute, "gift cards for my aunt"), article=seen("gift-cards"))
    append_many(engine, rare.events)
    roll_up(engine, SystemClock())
    engine.dispose()
    return tmp_path


@pytest.mark.usefixtures("var")
def test_the_same_state_loses_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay"]) == 0
    assert "3 searches, 3 opened results: 0 lost, 0 won." in capsys.readouterr().out


def test_another_index_loses_what_it_does_not_hold(var: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", "--candidate-index", str(var / "empty")]) == 1
    printed = capsys.readouterr().out
    assert "3 lost, 0 won" in printed
    assert "en  gift\n" in printed
    assert "aunt" not in printed


def test_a_generation_that_was_published_before_is_compared(var: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (before,) = (var / "index").glob("gen-*")
    publish(var / "index", [make_article("parcel", title="Parcels")], analyzer=open_analyzer(None))
    assert main(["replay", "--generation", before.name]) == 0
    assert "0 lost, 3 won" in capsys.readouterr().out
    assert main(["replay", "--generation", "gen-nothing"]) == 2
    assert "gen-nothing" in capsys.readouterr().err


def test_a_candidate_is_built_beside_what_serves(var: Path, capsys: pytest.CaptureFixture[str]) -> None:
    serving = sorted((var / "index").iterdir())
    articles = write_tree(var / "articles", valid_tree())
    assert main(["index", "--candidate", "--without-vectors", "--articles", str(articles)]) == 0
    assert sorted((var / "index").iterdir()) == serving
    assert main(["replay", "--candidate-index", str(var / "candidate")]) == 1
    assert "3 lost, 0 won" in capsys.readouterr().out


def test_other_rules_are_compared_as_json(var: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (var / "rules.yaml").write_text(RULES, "utf-8")
    assert main(["replay", "--rules", str(var / "rules.yaml"), "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert (found["lost"], found["won"], found["candidate"]["found"]) == (3, 0, 0)
    assert [each["query"] for each in found["differences"]] == ["gift", None]


def test_faulty_rules_are_refused(var: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (var / "rules.yaml").write_text("format: 9", "utf-8")
    assert main(["replay", "--rules", str(var / "rules.yaml")]) == 2
    assert "Error" in capsys.readouterr().err
