"""The documents say what is there: every setting, command, event, package and page, and nothing that is not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from kb.cli import COMMANDS
from kb.settings import FILE_VARIABLE, PREFIX, Settings
from scripts.reference import DOCUMENT, reference

ROOT = Path(__file__).parent.parent.parent
DOCS = ROOT / "docs"
# CHANGES.md tells what was, too.
PAGES = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(DOCS.glob("*.md")))
TOP = ("kb", "indexer", "search", "web", "scripts", "tests", "docs", "requirements")
KNOWN_VARIABLES = {FILE_VARIABLE, "KB_PYTHON", *(f"{PREFIX}{name.upper()}" for name in Settings.model_fields)}


def test_the_reference_names_every_setting_command_and_event() -> None:
    assert DOCUMENT.read_text("utf-8") == reference(), "run `python -m scripts.reference`"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
class TestWhatAPageNames:
    """Names in a page that are names in the product."""

    def test_settings_exist(self, page: Path) -> None:
        named = set(re.findall(r"\bKB_[A-Z_]*[A-Z]\b(?!_?\*)", page.read_text("utf-8")))
        assert {name for name in named if not is_known(name)} == set()

    def test_commands_exist(self, page: Path) -> None:
        named = set(re.findall(r"(?:^ {4}(?:\S+/)?|`)kb ([a-z]+)\b", page.read_text("utf-8"), re.MULTILINE))
        assert named - COMMANDS.keys() == set()

    def test_files_and_folders_exist(self, page: Path) -> None:
        assert [path for path in paths_in(page) if not any(ROOT.glob(path))] == []

    def test_modules_that_are_run_exist(self, page: Path) -> None:
        named = set(re.findall(r"python -m (scripts[.\w]*)", page.read_text("utf-8")))
        missing = {name for name in named if not (ROOT / f"{name.replace('.', '/')}.py").is_file()}
        assert missing - {"scripts"} == set()

    def test_links_lead_somewhere(self, page: Path) -> None:
        links = re.findall(r"\]\((?!https?:|mailto:)([^)#\s]+)", without_code(page))
        assert [link for link in links if not (page.parent / link).exists()] == []


def is_known(name: str) -> bool:
    """Tell whether a name is a setting, or the beginning of several, as in `KB_SMTP_…`."""
    return name in KNOWN_VARIABLES or any(known.startswith(f"{name}_") for known in KNOWN_VARIABLES)


def paths_in(page: Path) -> Iterator[str]:
    """Yield what stands in backticks and looks like a path of the project; `{a,b}` and placeholders are left out."""
    for quoted in re.findall(r"`([^`\n]+)`", page.read_text("utf-8")):
        if quoted.startswith(tuple(f"{top}/" for top in TOP)) and not re.search(r"[<>{}…\s]", quoted):
            yield quoted.rstrip("/")


def without_code(page: Path) -> str:
    return re.sub(r"```.*?```|`[^`\n]*`|^ {4}[^\n]*$", "", page.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)


def test_the_architecture_names_every_package() -> None:
    text = (DOCS / "ARCHITECTURE.md").read_text("utf-8")
    packages = [
        path.parent.relative_to(ROOT).as_posix()
        for top in ("kb", "indexer", "search", "web")
        for path in sorted((ROOT / top).glob("*/__init__.py"))
    ]
    assert [package for package in packages if f"{package}/" not in text] == []


def test_readers_are_led_to_every_page() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert [page.name for page in PAGES[1:] if f"({page.relative_to(ROOT).as_posix()})" not in readme] == []
