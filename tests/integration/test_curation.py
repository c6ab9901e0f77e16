"""The rules of editors: kept in the database, exchanged as YAML, applied to queries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from kb.clock import FixedClock
from kb.curation.exchange import from_yaml, to_yaml
from kb.curation.model import Match, ResultAction, RuleId, Rules
from kb.curation.store import CurationStore
from kb.errors import UserError
from kb.language.analysis import open_analyzer
from kb.model import ArticleId, Language
from kb.ports import Analyzer
from kb.storage.database import open_database
from search.serving.curation import EditorsCuration

REFUND, RETURNS = ArticleId("refund-times"), ArticleId("returns")


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(f"sqlite:///{tmp_path / 'dalil.db'}")
    yield engine
    engine.dispose()


@pytest.fixture
def store(engine: Engine, clock: FixedClock) -> CurationStore:
    return CurationStore(engine, clock)


@pytest.fixture(scope="module")
def analyzer() -> Analyzer:
    return open_analyzer(None)


@pytest.fixture
def curation(store: CurationStore, analyzer: Analyzer) -> EditorsCuration:
    return EditorsCuration(store.rules, analyzer)


def pin(store: CurationStore, pattern: str, article: ArticleId, match: Match = Match.WORDS) -> None:
    store.add_result(ResultAction.PIN, pattern, article, match=match, lang=None, by="sara")


def without_ids(rules: Rules) -> Rules:
    none = RuleId("")
    return Rules(
        0,
        tuple(replace(rule, id=none) for rule in rules.synonyms),
        tuple(replace(rule, id=none) for rule in rules.results),
        tuple(replace(rule, id=none) for rule in rules.redirects),
    )


def test_two_way_synonyms_stand_for_each_other_in_any_inflection(
    store: CurationStore, curation: EditorsCuration
) -> None:
    store.add_synonyms(["فلوس", "مبلغ"], lang=Language.AR, by="sara")  # money, amount
    assert curation.directions("استرجاع الفلوس", Language.AR).variants == ("استرجاع مبلغ",)
    assert curation.directions("استرجاع المبلغ", Language.AR).variants == ("استرجاع فلوس",)
    assert curation.directions("استرجاع الفلوس", Language.EN).variants == ()


def test_one_way_synonyms_work_one_way_and_across_languages(store: CurationStore, curation: EditorsCuration) -> None:
    store.add_synonyms(["cash back", "كاش باك"], ["استرداد نقدي"], lang=None, by="sara")
    assert curation.directions("my cash back please", Language.EN).variants == ("my استرداد نقدي please",)
    assert curation.directions("استرداد نقدي", Language.AR).variants == ()


def test_pins_keep_their_order_and_hidden_articles_are_named(store: CurationStore, curation: EditorsCuration) -> None:
    pin(store, "refund time", REFUND)
    pin(store, "refund time", RETURNS)
    store.add_result(ResultAction.HIDE, "refunds", ArticleId("old"), match=Match.WORDS, lang=Language.EN, by="sara")
    found = curation.directions("what is the refund time?", Language.EN)
    assert found.pinned == (REFUND, RETURNS)
    assert found.hidden == {"old"}
    assert curation.directions("refund", Language.EN).pinned == ()


def test_a_whole_pattern_fits_that_query_only_in_any_spelling(store: CurationStore, curation: EditorsCuration) -> None:
    pin(store, "أين طلبي", RETURNS, Match.WHOLE)  # where is my order
    assert curation.directions("اين  طلبي", Language.AR).pinned == (RETURNS,)
    assert curation.directions("اين طلبي الآن", Language.AR).pinned == ()


def test_another_process_sees_a_change_at_once(engine: Engine, store: CurationStore, clock: FixedClock) -> None:
    other = CurationStore(engine, clock)
    assert other.rules().synonyms == ()
    rule = store.add_synonyms(["a", "b"], lang=None, by="sara", why="asked often")
    assert other.rules().synonyms == (rule,)
    assert store.remove(rule.id)
    assert not store.remove(rule.id)
    assert other.rules().synonyms == ()


def test_rules_survive_export_and_import(store: CurationStore) -> None:
    store.add_synonyms(["باسورد", "كلمة المرور"], lang=Language.AR, by="sara", why="يكتبها الناس")
    store.add_synonyms(["eSIM"], ["شريحة"], lang=None, by="omar")
    pin(store, "refund", REFUND)
    store.add_redirect(Language.EN, "old-refunds", REFUND, by="sara")
    before = store.rules()
    exported = to_yaml(before)
    assert "باسورد" in exported
    store.replace_all(Rules(0))
    assert store.rules().synonyms == ()
    store.replace_all(from_yaml(exported))
    assert without_ids(store.rules()) == without_ids(before)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("format: 2", "format"),
        ("{", "YAML"),
        ("format: 1\nsynonyms: [{kind: three-way, terms: [], by: x, at: 2026-01-01}]", "synonyms.0.kind"),
        ("format: 1\nunknown: 1", "unknown"),
        ("- list", "file"),
        ("format: 1\nsynonyms: &a [*a]", "anchor"),
        (
            "format: 1\nredirects:\n- {lang: en, slug: a, article: b, by: x, at: 2026-02-30}",
            "line 3, redirects.0.at: «2026",
        ),
        (
            "format: 1\nredirects:\n- {lang: en, slug: a, article: b, by: x, at: 99999-01-01}",
            "is not a time that exists",
        ),
        ("format: 1\nsynonyms:\n- kind: two-way\n  terms: [order #1, b]\n", "line 4: «#1, b]» is a comment"),
        ("format: 1\nresults: []\nresults: []", "line 3: `results` is written twice"),
        ("format: 1\nresults: " + "[" * 9000, "too deeply"),
        (
            "format: 1\nresults: [{action: pin, pattern: a, match: words, article: b, by: c, at: 2026-01-01,"
            " position: 999999999999999999999}]",
            "results.0.position",
        ),
        ("format: 1\nsynonyms: [" + "x, " * 400 + "]", "and 380 more"),
    ],
)
def test_a_faulty_file_is_refused_naming_the_fault(text: str, named: str) -> None:
    with pytest.raises(UserError, match=named):
        from_yaml(text)


def test_values_are_the_words_that_were_written() -> None:
    entry = "{kind: one-way, terms: [no, 0077], replacements: [on, 1:30], lang: ~, by: sara, at: 2026-01-02}"
    (rule,) = from_yaml(f"format: 1\nsynonyms: [{entry}]").synonyms
    assert (rule.terms, rule.replacements, rule.lang) == (("no", "0077"), ("on", "1:30"), None)
    assert rule.decision.at == datetime(2026, 1, 2, tzinfo=UTC)


@pytest.mark.parametrize("terms", [[], ["one"], ["same", " same "], ["x" * 101, "y"], [str(n) for n in range(30)]])
def test_useless_synonyms_are_refused(store: CurationStore, terms: list[str]) -> None:
    with pytest.raises(UserError):
        store.add_synonyms(terms, lang=None, by="sara")
