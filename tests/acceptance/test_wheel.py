"""The package as others install it: built from the source distribution, used without the checkout."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.acceptance.test_first_run import LEFT_OUT, ROOT, found, free_port, wait_until_ready

PACKAGES = ("kb", "indexer", "search", "web")
OFFLINE = ("--no-index", "--no-deps", "--disable-pip-version-check")

pytestmark = pytest.mark.slow


def environment() -> dict[str, str]:
    """Our environment without settings of the product or paths of Python."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("KB_", "PYTHON"))}
    return kept | {"KB_INDEX_THREADS": "1", "OMP_NUM_THREADS": "1"}


def run(*command: str | Path, cwd: Path, status: int = 0) -> str:
    """Run a command and return all that it printed."""
    done = subprocess.run(
        command, cwd=cwd, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    assert done.returncode == status, done.stdout
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel built from the source distribution of a copy of the checkout."""
    folder = tmp_path_factory.mktemp("distributions")
    shutil.copytree(ROOT, folder / "checkout", ignore=LEFT_OUT)
    build = f"from setuptools import build_meta; build_meta.build_sdist({str(folder)!r})"
    run(sys.executable, "-c", build, cwd=folder / "checkout")
    (source,) = folder.glob("*.tar.gz")
    run(sys.executable, "-m", "pip", "wheel", *OFFLINE, "--no-build-isolation", source, cwd=folder)
    (wheel,) = folder.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def programs(wheel: Path) -> Path:
    """The programs of a fresh environment with the wheel and the third-party packages, and without the checkout."""
    fresh = wheel.parent / "environment"
    run(sys.executable, "-m", "venv", "--without-pip", fresh, cwd=wheel.parent)
    pip = (sys.executable, "-m", "pip", "--python", fresh / "bin" / "python")
    run(*pip, "install", *OFFLINE, "--no-compile", wheel, cwd=wheel.parent)
    # A line of a .pth file adds a folder but not what .pth files in it add: an editable install stays unseen.
    third_party = [path for path in sys.path if Path(path).name in ("site-packages", "dist-packages")]
    (packages,) = fresh.glob("lib/python*/site-packages")
    (packages / "third-party.pth").write_text("\n".join(third_party), "utf-8")
    return fresh / "bin"


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    folder = tmp_path / "empty"
    folder.mkdir()
    return folder


def files_below(folder: Path) -> set[str]:
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and path.suffix not in (".pyc", ".mo")
    }


def test_the_wheel_carries_every_file_of_the_packages_and_the_sample(programs: Path, empty: Path) -> None:
    where = f"import {', '.join(PACKAGES)}; print({', '.join(f'{name}.__file__' for name in PACKAGES)})"
    origins = [Path(path).parent for path in run(programs / "python", "-c", where, cwd=empty).split()]

    for name, origin in zip(PACKAGES, origins, strict=True):
        assert origin.is_relative_to(programs.parent)
        assert files_below(ROOT / name) - files_below(origin) == set()
    assert files_below(origins[0] / "sample") == files_below(ROOT / "articles")


@contextmanager
def serving(kb: Path, cwd: Path) -> Iterator[str]:
    """Serve the site until it has been looked at, and give its address."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    settings = environment() | {"KB_PORT": str(port), "KB_SITE_URL": address}
    log = cwd / "serve.log"
    with log.open("w", encoding="utf-8") as output:
        process = subprocess.Popen([kb, "serve"], cwd=cwd, env=settings, stdout=output, stderr=output)
        try:
            wait_until_ready(process, f"{address}/readyz", log)
            yield address
        finally:
            process.terminate()
            process.wait(30)


def test_from_an_empty_folder_to_a_site_that_answers(programs: Path, empty: Path) -> None:
    kb = programs / "kb"
    assert "`kb init`" in run(kb, "check", cwd=empty, status=2)
    run(kb, "init", cwd=empty)
    assert "94 articles: 0 errors" in run(kb, "check", cwd=empty)
    assert "published" in run(kb, "index", cwd=empty)
    # I forgot the password (Gulf)
    answer = json.loads(run(kb, "search", "نسيت الباسورد", "--lang", "ar", "--json", cwd=empty))
    assert (answer["results"][0]["id"], answer["degraded"]) == ("reset-password", [])
    with serving(kb, empty) as address:
        page = urllib.request.urlopen(f"{address}/ar/").read().decode()
        assert 'dir="rtl"' in page
        assert "ابحث" in page  # "search", from the catalogue
        response = found(address, "how do I reset my password", "en")
        assert (response["results"][0]["id"], response["degraded"]) == ("reset-password", [])
        for path in re.findall(r'(?:href|src)="(/static/[^"]+)"', page):
            assert urllib.request.urlopen(f"{address}{path}").status == 200
