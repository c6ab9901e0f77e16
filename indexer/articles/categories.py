"""Reads `categories.yaml`: the categories that articles may be in, with their titles in both languages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from indexer.articles.faults import Rule
from indexer.articles.source_file import decode
from indexer.articles.tree_walk import CATEGORIES_FILE
from indexer.articles.yaml_reader import YamlMapping, compose_mapping
from kb.errors import Fault
from kb.model import Category, Language

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LONGEST_TITLE, _LONGEST_SUMMARY, _LONGEST_ICON = 60, 200, 40


def read_categories(root: Path, faults: list[Fault]) -> tuple[Category, ...] | None:
    """Return the categories of both languages, by language and position.

    Args:
        root: The articles directory.
        faults: Gets whatever is wrong.

    Returns:
        The categories; None if the file cannot be understood at all.
    """
    try:
        file = root / CATEGORIES_FILE
        data = file.read_bytes() if file.is_file() else None
    except OSError:
        data = None
    if data is None:
        message = f"{CATEGORIES_FILE} is missing in the articles directory; it names the categories."
        faults.append(Rule.MISSING_CATEGORIES.at(CATEGORIES_FILE, 1, message))
        return None
    text = decode(data, CATEGORIES_FILE, faults)
    mapping = None if text is None else compose_mapping(text, CATEGORIES_FILE, 1, faults)
    if mapping is None:
        return None
    found = [category for slug in mapping.values for category in _read_category(mapping, slug)]
    _check_positions(mapping, found)
    return tuple(sorted(found, key=lambda category: (category.lang, category.position, category.slug)))


def _read_category(mapping: YamlMapping, slug: str) -> list[Category]:
    if not _SLUG.fullmatch(slug):
        message = f"The category «{slug}» must be lower-case ASCII letters and digits joined by hyphens."
        mapping.report(Rule.BAD_SLUG, mapping.lines[slug], message)
    inner = mapping.mapping(slug)
    if inner is None:
        return []
    inner.require(("position", "icon", *Language), ("position", "icon", *Language))
    position, icon = inner.integer("position") or 0, inner.text("icon", _LONGEST_ICON)
    return [
        Category(slug, lang, title, summary, icon, position)
        for lang in Language
        for title, summary in _read_texts(inner, lang)
    ]


def _read_texts(mapping: YamlMapping, lang: Language) -> list[tuple[str, str]]:
    texts = mapping.mapping(lang)
    if texts is None:
        return []
    texts.require(("title", "summary"), ("title", "summary"))
    return [(texts.text("title", _LONGEST_TITLE), texts.text("summary", _LONGEST_SUMMARY))]


def _check_positions(mapping: YamlMapping, categories: Sequence[Category]) -> None:
    first: dict[tuple[Language, int], str] = {}
    for category in categories:
        other = first.setdefault((category.lang, category.position), category.slug)
        if other != category.slug and category.lang is Language.EN:
            message = f"{category.slug} and {other} have the same position; give each its own."
            mapping.report(Rule.REPEATED_VALUE, mapping.lines[category.slug], message)
