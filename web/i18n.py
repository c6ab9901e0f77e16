"""Languages of the interface: the URL decides, catalogues translate, dates and numbers follow the language.

A package keeps its texts in ``web/translations/<package>/<lang>/LC_MESSAGES/messages.po``; the English text is the id.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import date, time
from pathlib import Path

import flask_babel
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from flask import Flask, current_app, g, has_request_context, request
from werkzeug.routing import BaseConverter

from kb.model import Language
from web.services import services

TRANSLATIONS = Path(__file__).parent / "translations"
ARABIC_INDIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")

logger = logging.getLogger(__name__)


class LanguageConverter(BaseConverter):
    """The ``<lang:lang>`` part of a URL: a language of the interface."""

    regex = "ar|en"

    def to_python(self, value: str) -> Language:
        """Return the language that this part of the path names."""
        return Language(value)

    def to_url(self, value: Language) -> str:
        """Return the part of the path that names this language."""
        return str(value)


def configure_i18n(app: Flask) -> None:
    """Add the language to URLs, load the catalogues of all packages and give templates their formats."""
    compile_catalogues(TRANSLATIONS)
    app.url_map.converters["lang"] = LanguageConverter
    directories = sorted(str(path) for path in TRANSLATIONS.iterdir() if path.is_dir())
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = ";".join(directories)
    flask_babel.Babel(app, locale_selector=lambda: str(current_language()))
    app.url_value_preprocessor(_remember_language)
    app.url_defaults(_repeat_language)
    app.add_template_filter(long_date)
    app.add_template_filter(number)
    app.context_processor(lambda: {"lang": current_language(), "direction": direction(current_language())})


def current_language() -> Language:
    """Return the language of this request: the URL's, else what the browser prefers, else the default."""
    if not has_request_context():
        return Language.EN
    if "language" not in g:
        g.language = _language_of_path(request.path) or preferred_language()
    language: Language = g.language
    return language


def preferred_language() -> Language:
    """Return the language that the browser asks for, else the default of the settings."""
    for tag, quality in request.accept_languages:  # the best first
        if quality > 0 and (wanted := Language.of_tag(tag)):
            return wanted
    return Language(services().settings.default_language)


def gettext(message: str, **variables: object) -> str:
    """Return a text in the reader's language, with its named placeholders filled in."""
    return str(flask_babel.gettext(message, **variables))


def ngettext(singular: str, plural: str, number: float, /, **variables: object) -> str:
    """Return the form of a text that fits a number, also a fraction or a negative one, in the reader's language."""
    return str(flask_babel.ngettext(singular, plural, _number_of_form(number), **variables))


def _number_of_form(number: float) -> int:
    """Return the whole number with the same form: fractions take the last one of both languages, as 100 does (CLDR)."""
    size = abs(number)
    return int(size) if size == int(size) else 100


def direction(language: Language) -> str:
    """Return the value of HTML's ``dir`` for a language."""
    return "rtl" if language is Language.AR else "ltr"


def number(value: float, pattern: str | None = None) -> str:
    """Return a number as readers of this language write it.

    Arabic pages use the digits 0 to 9, as most shops of the Gulf and Egypt do, unless `arabic_digits` says ``arab``.

    Args:
        pattern: Unicode number pattern, e.g. ``#,##0.0``; None: as many of three decimals as are needed.
    """
    return _localise_digits(format_decimal(value, format=pattern, locale="en"))


def long_date(value: date) -> str:
    """Return a day in the words of this language, e.g. ``21 November 2026``."""
    return _localise_digits(flask_babel.format_date(value, "d MMMM y"))


def clock_time(value: time) -> str:
    """Return a time of day in the words of this language, e.g. ``9:00 PM``."""
    return _localise_digits(flask_babel.format_time(value, "short", rebase=False))


def in_a_row(texts: Sequence[str]) -> str:
    """Return texts one after the other, with the commas of this language and its "and" before the last."""
    return format_list(list(texts), locale=str(current_language()))


def compile_catalogues(root: Path) -> None:
    """Compile every catalogue under `root` that is newer than its compiled form, so that no text is ever stale."""
    for source in sorted(root.glob("*/*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parent.parent.name)
        try:
            _write_compiled(catalogue, target)
        except OSError as error:
            logger.warning("The catalogue %s cannot be compiled: %s", source, error)


def _write_compiled(catalogue: object, target: Path) -> None:
    aside = target.with_suffix(".mo.new")
    with aside.open("wb") as file:
        write_mo(file, catalogue)  # type: ignore[arg-type]  # read_po returns the type that write_mo takes
    aside.chmod(0o644)  # beside the code, which others may run
    aside.replace(target)


def _localise_digits(text: str) -> str:
    arabic = current_language() is Language.AR and services().settings.arabic_digits == "arab"
    return text.translate(ARABIC_INDIC) if arabic else text


def _language_of_path(path: str) -> Language | None:
    first = path.lstrip("/").split("/", 1)[0]
    return Language(first) if first in set(Language) else None


def _remember_language(_endpoint: str | None, values: dict[str, object] | None) -> None:
    if values and isinstance(language := values.get("lang"), Language):
        g.language = language


def _repeat_language(endpoint: str, values: dict[str, object]) -> None:
    if "lang" not in values and current_app.url_map.is_endpoint_expecting(endpoint, "lang"):
        values["lang"] = current_language()
