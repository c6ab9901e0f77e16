"""Reads a whole tree of articles: every file, every fault, nothing raised.

<root>/categories.yaml
<root>/<language>/<category>/<slug>.md
<root>/…/<image>
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from indexer.categories import FILE as CATEGORIES_FILE
from indexer.categories import read_categories
from indexer.checks import (
    CheckedArticle,
    check_anchors,
    check_front_matter,
    check_headings,
    check_language,
    check_sections,
    check_together,
)
from indexer.faults import Rule
from indexer.front_matter import FrontMatter, is_slug, read_front_matter
from indexer.links import AnchorUse, ArticleSurroundings, ImageShelf, Target
from indexer.markdown_reader import MarkdownReader
from indexer.page_html import finish_page
from indexer.sections import read_sections
from indexer.source_file import LineFinder, SourceFile, split_source
from kb.errors import Fault, Severity
from kb.model import Article, Category, Language, Section

_REMEMBERED = 4096


@dataclass(frozen=True, slots=True)
class LoadedTree:
    """Everything that a tree of articles says.

    Attributes:
        articles: Articles of any status whose front matter is valid, by path.
        categories: Of both languages.
        assets: Images that articles use, by the name they are served under.
        faults: Everything that is wrong, by path and line.
    """

    articles: tuple[Article, ...]
    categories: tuple[Category, ...]
    assets: Mapping[str, bytes]
    faults: tuple[Fault, ...]

    @property
    def errors(self) -> tuple[Fault, ...]:
        """Return the faults that keep the tree from being indexed."""
        return tuple(fault for fault in self.faults if fault.severity is Severity.ERROR)

    @property
    def warnings(self) -> tuple[Fault, ...]:
        """Return the other faults."""
        return tuple(fault for fault in self.faults if fault.severity is Severity.WARNING)


@dataclass(frozen=True, slots=True)
class _ReadFile:
    """A file whose path and shape are right."""

    target: Target
    category: str
    source: SourceFile
    front_matter: FrontMatter | None


class TreeMemory:
    """What need not be done again for files that have not changed; for one thread that reads a tree repeatedly."""

    def __init__(self) -> None:
        self.raw_html = lru_cache(_REMEMBERED)(MarkdownReader().render)
        self.front_matter = lru_cache(_REMEMBERED)(_front_matter)
        self.sections = lru_cache(_REMEMBERED)(read_sections)


def load_tree(root: Path, today: date | None = None, memory: TreeMemory | None = None) -> LoadedTree:
    """Read, render and check all articles.

    Args:
        root: The articles directory.
        today: Day to compare review dates with; None compares none.
        memory: Given again, it makes reading the tree again faster.
    """
    memory = memory or TreeMemory()
    faults: list[Fault] = []
    categories = read_categories(root, faults)
    known = None if categories is None else frozenset(category.slug for category in categories)
    paths = _markdown_paths(root)
    files = [file for path in paths if (file := _read_file(root, path, known, memory, faults))]
    files = _one_file_a_name(files, faults)
    renderer = _Renderer(root, files, memory, faults)
    articles = [article for file in files if (article := renderer.render(file, today))]
    faults += check_anchors(renderer.anchor_uses, renderer.anchors)
    faults += check_together(articles, complete=len(articles) == len(paths))
    return LoadedTree(
        tuple(item.article for item in articles),
        categories or (),
        renderer.shelf.assets,
        tuple(sorted(set(faults))),
    )


def _markdown_paths(root: Path) -> list[str]:
    found = (path.relative_to(root) for path in root.rglob("*") if path.suffix.lower() == ".md")
    visible = (path for path in found if not any(part.startswith(".") for part in path.parts))
    return sorted(path.as_posix() for path in visible if path.as_posix() != "README.md")


def _read_file(
    root: Path, path: str, categories: frozenset[str] | None, memory: TreeMemory, faults: list[Fault]
) -> _ReadFile | None:
    place = _place(path, categories, faults)
    try:
        if not (root / path).resolve().is_relative_to(root.resolve()):
            raise OSError("it is a link that leads outside the articles directory")
        data = (root / path).read_bytes()
    except (OSError, RuntimeError) as error:  # the latter where links lead in a circle
        message = f"This file cannot be read: {getattr(error, 'strerror', None) or error}."
        faults.append(Rule.UNREADABLE_FILE.at(path, 1, message))
        return None
    source = split_source(data, path, faults)
    if source is None or place is None:
        return None
    lang, category, slug = place
    front_matter, found = memory.front_matter(source.front_matter, path)
    faults.extend(found)
    status, audience = (front_matter.status, front_matter.audience) if front_matter else (None, None)
    target = Target(unicodedata.normalize("NFC", path), lang, slug, status, audience)
    return _ReadFile(target, category, source, front_matter)


def _one_file_a_name(files: Iterable[_ReadFile], faults: list[Fault]) -> list[_ReadFile]:
    """Report names that differ only in how their letters are composed, which look and link alike."""
    kept: dict[str, _ReadFile] = {}
    for file in files:
        if kept.setdefault(file.target.path, file) is not file:
            message = "Another file has the same name in other Unicode composition; remove one."
            faults.append(Rule.SLUG_CLASH.at(file.target.path, 1, message))
    return list(kept.values())


def _front_matter(text: str, path: str) -> tuple[FrontMatter | None, tuple[Fault, ...]]:
    faults: list[Fault] = []
    # The YAML starts on line 2, after the first `---`.
    front_matter = read_front_matter(text, path, 2, faults)
    return front_matter, tuple(faults)


def _place(path: str, categories: frozenset[str] | None, faults: list[Fault]) -> tuple[Language, str, str] | None:
    parts = unicodedata.normalize("NFC", path).split("/")
    if len(parts) != 3:
        message = "An article's file is <language>/<category>/<slug>.md; move it."
        faults.append(Rule.MISPLACED_FILE.at(path, 1, message))
        return None
    lang, category, name = parts
    slug = name[: -len(".md")]
    if not is_slug(slug):
        message = f"The file name «{slug}» must be lower-case letters and digits joined by hyphens."
        faults.append(Rule.BAD_SLUG.at(path, 1, message))
    if categories is not None and category not in categories:
        message = f"The category «{category}» is not in {CATEGORIES_FILE}; add it there or move the file."
        faults.append(Rule.UNKNOWN_CATEGORY.at(path, 1, message))
    if lang not in {member.value for member in Language}:
        message = f"«{lang}» is no language of the site; the directories are {' and '.join(Language)}."
        faults.append(Rule.UNKNOWN_LANGUAGE.at(path, 1, message))
        return None
    return Language(lang), category, slug


class _Renderer:
    """Renders one article after the other, and remembers what they refer to."""

    def __init__(self, root: Path, files: list[_ReadFile], memory: TreeMemory, faults: list[Fault]) -> None:
        self.anchors: dict[str, frozenset[str]] = {}
        self.anchor_uses: list[AnchorUse] = []
        self.shelf = ImageShelf(root)
        self._targets = {file.target.path: file.target for file in files}
        self._faults = faults
        self._memory = memory

    def render(self, file: _ReadFile, today: date | None) -> CheckedArticle | None:
        """Return the finished article, or None if its front matter has errors."""
        path, lang, source = file.target.path, file.target.lang, file.source
        lines = LineFinder(source.body, source.body_line)
        around = ArticleSurroundings(file.target, self._targets, self.shelf, lines, self._faults, self.anchor_uses)
        page = finish_page(self._memory.raw_html(source.body), lang, around)
        sections = self._memory.sections(page.html)
        self.anchors[path] = frozenset(section.anchor for section in sections if section.anchor)
        self._faults += check_headings(page.headings, path, lines)
        self._faults += check_sections(sections, path, lines)
        self._faults += check_language(lang, (section.text for section in sections), path)
        if file.front_matter is None:
            return None
        self._faults += check_front_matter(file.front_matter, path, today)
        return CheckedArticle(_article(file, file.front_matter, page.html, sections), file.front_matter.lines)


def _article(file: _ReadFile, front_matter: FrontMatter, html: str, sections: tuple[Section, ...]) -> Article:
    return Article(
        id=front_matter.id,
        lang=file.target.lang,
        category=file.category,
        slug=file.target.slug,
        title=front_matter.title,
        summary=front_matter.summary,
        tags=front_matter.tags,
        audience=front_matter.audience,
        status=front_matter.status,
        owner=front_matter.owner,
        updated=front_matter.updated,
        review_by=front_matter.review_by,
        questions=front_matter.questions,
        aliases=front_matter.aliases,
        translation_of=front_matter.translation_of,
        path=file.target.path,
        digest=file.source.digest,
        source=file.source.body,
        html=html,
        sections=sections,
    )
