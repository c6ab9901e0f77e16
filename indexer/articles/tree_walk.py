"""Finds the files of a tree of articles; whatever lies there and is not read is reported, so that nothing vanishes.

Names are compared in NFC, however the disk composes them. Links are followed inside the tree, each directory at most
once. Knows names and places only; what is in a file is a matter of `indexer.articles.loading`.
"""

from __future__ import annotations

import os
import stat
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Final

from indexer.articles.faults import Rule
from indexer.articles.images import EXTENSIONS
from kb.errors import Fault
from kb.model import Language

CATEGORIES_FILE: Final = "categories.yaml"
ARTICLE_ENDING: Final = ".md"
DEEPEST_DIRECTORY: Final = 20

_MARKDOWN_ENDINGS: Final = frozenset({".md", ".markdown", ".mdown", ".mkdown", ".mkdn", ".mkd", ".mdwn", ".mdx"})
_NOT_CONTENT: Final = frozenset({CATEGORIES_FILE, "README.md"})
_LANGUAGES: Final = frozenset(Language)


@dataclass(frozen=True, slots=True)
class TreeFiles:
    """The files of a tree, by their paths relative to it, in NFC, with forward slashes.

    Attributes:
        articles: Where each article's file lies, in the order of the paths.
        images: Where each file that may be an image lies.
        faults: Whatever was found and is not read.
    """

    articles: Mapping[str, Path]
    images: Mapping[str, Path]
    faults: tuple[Fault, ...]


def find_files(root: Path) -> TreeFiles:
    """Walk a tree of articles; never raises.

    Args:
        root: The articles directory.
    """
    walk = _Walk(root)
    walk.enter(root, "", ())
    return TreeFiles(dict(sorted(walk.articles.items())), walk.images, tuple(walk.faults))


@dataclass(slots=True)
class _Walk:
    """One walk through a tree.

    Attributes:
        through_links: Real directories that were reached through a link, and by which path first.
    """

    root: Path
    articles: dict[str, Path] = field(default_factory=dict)
    images: dict[str, Path] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    through_links: dict[Path, str] = field(default_factory=dict)

    def enter(self, directory: Path, path: str, above: tuple[Path, ...]) -> None:
        """Visit everything in a directory, in the order of the names."""
        try:
            names = sorted(entry.name for entry in directory.iterdir())
        except OSError as error:
            self._report(Rule.UNREADABLE_FILE, path or ".", f"This directory cannot be read: {error.strerror}.")
            return
        above = (*above, directory.resolve())
        for name in names:
            shown = unicodedata.normalize("NFC", os.fsencode(name).decode("utf-8", "replace"))
            inner = f"{path}/{shown}" if path else shown
            if "\ufffd" in shown and "\ufffd" not in name:
                self._report(Rule.BAD_SLUG, inner, "The name of this file is not UTF-8; rename it.")
            elif name.startswith("."):
                self._pass_over_hidden(directory / name, inner)
            else:
                self._visit(directory / name, inner, above)

    def _visit(self, file: Path, path: str, above: tuple[Path, ...]) -> None:
        try:
            mode = file.stat().st_mode
            real = file.resolve(strict=True) if file.is_symlink() else above[-1] / file.name
        except (OSError, RuntimeError) as error:  # the latter where links lead in a circle
            reason = error.strerror if isinstance(error, OSError) else "links lead in a circle"
            self._report(Rule.UNREADABLE_FILE, path, f"This file cannot be read: {reason}.")
            return
        if not real.is_relative_to(above[0]):
            target = os.fsencode(file.readlink()).decode("utf-8", "replace")
            message = (
                f"This link leads out of the articles directory (to {target}) and is not followed; copy the files."
            )
            self._report(Rule.UNREADABLE_FILE, path, message)
        elif stat.S_ISDIR(mode):
            self._visit_directory(file, real, path, above)
        elif stat.S_ISREG(mode):
            self._take(file, path)
        else:
            self._report(Rule.UNREADABLE_FILE, path, "This is neither a file nor a directory, and is not read.")

    def _visit_directory(self, directory: Path, real: Path, path: str, above: tuple[Path, ...]) -> None:
        if _ending(path) in _MARKDOWN_ENDINGS:
            self._report(Rule.UNREADABLE_FILE, path, "This file cannot be read: it is a directory.")
        elif real in above:
            self._report(Rule.UNREADABLE_FILE, path, "This link leads in a circle and is not followed; remove it.")
        elif len(above) > DEEPEST_DIRECTORY:
            message = f"This directory lies more than {DEEPEST_DIRECTORY} levels deep and is not read."
            self._report(Rule.UNREADABLE_FILE, path, message)
        elif real == above[0] / directory.relative_to(self.root):
            self.enter(directory, path, above)
        elif real in self.through_links:
            message = f"This directory is also linked as {self.through_links[real]} and is read there; remove one."
            self._report(Rule.UNREADABLE_FILE, path, message)
        else:
            self.through_links[real] = path
            self.enter(directory, path, above)

    def _take(self, file: Path, path: str) -> None:
        """Take note of a file by what its name says."""
        name, ending = path.rpartition("/")[2], _ending(path)
        if path in _NOT_CONTENT:
            return
        if name.endswith(ARTICLE_ENDING):
            self._keep(self.articles, file, path)
        elif ending in _MARKDOWN_ENDINGS:
            right = f"{name[: -len(ending)]}{ARTICLE_ENDING}"
            self._report(Rule.WRONG_EXTENSION, path, f"This file is not read; an article ends in .md: name it {right}.")
        elif ending.removeprefix(".") in EXTENSIONS:
            self._keep(self.images, file, path)
        elif path.split("/")[0].lower() in _LANGUAGES:
            message = "This file is neither an article (.md) nor an image, and is not read; move it elsewhere."
            self._report(Rule.NOT_READ, path, message)
        elif path.lower() in (CATEGORIES_FILE, "categories.yml"):
            self._report(Rule.NOT_READ, path, f"This file is not read; name it {CATEGORIES_FILE}.")

    def _keep(self, kept: dict[str, Path], file: Path, path: str) -> None:
        if path in kept:
            message = "Another file has the same name in other Unicode composition; remove one."
            self._report(Rule.SLUG_CLASH, path, message)
        kept.setdefault(path, file)

    def _pass_over_hidden(self, file: Path, path: str) -> None:
        """Report what is hidden where articles are, and hidden Markdown; what tools keep elsewhere is theirs."""
        is_content = _ending(path) in _MARKDOWN_ENDINGS and not file.is_dir()
        if is_content or (path.split("/")[0].lower() in _LANGUAGES and file.is_dir()):
            message = "Hidden files and directories are not read; name it without the dot, or move it elsewhere."
            self._report(Rule.NOT_READ, path, message)

    def _report(self, rule: Rule, path: str, message: str) -> None:
        self.faults.append(rule.at(path, 1, message))


def _ending(path: str) -> str:
    return PurePosixPath(path).suffix.lower()
