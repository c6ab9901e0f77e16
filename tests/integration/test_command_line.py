"""`kb` as people type it: what it prints and what it exits with."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from kb.cli import COMMANDS, main
from kb.cli.context import open_context
from kb.clock import FixedClock
from kb.events import Verdict
from kb.settings import Settings
from kb.storage.database import open_database
from kb.storage.event_log import append_many
from kb.storage.generations import GenerationStore
from tests.article_trees import EN, article, valid_tree, write_tree
from tests.stories import Story


@pytest.fixture
def articles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith("KB_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("KB_VAR_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("KB_ARTICLES_DIR", str(tmp_path / "articles"))
    return write_tree(tmp_path / "articles", valid_tree())


@pytest.fixture
def index(tmp_path: Path, clock: FixedClock) -> GenerationStore:
    return GenerationStore(tmp_path / "var" / "index", clock)


def test_every_command_can_be_imported(capsys: pytest.CaptureFixture[str]) -> None:
    for name in COMMANDS:
        assert main([name, "--help"]) == 0
        assert f"Usage: kb {name}" in capsys.readouterr().out


def test_help_imports_no_command() -> None:
    code = "import sys; from kb.cli import main; main(['--help']); sys.exit('pydantic' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert result.returncode == 0
    assert all(name in result.stdout for name in COMMANDS)


def test_a_wrong_command_is_a_line_and_status_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["chek"]) == 2
    assert "No such command 'chek'" in capsys.readouterr().err


def test_init_lays_the_sample_and_leaves_what_is_there_as_it_is(
    tmp_path: Path, articles: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sample = tmp_path / "sample"
    assert main(["init", "--articles", str(sample)]) == 0
    assert main(["check", "--articles", str(sample)]) == 0
    assert "0 errors" in capsys.readouterr().out

    before = sorted(articles.rglob("*"))
    assert main(["init"]) == 2
    assert f"{articles} is not empty; nothing was copied." in capsys.readouterr().err
    assert sorted(articles.rglob("*")) == before


def test_the_database_is_closed_also_where_a_command_fails(articles: Path) -> None:
    with pytest.raises(ZeroDivisionError), open_context() as opened:
        used = opened.engine.pool
        with opened.engine.connect():
            pass
        raise ZeroDivisionError
    assert used is not opened.engine.pool  # SQLAlchemy takes a new pool where it has closed one


def test_check_passes_a_tree_without_faults(articles: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--strict"]) == 0
    assert capsys.readouterr().out == "2 articles: 0 errors, 0 warnings.\n"


def test_check_prints_every_fault_and_exits_with_1(articles: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_tree(articles, {EN: article("See [this](none.md).\n", colour="red")})
    assert main(["check"]) == 1
    *faults, total = capsys.readouterr().out.splitlines()
    assert [fault.split(": ")[0] for fault in faults] == [f"{EN}:8", f"{EN}:10"]
    assert faults[1].endswith("[broken-link]")
    assert total == "1 articles: 2 errors, 0 warnings."


def test_only_a_strict_check_fails_on_warnings(articles: Path) -> None:
    write_tree(articles, {EN: article(questions="[one]")})
    assert main(["check"]) == 0
    assert main(["check", "--strict"]) == 1


@pytest.mark.parametrize(("zone", "status"), [("Pacific/Kiritimati", 0), ("Etc/GMT+12", 1)])
def test_today_is_a_day_of_the_sites_time_zone(
    articles: Path, monkeypatch: pytest.MonkeyPatch, zone: str, status: int
) -> None:
    first_to_have_it = datetime.now(ZoneInfo("Pacific/Kiritimati")).date()  # 26 hours before the last
    write_tree(articles, {EN: article(updated=str(first_to_have_it))})
    monkeypatch.setenv("KB_TIME_ZONE", zone)
    assert main(["check", "--strict"]) == status


def test_a_missing_directory_is_a_line_with_a_remedy(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--articles", str(tmp_path / "none")]) == 2
    assert "set KB_ARTICLES_DIR" in capsys.readouterr().err


def test_wrong_settings_are_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("KB_PORTT", "1")
    assert main(["settings"]) == 2
    assert "KB_PORTT is not a setting (did you mean KB_PORT?)" in capsys.readouterr().err


def test_settings_lists_all_and_hides_secrets(
    articles: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KB_SECRET_KEY", "do-not-show-me-0123456789")
    assert main(["settings"]) == 0
    output = capsys.readouterr().out
    assert all(f"KB_{name.upper()} = " in output for name in Settings.model_fields)
    assert "do-not-show-me" not in output


def test_index_publishes_and_is_then_up_to_date(
    articles: Path, index: GenerationStore, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["index", "--without-vectors"]) == 0
    current = index.current()
    assert current is not None
    assert f"{current.name} published: 2 articles, 4 passages" in capsys.readouterr().out
    assert main(["index", "--without-vectors"]) == 0
    assert capsys.readouterr().out == f"{current.name} is up to date.\n"
    assert main(["index", "--without-vectors", "--force"]) == 0
    assert len(index.generations()) == 2


def test_the_index_learns_what_readers_typed_before_they_liked_an_article(
    articles: Path, index: GenerationStore, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["index", "--without-vectors"]) == 0
    engine = open_database(f"sqlite:///{tmp_path / 'var' / 'dalil.db'}")
    for number in range(5):
        reader = Story(f"reader {number}")
        search = reader.search(0, "locked out of wibblezone")
        reader.vote(2, Verdict.HELPFUL, search=search.id)
        append_many(engine, reader.events)
    engine.dispose()
    assert main(["search", "wibblezone", "--lang", "en"]) == 0
    assert "Reset your password" not in capsys.readouterr().out

    assert main(["index", "--without-vectors"]) == 0

    assert "published" in capsys.readouterr().out
    assert main(["search", "wibblezone", "--lang", "en"]) == 0
    assert "Reset your password" in capsys.readouterr().out
    assert main(["index", "--without-vectors"]) == 0
    assert "up to date" in capsys.readouterr().out


def test_a_database_that_cannot_be_read_does_not_stop_the_index(
    articles: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "dalil.db").write_bytes(b"no database at all" * 100)

    assert main(["index", "--without-vectors"]) == 0

    told = capsys.readouterr()
    assert "published" in told.out
    assert "Warning: the index lacks what readers typed" in told.err


def test_index_builds_nothing_from_faults(
    articles: Path, index: GenerationStore, capsys: pytest.CaptureFixture[str]
) -> None:
    write_tree(articles, {EN: "no front matter"})
    assert main(["index", "--without-vectors"]) == 1
    assert "[no-front-matter]" in capsys.readouterr().out
    assert index.current() is None


def test_a_faulty_draft_is_reported_and_the_rest_is_published(
    articles: Path, index: GenerationStore, capsys: pytest.CaptureFixture[str]
) -> None:
    write_tree(articles, {"en/orders/idea.md": article("[x](none.md)", id="idea", status="draft", summary="''")})
    assert main(["check"]) == 0
    output = capsys.readouterr().out
    assert "en/orders/idea.md:4: warning: A value of `summary` is empty" in output
    assert output.endswith(
        "2 articles: 0 errors, 2 warnings (2 of drafts and archived articles, which they hold back).\n"
    )
    assert main(["check", "--strict"]) == 1
    assert main(["index", "--without-vectors"]) == 0
    assert "published: 2 articles" in capsys.readouterr().out
    assert index.current() is not None


def test_a_missing_model_is_a_line_with_a_remedy(
    articles: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KB_EMBEDDING_MODEL", "./no-such-folder")
    assert main(["index"]) == 2
    error = capsys.readouterr().err
    assert "KB_EMBEDDING_MODEL" in error
    assert "kb index --without-vectors" in error


def test_a_second_builder_exits_with_3(
    articles: Path, index: GenerationStore, capsys: pytest.CaptureFixture[str]
) -> None:
    with index.building():
        assert main(["index", "--without-vectors"]) == 3
    assert "Another process is building" in capsys.readouterr().err


@pytest.fixture
def watching(articles: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "kb.cli", "index", "--watch", "--without-vectors"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        yield process
        process.send_signal(signal.SIGINT)


def next_line(process: subprocess.Popen[str], part: str) -> str:
    assert process.stdout is not None
    for line in process.stdout:
        if part in line:
            return line
    raise AssertionError(f"{part} was never printed")


def test_watch_republishes_what_is_saved_and_survives_faults(
    articles: Path, index: GenerationStore, watching: subprocess.Popen[str]
) -> None:
    next_line(watching, "Watching")
    first = index.current()
    time.sleep(0.3)  # until the operating system's watch is set

    write_tree(articles, {EN: "no front matter"})
    next_line(watching, "Nothing was built")
    assert index.current() == first

    write_tree(articles, {EN: article("A newer text.\n")})
    next_line(watching, "published")
    assert index.current() != first
