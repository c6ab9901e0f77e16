"""User text in templates: every piece in its own direction, left-to-right runs inside it isolated.

`kb.language.direction` decides. Templates use ``bdi(text)`` where text stands in a line, ``text|isolated`` inside an
element whose ``dir`` is ``text_direction(text)``, ``marked(parts)`` for runs with the matching words marked, and
``text|plain_text`` where there is no markup: titles of pages, descriptions, feeds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flask import Flask
from markupsafe import Markup
from wtforms import Field

from kb.language import isolation
from kb.language.direction import Direction, direction_of, direction_of_language, direction_of_unknown
from kb.language.wholes import kept_whole
from kb.model import Language
from kb.results import TextPart
from web.i18n import current_language


def configure_writing_direction(app: Flask) -> None:
    """Give templates what they show user text with."""
    for of_templates in (bdi, marked, parts_direction, text_direction, typed, field_direction):
        app.add_template_global(of_templates)
    for filtering in (isolated, plain_text):
        app.add_template_filter(filtering)


def text_direction(text: str, lang: Language | None = None) -> Direction:
    """Return the value of ``dir`` for a text.

    Args:
        text: The text.
        lang: Its language if it is known; what readers and staff type has none.
    """
    if lang is not None:
        return direction_of(text, Language(lang))
    return direction_of_unknown(text, _direction_of_page())


def parts_direction(parts: Iterable[TextPart], lang: Language) -> Direction:
    """Return the value of ``dir`` for a text in parts."""
    return text_direction("".join(part.text for part in parts), lang)


def typed(value: object) -> Markup:
    """Return the attributes of a field that people type prose into: its direction follows what is typed.

    Args:
        value: What stands in it.
    """
    return Markup(" ").join(Markup('{}="{}"').format(*each) for each in _typed(value).items())


def field_direction(field: Field) -> dict[str, str]:
    """Return the same attributes for a field of a form; passwords and e-mail addresses run from left to right."""
    if field.type == "PasswordField" or (field.render_kw or {}).get("type") == "email":
        return {"dir": Direction.LTR}
    return _typed(field.data)


def isolated(text: str) -> Markup:
    """Return a text with its left-to-right runs isolated, for an element that has the text's direction."""
    return marked([TextPart(str(text), mark=False)])


def bdi(text: str | Sequence[TextPart], lang: Language | None = None) -> Markup:
    """Return a text, whole or in parts, that stands in a line, kept apart from what is around it."""
    parts = [TextPart(str(text), mark=False)] if isinstance(text, str) else text
    whole = "".join(part.text for part in parts)
    return Markup('<bdi dir="{}">{}</bdi>').format(text_direction(whole, lang), marked(parts))


def marked(parts: Iterable[TextPart]) -> Markup:
    """Return runs of text with the matching words marked and the left-to-right runs isolated."""
    shown = kept_whole(isolation.isolated_html(tuple(parts), _direction_of_page()))
    return Markup(shown)  # noqa: S704 - escaped there


def plain_text(text: str, lang: Language | None = None) -> str:
    """Return a text for a place of this page that takes no markup.

    Args:
        text: The text.
        lang: Its language; by default the page's.
    """
    return isolation.plain_text(str(text), Language(lang or current_language()), _direction_of_page())


def _typed(value: object) -> dict[str, str]:
    shown = str(value or "").strip()
    return {"dir": text_direction(shown) if shown else "auto", "data-typed": ""}


def _direction_of_page() -> Direction:
    return direction_of_language(current_language())
