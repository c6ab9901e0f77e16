"""`kb` however it was started: locales, signals that are ignored, the first process of a container, any umask."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kb.private_files import OTHERS, close_to_others, make_private
from tests.article_trees import article, valid_tree, write_tree

LIMIT_S = 120.0
KB = [sys.executable, "-m", "kb.cli"]
ASCII = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Settings for a tree with Arabic names."""
    write_tree(
        tmp_path / "articles",
        valid_tree() | {"ar/orders/تتبع.md": article("اتصل بنا.", id="tracking", title="تتبع الطلب")},  # tracking
    )
    own = {name: value for name, value in os.environ.items() if not name.startswith(("KB_", "PYTHON", "LC_", "LANG"))}
    return own | {"KB_VAR_DIR": str(tmp_path / "var"), "KB_ARTICLES_DIR": str(tmp_path / "articles")}


def run_kb(environment: dict[str, str], *arguments: str | bytes) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([*KB, *arguments], env=environment, capture_output=True, timeout=LIMIT_S, check=False)


@pytest.mark.parametrize(
    "locale",
    [ASCII, ASCII | {"PYTHONIOENCODING": "ascii"}, {"LC_ALL": "C.UTF-8", "PYTHONIOENCODING": "latin-1"}],
)
def test_names_arguments_and_output_are_utf8_whatever_the_locale(
    environment: dict[str, str], locale: dict[str, str], tmp_path: Path
) -> None:
    checked = run_kb(environment | locale, "check")
    shown = run_kb(environment | locale, "check", "--articles", str(tmp_path / "لا شيء"))  # nothing

    assert checked.stdout.decode().splitlines()[-1].startswith("3 articles: 0 errors, 1 warning")
    assert "ar/orders/تتبع.md" in checked.stdout.decode(), "the file that the warning is about"
    assert "لا شيء" in (shown.stdout + shown.stderr).decode()


@pytest.mark.parametrize("locale", [ASCII, {"LC_ALL": "C.UTF-8"}])
def test_an_argument_in_another_encoding_is_named_with_the_remedy(
    environment: dict[str, str], locale: dict[str, str]
) -> None:
    told = run_kb(environment | locale, "search", "طلب".encode("iso8859-6"))  # order

    assert told.returncode == 2
    assert "is not UTF-8" in told.stderr.decode()
    assert "LC_ALL=C.UTF-8" in told.stderr.decode()


def ignoring() -> None:
    """Ignore what a background job of a script ignores, and more."""
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, signal.SIG_IGN)


def has_namespaces() -> bool:
    if not shutil.which("unshare"):
        return False
    tried = subprocess.run(["unshare", "--pid", "--fork", "true"], capture_output=True, check=False)
    return tried.returncode == 0


FIRST_OF_ALL = ["unshare", "--pid", "--fork", "--kill-child"]
needs_namespaces = pytest.mark.skipif(not has_namespaces(), reason="no process namespaces can be made here")


def until(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LIMIT_S
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@contextmanager
def watching(environment: dict[str, str], log: Path, *before: str, ignored: bool) -> Iterator[subprocess.Popen[bytes]]:
    """Run `kb index --watch` until it watches."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*before, *KB, "index", "--watch", "--without-vectors"],
            env=environment | {"PYTHONUNBUFFERED": "1"},
            stdout=output,
            stderr=output,
            preexec_fn=ignoring if ignored else None,
        )
    try:
        until(lambda: b"Watching" in log.read_bytes())
        yield process
    finally:
        process.kill()
        process.wait()


def assert_clean_end(process: subprocess.Popen[bytes], log: Path) -> None:
    assert process.wait(30) == 0
    assert "Traceback" not in log.read_text("utf-8")
    assert log.read_text("utf-8").rstrip().endswith("Stopped watching.")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_watching_ends_cleanly_when_told_though_it_inherited_that_signals_are_ignored(
    environment: dict[str, str], tmp_path: Path, number: signal.Signals
) -> None:
    with watching(environment, tmp_path / "log", ignored=True) as process:
        process.send_signal(number)
        assert_clean_end(process, tmp_path / "log")


@needs_namespaces
def test_watching_ends_cleanly_as_the_first_process_of_a_container(environment: dict[str, str], tmp_path: Path) -> None:
    with watching(environment, tmp_path / "log", *FIRST_OF_ALL, ignored=False) as process:
        (inner,) = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        os.kill(int(inner), signal.SIGTERM)
        assert_clean_end(process, tmp_path / "log")


FINISHING = """
import os, signal, sys
from kb.cli.process import finishing_first, heed_signals
heed_signals()
with finishing_first() as is_told:
    before = is_told()
    os.kill(os.getpid(), int(sys.argv[1]))
    print(before, is_told(), flush=True)
    if len(sys.argv) > 2:
        os.kill(os.getpid(), signal.SIGTERM)
        print("never", flush=True)
os.kill(os.getpid(), signal.SIGTERM)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("again", [(), ("again",)])
def test_work_that_must_not_be_broken_off_is_told_once_and_broken_off_the_second_time(
    number: signal.Signals, again: tuple[str, ...]
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FINISHING, str(int(number)), *again],
        capture_output=True,
        text=True,
        preexec_fn=ignoring,
        timeout=LIMIT_S,
        check=False,
    )

    assert done.stdout == "False True\n"
    assert "TerminatedError" in done.stderr


def open_to_others(directory: Path) -> list[str]:
    """Return what under a directory others may do anything with."""
    paths = (directory, *directory.rglob("*"))
    return [str(path) for path in paths if not path.is_symlink() and path.stat().st_mode & OTHERS]


def test_all_that_is_written_is_private_whatever_the_umask(environment: dict[str, str], tmp_path: Path) -> None:
    var = tmp_path / "var"
    before = os.umask(0)
    try:
        results = [
            run_kb(environment, *command.split()).returncode
            for command in (
                "index --without-vectors",
                "user add amal@example.com --name Amal --role agent",
                f"backup {var}/copy.db",
                f"export deflection --output {var}/deflection.csv",
            )
        ]
    finally:
        os.umask(before)

    assert results == [0] * 4
    assert {each.name for each in var.iterdir()} >= {"index", "dalil.db", "copy.db", "deflection.csv"}
    assert open_to_others(var) == []

    for path in (var, *var.rglob("*")):
        path.chmod(0o777 if path.is_dir() else 0o666)
    assert run_kb(environment, "index", "--without-vectors").returncode == 0
    assert open_to_others(var) == [], "what an older version left open is closed"


def test_links_shared_directories_and_permissions_of_the_user_are_left_alone(tmp_path: Path) -> None:
    elsewhere, var, shared = tmp_path / "elsewhere", tmp_path / "var", tmp_path / "shared"
    for each in (elsewhere, var, shared):
        each.mkdir()
        each.chmod(0o755)
    (elsewhere / "file").touch(0o644)
    (var / "link").symlink_to(elsewhere)
    (var / "hook").touch()
    (var / "hook").chmod(0o755)
    shared.chmod(0o777 | stat.S_ISVTX)

    assert make_private(var) == 2
    assert make_private(var) == make_private(shared) == 0

    assert stat.S_IMODE((var / "hook").stat().st_mode) == 0o700
    assert stat.S_IMODE(elsewhere.stat().st_mode) == 0o755
    assert stat.S_IMODE((elsewhere / "file").stat().st_mode) == 0o644
    assert not close_to_others(var / "missing")
