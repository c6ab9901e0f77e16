"""The README's first command, in a copy of the checkout: set up, check, index, serve; then again in seconds."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent.parent
READY_WITHIN_S = 180
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", "var", "*.egg-info", ".*_cache", "__pycache__", ".hypothesis")

pytestmark = pytest.mark.slow


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the checkout that shares the virtual environment that `scripts/test` made."""
    if not environment_is_fresh():
        pytest.skip("scripts/setup would change this checkout's environment: run scripts/test")
    target = tmp_path / "dalil"
    shutil.copytree(ROOT, target, ignore=LEFT_OUT)
    (target / ".venv").symlink_to(ROOT / ".venv")
    return target


def environment_is_fresh() -> bool:
    """Tell whether `scripts/setup dev` has nothing to do; in a copy it would otherwise install that copy."""
    stamp = ROOT / ".venv" / "setup-stamp-dev"
    files = (ROOT / name for name in ("setup.cfg", "pyproject.toml", "constraints.txt", "scripts/setup"))
    state = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
    return stamp.exists() and stamp.read_text("ascii").strip() == state


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(copy: Path, port: int) -> Iterator[str]:
    """Run `scripts/run` until the site is ready and give its address; end it as Ctrl+C does."""
    address = f"http://127.0.0.1:{port}"
    environment = os.environ | {"KB_PORT": str(port), "KB_SITE_URL": address, "OMP_NUM_THREADS": "1"}
    log = copy / "run.log"
    with log.open("w", encoding="utf-8") as output:
        process = subprocess.Popen(
            ["scripts/run"], cwd=copy, env=environment, stdout=output, stderr=output, start_new_session=True
        )
        try:
            wait_until_ready(process, f"{address}/readyz", log)
            yield address
        finally:
            os.killpg(process.pid, signal.SIGINT)
            process.wait(30)


def wait_until_ready(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text("utf-8")
        try:
            with urllib.request.urlopen(url) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.3)
    pytest.fail(f"not ready within {READY_WITHIN_S} s:\n{log.read_text('utf-8')}")


def found(address: str, query: str, lang: str) -> dict[str, Any]:
    parameters = urllib.parse.urlencode({"q": query, "lang": lang})
    with urllib.request.urlopen(f"{address}/api/v1/search?{parameters}") as answer:
        response: dict[str, Any] = json.load(answer)
    return response


def test_the_first_command_leads_to_a_site_that_answers(copy: Path) -> None:
    port = free_port()
    with running(copy, port) as address:
        page = urllib.request.urlopen(f"{address}/ar/").read().decode()
        assert 'dir="rtl"' in page
        # I forgot the password (Gulf); where is my order
        assert found(address, "نسيت الباسورد", "ar")["results"][0]["id"] == "reset-password"
        english = found(address, "where is my order", "en")
        assert english["results"][0]["lang"] == "en"
        assert english["degraded"] == []
    first = (copy / "run.log").read_text("utf-8")
    assert f"http://127.0.0.1:{port}" in first
    assert first.count("/desk/invitation/") == 1

    with running(copy, port):
        pass
    second = (copy / "run.log").read_text("utf-8")
    assert "up to date" in second
    assert "/desk/invitation/" not in second


def test_a_broken_article_stops_the_run_naming_file_and_line(copy: Path) -> None:
    broken = copy / "articles" / "en" / "account" / "broken.md"
    broken.write_text("---\nid: broken\ntitel: Broken\n---\ntext\n", "utf-8")
    run = subprocess.run(
        ["scripts/run"],
        cwd=copy,
        env=os.environ | {"KB_PORT": str(free_port())},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1
    assert "en/account/broken.md:3" in run.stdout + run.stderr
