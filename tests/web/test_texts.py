"""Catalogues, plural forms, and what the style sheets promise about direction."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.mofile import read_mo
from flask import Flask

from scripts.catalogues import LANGUAGES, catalogue_path, extract, is_translated, packages, read
from web.assets import STATIC, icon_names
from web.i18n import compile_catalogues, ngettext

WEB = Path(__file__).parent.parent.parent / "web"
PLACEHOLDER = re.compile(r"%\(\w+\)s")
PHYSICAL = re.compile(
    r"(?<![\w-])(?:(?:margin|padding|border|inset|scroll-margin|scroll-padding)-(?:left|right)|left|right"
    r"|text-align:\s*(?:left|right)|float:|(?:min-|max-)?(?:width|height)(?=:))"
)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("package", packages())
def test_every_text_is_translated(package: str, language: str) -> None:
    texts = {message.id for message in extract(package) if message.id}
    translated = {message.id for message in read(package, language) if message.id and is_translated(message.string)}

    assert texts == translated, (
        f"run `python -m scripts.catalogues`, then translate in {catalogue_path(package, language)}"
    )


@pytest.mark.parametrize("package", packages())
def test_translations_have_the_placeholders_of_the_original(package: str) -> None:
    for message in read(package, "ar"):
        if isinstance(message.id, str):
            assert set(PLACEHOLDER.findall(message.id)) == set(PLACEHOLDER.findall(str(message.string))), message.id


@pytest.mark.parametrize("package", packages())
def test_arabic_plurals_have_all_six_forms(package: str) -> None:
    for message in read(package, "ar"):
        if isinstance(message.id, tuple):
            assert isinstance(message.string, tuple)
            assert len(message.string) == 6
            assert all(message.string)


# What readers see belongs to any site, also to one that sells nothing. Agents speak of customers, as their field does.
SEEN_BY_READERS = ("base", "contact", "feedback", "public", "survey", "widget")
SHOP = re.compile(
    r"\b(?:shops?|stores?|orders?|payments?|deliver\w*|parcels?|couriers?|refunds?|returns?|products?|customers?|buy\w*|prices?)\b"
    r"|متجر|متاجر|طلبية|طلباتك|الطلبات|طلبك|توصيل|شحن|الدفع|استرداد|إرجاع|الزبائن|العملاء|أسعار",
    re.IGNORECASE,
)
NOT_OF_A_SHOP = {
    "Part of the search is not working right now, so some results may be missing.": "out of order: does not work",
    "This cannot be done right now. Try again in a minute.": "its Arabic speaks of what the reader asked the page for",
    "We could not read that request": "its Arabic speaks of a request to the server",
    "You are going too fast": "its Arabic speaks of requests to the server",
}


@pytest.mark.parametrize("package", SEEN_BY_READERS)
def test_no_text_for_readers_takes_the_site_for_a_shop(package: str) -> None:
    texts = [" ".join(forms) for forms in all_forms(package) if not NOT_OF_A_SHOP.keys() & set(forms)]

    assert [text for text in texts if SHOP.search(text)] == []


def all_forms(package: str) -> list[list[str]]:
    """Return each text of a package in all its forms, English first."""
    messages = [message for message in read(package, "ar") if message.id]
    return [[*as_tuple(message.id), *as_tuple(message.string)] for message in messages]


def as_tuple(text: object) -> tuple[str, ...]:
    return tuple(map(str, text)) if isinstance(text, tuple | list) else (str(text),)


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "لا مقالات"),  # no articles
        (1, "مقالة واحدة"),  # one article
        (2, "مقالتان"),  # two articles
        (3, "3 مقالات"),
        (11, "11 مقالة"),
        (100, "100 مقالة"),
        (103, "103 مقالات"),
    ],
)
def test_numbers_take_their_arabic_form(app: Flask, count: int, text: str) -> None:
    with app.test_request_context("/ar/"):
        assert ngettext("%(count)s article", "%(count)s articles", count, count=str(count)) == text


def test_a_catalogue_that_changed_is_compiled_again(tmp_path: Path) -> None:
    source = tmp_path / "shop" / "ar" / "LC_MESSAGES" / "messages.po"
    source.parent.mkdir(parents=True)
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
    for text, time in (("أول", 1), ("ثان", 2)):  # first, second
        source.write_text(f'{head}msgid "x"\nmsgstr "{text}"\n', "utf-8")
        if time == 2:
            compiled = source.with_suffix(".mo").stat().st_mtime
            os.utime(source, (compiled + 5, compiled + 5))
        compile_catalogues(tmp_path)
        with source.with_suffix(".mo").open("rb") as file:
            assert read_mo(file)["x"].string == text


@pytest.mark.parametrize("path", sorted(STATIC.glob("css/*.css")), ids=lambda path: path.name)
def test_style_sheets_know_no_left_and_right(path: Path) -> None:
    text = re.sub(r"/\*.*?\*/", "", path.read_text("utf-8"), flags=re.DOTALL)

    assert PHYSICAL.findall(text) == []


def test_no_template_marks_text_as_safe() -> None:
    templates = list((WEB / "templates").rglob("*.*"))

    assert templates
    assert not [path for path in templates if re.search(r"\|\s*safe\b", path.read_text("utf-8"))]
    # Sanitised articles, and text that kb.language.isolation has escaped; literals escape what they are given.
    trusting = [
        path.name for path in WEB.rglob("*.py") for _ in re.findall(r"Markup\((?!['\"])", path.read_text("utf-8"))
    ]
    assert sorted(trusting) == ["pages.py", "writing_direction.py"]


def test_templates_leave_the_direction_of_text_to_the_one_function() -> None:
    for path in (WEB / "templates").rglob("*.html"):
        text = path.read_text("utf-8")
        assert "<bdi>" not in text, path  # goes by the first letter, and leaves numbers in pieces
        assert 'dir="auto"' not in text or "readonly" in text, path


def test_every_icon_that_a_template_names_is_in_the_sprite() -> None:
    icons = icon_names((STATIC / "icons.svg").read_text("utf-8"))
    named = {
        name
        for path in (WEB / "templates").rglob("*.html")
        for name in re.findall(r'icon\("([a-z0-9-]+)"', path.read_text("utf-8"))
    }

    assert named
    assert named <= icons


def test_importing_the_site_loads_no_heavy_library() -> None:
    program = (
        "import sys, web.app, web.opening;"
        "print([name for name in ('torch', 'faiss', 'whoosh', 'camel_tools', 'sentence_transformers', 'onnxruntime',"
        " 'markdown') if name in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert result.stdout.strip() == "[]"
