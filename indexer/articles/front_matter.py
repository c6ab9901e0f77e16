"""What the front matter of an article may say: the declared keys, and their reading with every fault at once."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from indexer.articles.faults import Rule
from indexer.articles.yaml_reader import YamlMapping, compose_mapping
from kb.errors import Fault, Severity
from kb.model import ArticleId, Audience, Language, Status, TranslationSource

MOST_QUESTIONS = 20

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_SLUG = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_DIGEST = re.compile(r"[0-9a-f]{8,64}")
_STATUS = re.compile(r"""^status:[ \t]*(["']?)(\w+)\1[ \t]*(?:#.*)?$""", re.MULTILINE)
_LONGEST_SLUG = 100


@dataclass(frozen=True, slots=True)
class Key:
    """One key of the front matter.

    Attributes:
        name: As written.
        required: Whether every article must have it.
        meaning: What it says, and in which form.
        longest: Most code points of its text, or of each of its texts.
    """

    name: str
    required: bool
    meaning: str
    longest: int = 0


KEYS = {
    key.name: key
    for key in (
        Key("id", True, "Stable name, lower-case ASCII with hyphens; translations share it.", 80),
        Key("title", True, "Title of the page.", 160),
        Key("summary", True, "One or two sentences, shown in lists and to search engines.", 320),
        Key("tags", False, "List of words that readers may filter by.", 60),
        Key("audience", False, "`public` (default) or `internal` (agents only)."),
        Key("status", False, "`published` (default), `draft` or `archived`; only published articles are indexed."),
        Key("owner", True, "Team or person who keeps it right.", 80),
        Key("updated", True, "Date of the last change that matters to readers, YYYY-MM-DD."),
        Key("review_by", False, "Date by which somebody must read it again, YYYY-MM-DD."),
        Key("questions", False, "List of questions that it answers, in the readers' words.", 200),
        Key("aliases", False, "List of its old slugs; they redirect.", _LONGEST_SLUG),
        Key("translation_of", False, "`{lang, digest}`: which text of the other language it reflects."),
    )
}


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The values of one front matter, all valid.

    Attributes:
        lines: Line of the file that each key is written on.
    """

    id: ArticleId
    title: str
    summary: str
    tags: tuple[str, ...]
    audience: Audience
    status: Status
    owner: str
    updated: date
    review_by: date | None
    questions: tuple[str, ...]
    aliases: tuple[str, ...]
    translation_of: TranslationSource | None
    lines: Mapping[str, int]


def read_front_matter(text: str, path: str, first_line: int, faults: list[Fault]) -> FrontMatter | None:
    """Read and check a front matter.

    Args:
        text: The YAML between the two `---` lines.
        path: File named in faults.
        first_line: Line of the file that the text starts at.
        faults: Gets whatever is wrong.

    Returns:
        The front matter, or None if it has an error.
    """
    found: list[Fault] = []
    mapping = compose_mapping(text, path, first_line, found)
    front_matter = None if mapping is None else _read(mapping)
    faults.extend(found)
    return None if any(fault.severity is Severity.ERROR for fault in found) else front_matter


def written_status(text: str) -> Status | None:
    """Return the status that a front matter names, whatever else is wrong with it; None if it names none that exists.

    Args:
        text: The YAML between the two `---` lines.
    """
    written = {match[2] for match in _STATUS.finditer(text)} or {Status.PUBLISHED.value}
    return Status(written.pop()) if len(written) == 1 and written <= set(Status) else None


def is_slug(text: str) -> bool:
    """Tell whether a text may be the last part of an address: lower-case letters and digits joined by hyphens, NFC."""
    return (
        _SLUG.fullmatch(text) is not None
        and len(text) <= _LONGEST_SLUG
        and text == unicodedata.normalize("NFC", text.lower())
    )


def _read(mapping: YamlMapping) -> FrontMatter:
    mapping.require([key.name for key in KEYS.values() if key.required], tuple(KEYS))
    return FrontMatter(
        id=_read_id(mapping),
        title=_text(mapping, "title"),
        summary=_text(mapping, "summary"),
        tags=mapping.texts("tags", KEYS["tags"].longest),
        audience=mapping.choice("audience", Audience.PUBLIC),
        status=mapping.choice("status", Status.PUBLISHED),
        owner=_text(mapping, "owner"),
        updated=mapping.date("updated") or date.min,
        review_by=mapping.date("review_by"),
        questions=_read_questions(mapping),
        aliases=_read_aliases(mapping),
        translation_of=_read_translation(mapping),
        lines=mapping.lines,
    )


def _text(mapping: YamlMapping, name: str) -> str:
    return mapping.text(name, KEYS[name].longest)


def _read_id(mapping: YamlMapping) -> ArticleId:
    text = _text(mapping, "id")
    if text and not _ID.fullmatch(text):
        message = f"The id «{text}» must be lower-case ASCII letters and digits joined by hyphens, e.g. reset-password."
        mapping.report(Rule.BAD_ID, mapping.lines["id"], message)
    return ArticleId(text)


def _read_questions(mapping: YamlMapping) -> tuple[str, ...]:
    questions = mapping.texts("questions", KEYS["questions"].longest)
    if len(questions) > MOST_QUESTIONS:
        message = f"{len(questions)} questions are too many for one article; keep the {MOST_QUESTIONS} most asked."
        mapping.report(Rule.TOO_MANY_QUESTIONS, mapping.lines["questions"], message)
    return questions


def _read_aliases(mapping: YamlMapping) -> tuple[str, ...]:
    aliases = mapping.texts("aliases", KEYS["aliases"].longest)
    for alias in aliases:
        if not is_slug(alias):
            message = f"The alias «{alias}» is not a slug; write lower-case letters and digits joined by hyphens."
            mapping.report(Rule.BAD_SLUG, mapping.lines["aliases"], message)
    return aliases


def _read_translation(mapping: YamlMapping) -> TranslationSource | None:
    inner = mapping.mapping("translation_of")
    if inner is None:
        return None
    inner.require(("lang", "digest"), ("lang", "digest"))
    digest = inner.raw("digest")
    if "digest" in inner.values and not _DIGEST.fullmatch(digest):
        message = f"The digest «{digest}» must be 8 to 64 hexadecimal digits; `kb check` prints it."
        inner.report(Rule.BAD_DIGEST, inner.lines["digest"], message)
    return TranslationSource(inner.choice("lang", Language.EN), digest)
