"""The rules that articles are held to once they are read: each on its own, then all of them together."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from indexer.articles.faults import Rule
from indexer.articles.front_matter import FrontMatter
from indexer.articles.links import AnchorUse
from indexer.articles.page_html import Heading
from indexer.articles.source_file import LineFinder
from kb.errors import Fault
from kb.model import Article, ArticleId, Language, Section, Status

FEWEST_QUESTIONS = 3

_LETTERS = {Language.AR: re.compile("[\u0620-\u064a\u066e-\u06d3]"), Language.EN: re.compile("[A-Za-z]")}
_FEWEST_LETTERS = 40
_HEADING_START = re.compile(r"\W*?(#{1,6})[ \t]+(?=\S)")


@dataclass(frozen=True, slots=True)
class CheckedArticle:
    """An article and the lines that its front matter has in the file."""

    article: Article
    lines: Mapping[str, int]

    def line(self, key: str) -> int:
        """Return the line of a key, of the id if it is not written."""
        return self.lines.get(key, self.lines.get("id", 1))


def check_headings(headings: Sequence[Heading], path: str, lines: LineFinder, written: Sequence[int]) -> list[Fault]:
    """Check levels and texts of the headings of one article.

    Args:
        headings: Of the page.
        path: File named in faults.
        lines: Finds raw HTML.
        written: Lines of the body, from 0, that hold the headings written in Markdown.
    """
    numbers = [lines.first_line + line for line in written]
    if len(numbers) != len(headings):  # some are raw HTML
        numbers = [lines.line_of(heading.text) for heading in headings]
    faults: list[Fault] = []
    level, seen = 1, dict[str, int]()
    for heading, line in zip(headings, numbers, strict=True):
        rule, message = _heading_fault(heading, level)
        if rule:
            faults.append(rule.at(path, line, message))
        if heading.text and heading.text in seen:
            message = f"«{heading.text}» is also the heading on line {seen[heading.text]}; tell them apart."
            faults.append(Rule.DUPLICATE_HEADING.at(path, line, message))
        seen.setdefault(heading.text, line)
        level = heading.level
    return faults


def check_heading_ends(body: str, path: str, first_line: int, written: Sequence[int]) -> list[Fault]:
    """Check that no heading ends in a `#` that Markdown takes for the heading's end, unless it was meant so.

    Args:
        body: The Markdown.
        path: File named in faults.
        first_line: Line of the file that the body starts at.
        written: Lines of the body, from 0, that hold the headings.
    """
    lines = body.split("\n")
    faults: list[Fault] = []
    for number in written:
        opening, text, closing = _heading_parts(lines[number]) if number < len(lines) else ("", "", "")
        # `## Text ##` is closed on purpose; `## Order #` is not.
        if text and closing and opening != closing:
            escaped = closing.replace("#", r"\#")
            message = (
                f"The `{closing}` that ends this heading is not shown; to show it, write `{opening} {text} {escaped}`."
            )
            faults.append(Rule.LOST_NUMBER_SIGN.at(path, first_line + number, message))
    return faults


def _heading_parts(line: str) -> tuple[str, str, str]:
    """Return the signs that open a heading, its text, and the signs that end it; without a pattern that backtracks."""
    start = _HEADING_START.match(line)
    if start is None:
        return "", "", ""
    text = line[start.end() :].rstrip(" \t")
    before = text.rstrip("#")
    if not before.endswith((" ", "\t")):
        return start[1], text, ""
    return start[1], before.rstrip(" \t"), text[len(before) :]


def _heading_fault(heading: Heading, level_before: int) -> tuple[Rule | None, str]:
    if not heading.text:
        return Rule.EMPTY_HEADING, "This heading has no text; write it or remove it."
    if heading.level == 1:
        return Rule.H1_IN_BODY, f"«{heading.text}» is a first-level heading, which only the title is; write `##`."
    if heading.level > level_before + 1:
        marks = "#" * (level_before + 1)
        return Rule.HEADING_JUMP, f"«{heading.text}» skips a level; write `{marks}`."
    if not heading.anchor:
        return Rule.RAW_HEADING, f"«{heading.text}» has no anchor; write `{'#' * heading.level} {heading.text}`."
    return None, ""


def check_sections(sections: Sequence[Section], path: str, lines: LineFinder) -> list[Fault]:
    """Check that the article and each of its sections say something."""
    if not any(section.text for section in sections):
        return [Rule.EMPTY_BODY.at(path, lines.first_line, "The article has no text; write it.")]
    following = [section.level for section in sections[1:]] + [0]
    return [
        Rule.EMPTY_SECTION.at(
            path,
            lines.line_of(section.heading_path[-1]),
            f"Nothing stands under «{section.heading_path[-1]}»; write it or remove the heading.",
        )
        for section, next_level in zip(sections, following, strict=True)
        if section.heading_path and not section.text and next_level <= section.level
    ]


def check_language(lang: Language, texts: Iterable[str], path: str) -> list[Fault]:
    """Check that most letters of an article are of its language."""
    text = " ".join(texts)
    own, other = len(_LETTERS[lang].findall(text)), len(_LETTERS[lang.other].findall(text))
    if own + other < _FEWEST_LETTERS or own >= other:
        return []
    message = f"Most letters of this article are not of the language «{lang}»; move it to {lang.other}/."
    return [Rule.WRONG_LANGUAGE.at(path, 1, message)]


def check_front_matter(front_matter: FrontMatter, path: str, today: date | None) -> list[Fault]:
    """Check what depends on the day and on the article's status.

    Args:
        front_matter: Valid in itself.
        path: File named in faults.
        today: The day, or None if dates are not to be compared with it.
    """
    faults: list[Fault] = []
    if front_matter.status is not Status.PUBLISHED:
        return faults
    lines = front_matter.lines
    if len(front_matter.questions) < FEWEST_QUESTIONS:
        line = lines.get("questions", lines["id"])
        message = (
            f"List at least {FEWEST_QUESTIONS} `questions` in readers' words; there are {len(front_matter.questions)}."
        )
        faults.append(Rule.FEW_QUESTIONS.at(path, line, message))
    if today and front_matter.updated > today:
        message = f"`updated` is {front_matter.updated}, after today ({today})."
        faults.append(Rule.UPDATED_IN_FUTURE.at(path, lines["updated"], message))
    if today and front_matter.review_by and front_matter.review_by < today:
        message = f"The review was due by {front_matter.review_by}; read the article and set a new date."
        faults.append(Rule.REVIEW_OVERDUE.at(path, lines["review_by"], message))
    return faults


def check_anchors(uses: Iterable[AnchorUse], anchors: Mapping[str, frozenset[str]]) -> list[Fault]:
    """Check that every link to a heading finds it.

    Args:
        uses: The links.
        anchors: Anchors of each article, by path.
    """
    return [
        Rule.BROKEN_ANCHOR.at(use.path, use.line, f"{use.target} has no heading with the anchor «{use.anchor}».")
        for use in uses
        if use.target in anchors and use.anchor not in anchors[use.target]
    ]


def check_together(articles: Sequence[CheckedArticle], *, complete: bool) -> list[Fault]:
    """Check ids, addresses and translations.

    Args:
        articles: In the order of their paths.
        complete: No file was left out for its faults; otherwise no translation is reported as missing.
    """
    # Published ones come first: where two want the same name, the other one is in the wrong.
    ordered = sorted(articles, key=lambda item: item.article.status is not Status.PUBLISHED)
    faults = [*_check_ids(ordered), *_check_slugs(ordered), *_check_translations(ordered)]
    return faults if complete else [fault for fault in faults if fault.code != Rule.MISSING_TRANSLATION.code]


def _check_ids(articles: Sequence[CheckedArticle]) -> Iterable[Fault]:
    first: dict[tuple[Language, ArticleId], str] = {}
    for item in articles:
        article = item.article
        other = first.setdefault((article.lang, article.id), article.path)
        if other != article.path:
            message = f"The id «{article.id}» is that of {other}; choose another."
            yield Rule.DUPLICATE_ID.at(article.path, item.line("id"), message)


def _check_slugs(articles: Sequence[CheckedArticle]) -> Iterable[Fault]:
    owners = {(item.article.lang, item.article.slug): item.article.path for item in reversed(articles)}
    for item in articles:
        article = item.article
        other = owners[article.lang, article.slug]
        if other != article.path:
            message = f"The slug «{article.slug}» is that of {other}; rename one file."
            yield Rule.SLUG_CLASH.at(article.path, 1, message)
        for alias in article.aliases:
            other = owners.setdefault((article.lang, alias), article.path)
            if other != article.path or alias == article.slug:
                message = f"The alias «{alias}» is already a slug or alias of {other}; remove it."
                yield Rule.SLUG_CLASH.at(article.path, item.line("aliases"), message)


def _check_translations(articles: Sequence[CheckedArticle]) -> Iterable[Fault]:
    versions: dict[ArticleId, dict[Language, Article]] = defaultdict(dict)
    for item in articles:
        versions[item.article.id].setdefault(item.article.lang, item.article)
    for item in articles:
        article = item.article
        other = versions[article.id].get(article.lang.other)
        if article.status is Status.PUBLISHED and (other is None or other.status is not Status.PUBLISHED):
            message = f"«{article.id}» is not published in {article.lang.other}; readers of it see this one."
            yield Rule.MISSING_TRANSLATION.at(article.path, item.line("id"), message)
        if other and (other.audience, other.category) != (article.audience, article.category):
            message = f"{other.path} has another audience or category; make them equal."
            yield Rule.UNEQUAL_TRANSLATION.at(article.path, item.line("audience"), message)
        source = article.translation_of
        if source and (source.lang is article.lang or other is None):
            message = f"`translation_of` names no other text with the id «{article.id}»."
            yield Rule.STALE_TRANSLATION.at(article.path, item.line("translation_of"), message)
        elif source and other and not other.text_digest.startswith(source.digest):
            message = (
                f"{other.path} has changed since; translate the change, then write digest: {other.text_digest[:12]}."
            )
            yield Rule.STALE_TRANSLATION.at(article.path, item.line("translation_of"), message)
