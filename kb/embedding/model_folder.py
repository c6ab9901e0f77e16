"""Model folders on disk: which files make a model, their checksums, and finding the folder of a downloaded model."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from kb.errors import OperatorError

CHECKSUMS = "SHA256SUMS"
_FINGERPRINT_LENGTH = 16
# Files that change nothing about the vectors: documents, other programs' copies of the weights, what was measured
_BESIDE_THE_POINT = {"README.md", "LICENSE", "calibration.json", CHECKSUMS, ".gitattributes", ".gitignore"}
_BLOCK = 1 << 20


def fingerprint(folder: Path) -> str:
    """Return a short text that changes whenever a file that the vectors depend on changes."""
    digest = hashlib.sha256()
    for path in model_files(folder):
        digest.update(f"{path.relative_to(folder).as_posix()} {sha256(path)}\n".encode())
    return digest.hexdigest()[:_FINGERPRINT_LENGTH]


def model_files(folder: Path) -> tuple[Path, ...]:
    """Return the files that the vectors depend on, in a fixed order."""
    return tuple(sorted(path for path in folder.rglob("*") if path.is_file() and path.name not in _BESIDE_THE_POINT))


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def write_checksums(folder: Path, names: Iterable[str]) -> None:
    """Write ``SHA256SUMS`` over the named files, in the form that ``sha256sum --check`` reads."""
    lines = [f"{sha256(folder / name)}  {name}\n" for name in sorted(names)]
    (folder / CHECKSUMS).write_text("".join(lines), encoding="utf-8")


def verify_checksums(folder: Path, remedy: str) -> tuple[str, ...]:
    """Return the names of the files listed in ``SHA256SUMS`` after comparing each.

    Args:
        remedy: What the operator does when a file is missing or differs.

    Raises:
        OperatorError: The list or a file is missing, or a file is not as listed; all of them are named.
    """
    listing = folder / CHECKSUMS
    if not listing.is_file():
        raise OperatorError(f"The model in {folder} has no {CHECKSUMS}.", remedy)
    wrong: list[str] = []
    names: list[str] = []
    for line in listing.read_text(encoding="utf-8").splitlines():
        expected, name = line.split("  ", 1)
        names.append(name)
        path = folder / name
        if not path.is_file():
            wrong.append(f"{name} is missing")
        elif sha256(path) != expected:
            wrong.append(f"{name} differs from its checksum")
    if wrong:
        raise OperatorError(f"The model in {folder} is damaged: {', '.join(wrong)}.", remedy)
    return tuple(names)
