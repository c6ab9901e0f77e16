"""Reads a whole tree of articles: every file, every fault, nothing raised.

<root>/categories.yaml
<root>/<language>/<category>/<slug>.md
<root>/…/<image>
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path

from indexer.articles.categories import read_categories
from indexer.articles.checks import (
    CheckedArticle,
    check_anchors,
    check_front_matter,
    check_heading_ends,
    check_headings,
    check_language,
    check_sections,
    check_together,
)
from indexer.articles.faults import Rule, rule_of
from indexer.articles.front_matter import FrontMatter, is_slug, read_front_matter, written_status
from indexer.articles.links import AnchorUse, ArticleSurroundings, ImageShelf, Target
from indexer.articles.markdown_reader import MarkdownReader
from indexer.articles.page_html import finish_page
from indexer.articles.sections import read_sections
from indexer.articles.source_file import LineFinder, SourceFile, split_source
from indexer.articles.tree_walk import ARTICLE_ENDING, CATEGORIES_FILE, find_files
from kb.errors import Fault, Severity
from kb.model import Article, Category, Language, Section, Status

MOST_BYTES = 1_000_000

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
    def held_back(self) -> tuple[Fault, ...]:
        """Return the faults that keep a draft or an archived article from being published, and nothing else."""
        return tuple(fault for fault in self.warnings if rule_of(fault).severity is Severity.ERROR)

    @property
    def warnings(self) -> tuple[Fault, ...]:
        """Return the other faults, those that hold back only a draft or an archived article among them."""
        return tuple(fault for fault in self.faults if fault.severity is Severity.WARNING)


@dataclass(frozen=True, slots=True)
class _ReadFile:
    """A file whose shape is right.

    Attributes:
        path: Relative to the articles directory, in NFC.
        status: What it says of itself, even where its front matter has faults; None if that cannot be told.
        target: None if it does not lie where articles do.
    """

    path: str
    status: Status | None
    target: Target | None
    category: str
    source: SourceFile
    front_matter: FrontMatter | None


class TreeMemory:
    """What need not be done again for files that have not changed; for one thread that reads a tree repeatedly."""

    def __init__(self) -> None:
        self.raw_page = lru_cache(_REMEMBERED)(MarkdownReader().render)
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
    found = find_files(root)
    faults += found.faults
    files = [file for path, disk in found.articles.items() if (file := _read_file(path, disk, known, memory, faults))]
    placed = [file for file in files if file.target is not None]
    renderer = _Renderer(found.images, placed, memory, faults)
    articles = [article for file in placed if (article := renderer.render(file, today))]
    unpublished = {file.path for file in files if file.status in (Status.DRAFT, Status.ARCHIVED)}
    lost = found.articles.keys() - unpublished - {article.article.path for article in articles}
    faults += check_anchors(renderer.anchor_uses, renderer.anchors)
    faults += check_together(articles, complete=not lost)
    return LoadedTree(
        tuple(item.article for item in articles),
        categories or (),
        renderer.shelf.assets,
        tuple(sorted({_held(fault, unpublished) for fault in faults})),
    )


def _held(fault: Fault, unpublished: Collection[str]) -> Fault:
    """Return the fault as a warning if its file is not published: it must not hold back those that are."""
    return replace(fault, severity=Severity.WARNING) if fault.path in unpublished else fault


def _read_file(
    path: str, disk: Path, categories: frozenset[str] | None, memory: TreeMemory, faults: list[Fault]
) -> _ReadFile | None:
    place = _place(path, categories, faults)
    data = _read_bytes(disk, path, faults)
    source = None if data is None else split_source(data, path, faults)
    if source is None:
        return None
    if place is None:
        return _ReadFile(path, written_status(source.front_matter), None, "", source, None)
    lang, category, slug = place
    front_matter, found = memory.front_matter(source.front_matter, path)
    faults.extend(found)
    status = front_matter.status if front_matter else written_status(source.front_matter)
    target = Target(path, lang, slug, status, front_matter.audience if front_matter else None)
    return _ReadFile(path, status, target, category, source, front_matter)


def _read_bytes(disk: Path, path: str, faults: list[Fault]) -> bytes | None:
    try:
        size = disk.stat().st_size
        if size <= MOST_BYTES:
            return disk.read_bytes()
        message = f"This file has {size:,} bytes; {MOST_BYTES:,} are allowed. Make several articles of it."
        faults.append(Rule.TOO_LONG.at(path, 1, message))
    except OSError as error:
        faults.append(Rule.UNREADABLE_FILE.at(path, 1, f"This file cannot be read: {error.strerror or error}."))
    return None


def _front_matter(text: str, path: str) -> tuple[FrontMatter | None, tuple[Fault, ...]]:
    faults: list[Fault] = []
    # The YAML starts on line 2, after the first `---`.
    front_matter = read_front_matter(text, path, 2, faults)
    return front_matter, tuple(faults)


def _place(path: str, categories: frozenset[str] | None, faults: list[Fault]) -> tuple[Language, str, str] | None:
    parts = path.split("/")
    if len(parts) != 3:
        message = "An article's file is <language>/<category>/<slug>.md; move it."
        faults.append(Rule.MISPLACED_FILE.at(path, 1, message))
        return None
    lang, category, name = parts
    slug = name[: -len(ARTICLE_ENDING)]
    if not is_slug(slug):
        message = f"The file name «{slug}» must be lower-case letters and digits joined by hyphens."
        faults.append(Rule.BAD_SLUG.at(path, 1, message))
    if categories is not None and category not in categories:
        message = f"The category «{category}» is not in {CATEGORIES_FILE}; add it there or move the file."
        faults.append(Rule.UNKNOWN_CATEGORY.at(path, 1, message))
    if lang not in {member.value for member in Language}:
        message = f"«{lang}» is not a language of the site; the directories are {' and '.join(Language)}."
        faults.append(Rule.UNKNOWN_LANGUAGE.at(path, 1, message))
        return None
    return Language(lang), category, slug


class _Renderer:
    """Renders one article after the other, and remembers what they refer to."""

    def __init__(
        self, images: Mapping[str, Path], files: Sequence[_ReadFile], memory: TreeMemory, faults: list[Fault]
    ) -> None:
        self.anchors: dict[str, frozenset[str]] = {}
        self.anchor_uses: list[AnchorUse] = []
        self.shelf = ImageShelf(images)
        self._targets = {file.path: file.target for file in files if file.target}
        self._faults = faults
        self._memory = memory

    def render(self, file: _ReadFile, today: date | None) -> CheckedArticle | None:
        """Return the finished article, or None if its front matter has errors."""
        target, path, source = self._targets[file.path], file.path, file.source
        lang = target.lang
        lines = LineFinder(source.body, source.body_line)
        around = ArticleSurroundings(target, self._targets, self.shelf, lines, self._faults, self.anchor_uses)
        raw = self._memory.raw_page(source.body)
        self._faults += (remark.at(path, source.body_line) for remark in raw.remarks)
        page = finish_page(raw.html, lang, around)
        sections = self._memory.sections(page.html)
        self.anchors[path] = frozenset(section.anchor for section in sections if section.anchor)
        self._faults += check_headings(page.headings, path, lines, raw.heading_lines)
        self._faults += check_heading_ends(source.body, path, source.body_line, raw.heading_lines)
        self._faults += check_sections(sections, path, lines)
        self._faults += check_language(lang, (section.text for section in sections), path)
        if file.front_matter is None:
            return None
        self._faults += check_front_matter(file.front_matter, path, today)
        return CheckedArticle(_article(file, page.html, sections, around.addresses), file.front_matter.lines)


def _article(file: _ReadFile, html: str, sections: tuple[Section, ...], addresses: Mapping[str, str]) -> Article:
    front_matter, target = file.front_matter, file.target
    assert front_matter is not None, "an article is made of a valid front matter"
    assert target is not None, "an article lies where articles do"
    return Article(
        id=front_matter.id,
        lang=target.lang,
        category=file.category,
        slug=target.slug,
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
        path=file.path,
        digest=file.source.digest,
        source=file.source.body,
        html=html,
        sections=sections,
        addresses=tuple(sorted(addresses.items())),
    )
