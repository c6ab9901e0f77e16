"""Every rule that articles are held to: its stable code, whether breaking it stops indexing, and what it asks for.

`docs/ARTICLES.md` explains the same table to writers; a test holds the two together.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from kb.errors import Fault, Severity

_ERROR, _WARNING = Severity.ERROR, Severity.WARNING


class Rule(Enum):
    """One rule; its value is code, severity, and what it asks for."""

    NOT_UTF8 = ("not-utf8", _ERROR, "A file is UTF-8 text.")
    CONTROL_CHARACTER = ("control-character", _ERROR, "Text holds no control characters but tab and line break.")
    UNREADABLE_FILE = ("unreadable-file", _ERROR, "Files can be read and links stay inside the articles directory.")
    WRONG_EXTENSION = ("wrong-extension", _ERROR, "The name of an article's file ends in `.md`, in small letters.")
    MISPLACED_FILE = ("misplaced-file", _ERROR, "An article is at <language>/<category>/<slug>.md.")
    UNKNOWN_LANGUAGE = ("unknown-language", _ERROR, "The first directory is `ar` or `en`.")
    UNKNOWN_CATEGORY = ("unknown-category", _ERROR, "The second directory is a category of categories.yaml.")
    MISSING_CATEGORIES = ("missing-categories", _ERROR, "categories.yaml names the categories.")
    BAD_SLUG = ("bad-slug", _ERROR, "File names and aliases are lower-case letters and digits joined by hyphens.")
    SLUG_CLASH = ("slug-clash", _ERROR, "A slug or alias is used once within a language.")

    NO_FRONT_MATTER = ("no-front-matter", _ERROR, "A file starts with front matter between two `---` lines.")
    INVALID_YAML = ("invalid-yaml", _ERROR, "Front matter and categories.yaml are YAML mappings of plain values.")
    COMMENT_IN_VALUE = ("comment-in-value", _ERROR, "A text with ` #` is in quotes; a comment has a line of its own.")
    UNKNOWN_KEY = ("unknown-key", _ERROR, "Only the keys of the table above are written.")
    MISSING_KEY = ("missing-key", _ERROR, "Required keys are there.")
    DUPLICATE_KEY = ("duplicate-key", _ERROR, "A key is written once.")
    WRONG_TYPE = ("wrong-type", _ERROR, "A value has the type of its key.")
    BLANK_VALUE = ("blank-value", _ERROR, "A key that is written has a value.")
    TOO_LONG = ("too-long", _ERROR, "A text is no longer than its key allows.")
    BAD_CHOICE = ("bad-choice", _ERROR, "A choice is one of the values of its key.")
    BAD_DATE = ("bad-date", _ERROR, "A date exists and is written YYYY-MM-DD.")
    BAD_ID = ("bad-id", _ERROR, "An id is lower-case ASCII letters and digits joined by hyphens.")
    BAD_DIGEST = ("bad-digest", _ERROR, "A digest is 8 to 64 hexadecimal digits.")
    REPEATED_VALUE = ("repeated-value", _ERROR, "A list holds a value once.")
    TOO_MANY_QUESTIONS = ("too-many-questions", _ERROR, "An article answers at most 20 questions.")
    DUPLICATE_ID = ("duplicate-id", _ERROR, "An id is used once within a language.")

    H1_IN_BODY = ("h1-in-body", _ERROR, "The title is the only first-level heading; the body starts at `##`.")
    HEADING_JUMP = ("heading-jump", _ERROR, "A heading is at most one level below the one before it.")
    RAW_HEADING = ("raw-heading", _ERROR, "Headings are written in Markdown, so that they get an anchor.")
    LOST_NUMBER_SIGN = ("lost-number-sign", _ERROR, "A `#` at the end of a heading that is meant to be read is `\\#`.")
    EMPTY_HEADING = ("empty-heading", _ERROR, "A heading has text.")
    EMPTY_SECTION = ("empty-section", _ERROR, "A heading is followed by text or by a deeper heading.")
    EMPTY_BODY = ("empty-body", _ERROR, "An article says something.")
    FORBIDDEN_HTML = ("forbidden-html", _ERROR, "Only harmless HTML is written; `<` in text is `&lt;`.")
    UNKNOWN_NOTE = ("unknown-note", _ERROR, "A note box is of a kind that the table of note boxes names.")
    TANGLED_MARKDOWN = ("tangled-markdown", _ERROR, "An article is short and plain enough to be read in a second.")
    DEEP_NESTING = ("deep-nesting", _ERROR, "Lists and quotations are nested at most 14 deep.")
    BROKEN_LINK = ("broken-link", _ERROR, "A link leads to an article file, a page of the site, or the web.")
    BROKEN_ANCHOR = ("broken-anchor", _ERROR, "The part of a link after `#` is a heading of that article.")
    HIDDEN_TARGET = ("hidden-target", _ERROR, "Readers of an article may read what it links to.")
    MISSING_IMAGE = ("missing-image", _ERROR, "An image is a file inside the articles directory.")
    BAD_IMAGE = (
        "bad-image",
        _ERROR,
        "An image is PNG, JPEG, WebP or plain SVG, of at most 2 MB and reasonable size.",
    )

    NOT_READ = ("not-read", _WARNING, "A language's directory holds articles and images only, none of them hidden.")
    VISIBLE_MARKUP = ("visible-markup", _WARNING, "Nothing that was meant as markup is shown to readers as typed.")
    EATEN_STARS = ("eaten-stars", _WARNING, "Stars that belong to a dial code are not read as emphasis.")
    STEP_NUMBER = ("step-number", _WARNING, "Steps are shown with the numbers that they are written with.")
    SHALLOW_LIST = ("shallow-list", _WARNING, "A list that belongs to an item stands under the text of that item.")
    LOST_CELL = ("lost-cell", _WARNING, "A row of a table has no more cells than its first one.")
    EMPTY_NOTE = ("empty-note", _WARNING, "A note box has a text; after `!!!` it stands four spaces in.")
    OPEN_NOTE = ("open-note", _WARNING, "A note box that `:::` opens is closed by `:::`.")
    UNUSED_FOOTNOTE = ("unused-footnote", _WARNING, "A footnote is defined once and referred to.")
    DUPLICATE_HEADING = ("duplicate-heading", _WARNING, "Two headings of an article differ.")
    MISSING_ALT = ("missing-alt", _WARNING, "An image has a text for those who cannot see it.")
    WRONG_LANGUAGE = ("wrong-language", _WARNING, "An article is written in the language of its directory.")
    MISSING_TRANSLATION = ("missing-translation", _WARNING, "A published article exists in both languages.")
    UNEQUAL_TRANSLATION = ("unequal-translation", _WARNING, "Translations agree in audience and category.")
    STALE_TRANSLATION = ("stale-translation", _WARNING, "A translation reflects the present text of its source.")
    REVIEW_OVERDUE = ("review-overdue", _WARNING, "The review date of a published article has not passed.")
    UPDATED_IN_FUTURE = ("updated-in-future", _WARNING, "An article was updated today or earlier.")
    FEW_QUESTIONS = ("few-questions", _WARNING, "A published article lists at least 3 questions that it answers.")

    def __init__(self, code: str, severity: Severity, demand: str) -> None:
        self.code = code
        self.severity = severity
        self.demand = demand

    def at(self, path: str, line: int, message: str) -> Fault:
        """Return a fault of this rule.

        Args:
            path: File, relative to the articles directory.
            line: Line in the file, from 1.
            message: What is wrong and what to write instead.
        """
        return Fault(path, line, self.code, message, self.severity)


def rule_of(fault: Fault) -> Rule:
    """Return the rule that a fault breaks."""
    return _BY_CODE[fault.code]


_BY_CODE = {rule.code: rule for rule in Rule}


@dataclass(frozen=True, slots=True)
class Remark:
    """What is wrong in a Markdown text, before it is known where in which file the text stands.

    Attributes:
        line: Line of the text, from 0.
    """

    line: int
    rule: Rule
    message: str

    def at(self, path: str, first_line: int) -> Fault:
        """Return the fault of a text that starts at a line of a file."""
        return self.rule.at(path, first_line + self.line, self.message)
