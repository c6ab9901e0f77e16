"""Keeps the translations in step with the texts: ``python -m scripts.catalogues`` adds what is new, drops what is gone.

A feature package `web/<package>/` and its templates `web/templates/<package>/` have the catalogues
`web/translations/<package>/`; the modules and templates of `web` itself have `web/translations/base/`.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

from kb.statistics.catalogue import METRICS

WEB = Path(__file__).parent.parent / "web"
LANGUAGES = ("ar",)
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "lazy_gettext": None, "lazy_ngettext": (1, 2)}
# What a catalogue starts with; dates and names are left out, since the history of the file tells them better.
HEADERS = {
    "ar": r"""# The English text is the id. Plural forms of Arabic: none, one, two, 3 to 10, 11 to 99, the rest.
msgid ""
msgstr ""
"Language: ar\n"
"Plural-Forms: nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5);\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=utf-8\n"
"Content-Transfer-Encoding: 8bit\n"
"""
}


def packages(web: Path = WEB) -> tuple[str, ...]:
    """Return ``base`` and the names of the feature packages that have code or templates."""
    names = {path.parent.name for path in web.glob("*/__init__.py")}
    names |= {path.name for path in (web / "templates").iterdir() if path.is_dir()}
    return ("base", *sorted(names - {"base", "slots"}))


def extract(package: str, web: Path = WEB) -> Catalog:
    """Return every text of one package."""
    catalogue = Catalog(fuzzy=False)
    for path, method in _files(package, web):
        for line, message, _comments, _context in extract_from_file(method, path, keywords=KEYWORDS):
            catalogue.add(message, locations=[(path.relative_to(web.parent).as_posix(), line)])
    if package == "statistics":
        _add_definitions(catalogue)
    return catalogue


def _add_definitions(catalogue: Catalog) -> None:
    """Add the names and definitions of all figures, which pages translate by their wording."""
    for metric in METRICS:
        for text in (metric.title, metric.definition, metric.numerator, metric.denominator):
            catalogue.add(text, locations=[("kb/statistics/catalogue.py", 0)])


def read(package: str, language: str, web: Path = WEB) -> Catalog:
    """Return the translations of one package, empty if there are none yet."""
    path = catalogue_path(package, language, web)
    start = path.read_bytes() if path.exists() else HEADERS[language].encode()
    return read_po(io.BytesIO(start), locale=language)


def catalogue_path(package: str, language: str, web: Path = WEB) -> Path:
    """Return where the translations of one package are."""
    return web / "translations" / package / language / "LC_MESSAGES" / "messages.po"


def update(package: str, language: str, web: Path = WEB) -> int:
    """Bring one catalogue in step; return how many of its texts have no translation yet."""
    texts = extract(package, web)
    if not len(texts):
        return 0
    catalogue = read(package, language, web)
    catalogue.update(texts, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    path = catalogue_path(package, language, web)
    path.parent.mkdir(parents=True, exist_ok=True)
    written = io.BytesIO()
    write_po(written, catalogue, width=120, include_lineno=False, sort_output=True, omit_header=True)
    path.write_text(HEADERS[language] + "\n" + written.getvalue().decode("utf-8"), "utf-8")
    return sum(not is_translated(message.string) for message in catalogue if message.id)


def is_translated(translation: object) -> bool:
    """Tell whether a translation is complete: for plurals every form."""
    forms = translation if isinstance(translation, tuple | list) else [translation]
    return bool(forms) and all(forms)


def main() -> int:
    """Update every catalogue; the exit status is 1 while any text lacks its translation."""
    missing = 0
    for package in packages():
        for language in LANGUAGES:
            count = update(package, language)
            missing += count
            print(f"{package}/{language}: {count} texts without translation")
    return int(missing > 0)


def _files(package: str, web: Path) -> Iterator[tuple[Path, str]]:
    code = sorted(web.glob("*.py") if package == "base" else (web / package).rglob("*.py"))
    yield from ((path, "python") for path in code)
    templates = [web / "templates" / package]
    if package == "base":
        templates.append(web / "templates" / "slots")
    for folder in templates:
        yield from ((path, "jinja2") for path in sorted(folder.rglob("*.*ml")))


if __name__ == "__main__":
    sys.exit(main())
