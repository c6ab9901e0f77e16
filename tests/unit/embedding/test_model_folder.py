from __future__ import annotations

from pathlib import Path

import pytest

from kb.embedding.model_folder import CHECKSUMS, fingerprint, verify_checksums, write_checksums
from kb.errors import OperatorError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "weights").write_bytes(b"\0" * 3_000_000)
    (tmp_path / "tokenizer.json").write_text("{}")
    write_checksums(tmp_path, ["weights", "tokenizer.json"])
    return tmp_path


def test_an_untouched_folder_is_whole(folder: Path) -> None:
    assert verify_checksums(folder, "none") == ("tokenizer.json", "weights")


def test_all_damaged_files_are_named_at_once(folder: Path) -> None:
    (folder / "weights").write_bytes(b"\1" * 3_000_000)
    (folder / "tokenizer.json").unlink()
    with pytest.raises(OperatorError, match=r"tokenizer\.json is missing, weights differs") as raised:
        verify_checksums(folder, "reinstall")
    assert raised.value.remedy == "reinstall"


def test_a_folder_without_checksums_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match=CHECKSUMS):
        verify_checksums(tmp_path, "reinstall")


def test_the_fingerprint_changes_with_the_weights_and_not_with_the_readme(folder: Path) -> None:
    before = fingerprint(folder)
    (folder / "README.md").write_text("about")
    assert fingerprint(folder) == before
    (folder / "tokenizer.json").write_text("[]")
    assert fingerprint(folder) != before
