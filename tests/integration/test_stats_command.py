"""`kb stats`, `kb export`, `kb backup` and `kb restore` as an operator uses them."""

import codecs
import json
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kb.cli.backup import backup, restore
from kb.cli.export import export
from kb.cli.stats import stats
from kb.errors import UserError
from kb.events import Event
from kb.statistics.catalogue import METRICS
from kb.storage.database import open_database
from kb.storage.event_log import append_many
from tests.random_visits import random_visits
from tests.stories import NOON


@pytest.fixture(autouse=True)
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KB_VAR_DIR", str(tmp_path))
    engine = open_database(f"sqlite:///{tmp_path / 'dalil.db'}")
    append_many(engine, told())
    engine.dispose()
    return tmp_path


def told() -> list[Event]:
    return random_visits(5, 60, days=5)


def run(command: object, *arguments: str) -> Result:
    result = CliRunner().invoke(command, arguments, catch_exceptions=False)  # type: ignore[arg-type]
    assert result.exit_code == 0, result.output
    return result


PERIOD = f"{NOON.date()}..{NOON.date() + timedelta(days=20)}"


def test_every_figure_is_printed_with_its_title() -> None:
    output = run(stats, "--period", PERIOD).output

    assert [metric.title for metric in METRICS if metric.title not in output] == []


def test_json_has_every_figure_with_its_definition() -> None:
    answer = json.loads(run(stats, "--period", PERIOD, "--lang", "ar", "--window", "7d", "--json").output)

    assert [figure["name"] for figure in answer["figures"]] == [metric.name for metric in METRICS]
    assert all(figure["definition"] and figure["numerator_is"] for figure in answer["figures"])
    assert answer["window"] == "7d"


def test_figures_limited_by_category_say_which_are_not() -> None:
    answer = json.loads(run(stats, "--period", PERIOD, "--category", "orders", "--json").output)

    notes = {figure["name"]: figure["note"] for figure in answer["figures"]}
    assert notes["zero_result_rate"] == "For all articles."
    assert notes["deflection"] == ""


def test_a_bad_period_is_the_users_error() -> None:
    with pytest.raises(UserError, match="not a period"):
        run(stats, "--period", "soon")


def test_the_jobs_say_what_they_did() -> None:
    assert f"{len(told())} new events" in run(stats, "rollup").output
    assert "Removed 0 events" in run(stats, "prune").output


@pytest.mark.parametrize("what", ["figures", "deflection", "outcomes", "searches", "queries", "articles", "votes"])
def test_everything_is_exported_as_json_and_csv(what: str, tmp_path: Path) -> None:
    rows = json.loads(run(export, what, "--period", PERIOD, "--format", "json").output)
    run(export, what, "--period", PERIOD, "--grain", "week", "--output", str(tmp_path / "out.csv"))

    assert rows
    assert (tmp_path / "out.csv").read_bytes().startswith(codecs.BOM_UTF8)
    header = (tmp_path / "out.csv").read_text("utf-8-sig").splitlines()[0]
    assert header.split(",") == list(rows[0])


def test_backup_and_restore_keep_what_was_there(settings: Path) -> None:
    run(backup, str(settings / "copy.db"))
    output = run(restore, str(settings / "copy.db"), "--yes").output

    assert "Restored" in output
    assert len(list(settings.glob("before-restore-*.db"))) == 1
