"""`kb morphology`: what it tells the operator."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from kb.cli.morphology import PACKAGE, install, morphology
from kb.errors import OperatorError
from kb.language.morphology import EMBEDDED


@pytest.fixture
def runner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("CAMELTOOLS_DATA", str(tmp_path))
    monkeypatch.delenv("KB_MORPHOLOGY_DB", raising=False)
    # Nothing listens there: a download fails at once, whatever network the machine has.
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    return CliRunner()


def test_info_names_the_database_and_analyses_words(runner: CliRunner) -> None:
    result = runner.invoke(morphology, ["info", "الكتب", "زقفف"])  # the books, nonsense
    assert result.exit_code == 0
    assert f"{EMBEDDED} (the embedded lexicon)" in result.output
    assert "الكتب\tكتاب" in result.output
    assert "زقفف\t-" in result.output


def test_info_says_when_the_setting_names_the_database(
    runner: CliRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = tmp_path / "own.db"
    named.write_bytes(EMBEDDED.read_bytes())
    monkeypatch.setenv("KB_MORPHOLOGY_DB", str(named))
    assert "named by KB_MORPHOLOGY_DB" in runner.invoke(morphology, ["info"]).output


def test_install_names_the_licence_and_asks_first(runner: CliRunner, tmp_path: Path) -> None:
    result = runner.invoke(morphology, ["install"], input="n\n")
    assert result.exit_code == 1
    assert "GNU General Public License, version 2" in result.output
    assert str(tmp_path) in result.output
    assert list(tmp_path.iterdir()) == []


def test_a_failed_download_is_reported_with_what_to_do(runner: CliRunner) -> None:
    result = runner.invoke(install, ["--yes"])
    assert isinstance(result.exception, OperatorError)
    assert PACKAGE in str(result.exception)
    assert "embedded lexicon" in result.exception.remedy


def test_a_catalogue_without_the_package_is_reported(runner: CliRunner, tmp_path: Path) -> None:
    empty = {"version": "1.6", "packages": {}, "components": {}}
    (tmp_path / "catalogue.json").write_text(json.dumps(empty), "utf-8")
    result = runner.invoke(install, ["--yes"])
    assert isinstance(result.exception, OperatorError)
