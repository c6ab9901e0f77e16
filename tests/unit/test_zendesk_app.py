"""The Zendesk sidebar app that is made for one site."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from scripts.build_zendesk_app import package, write


def test_the_archive_holds_what_zendesk_asks_for(tmp_path: Path) -> None:
    target = tmp_path / "dalil.zip"
    write("https://help.example/", target)

    with zipfile.ZipFile(target) as archive:
        names = set(archive.namelist())
        manifest = json.loads(archive.read("manifest.json"))
        page = archive.read("assets/iframe.html").decode()
    assert {"assets/iframe.html", "assets/bridge.js", "assets/logo.png", "assets/logo-small.png"} <= names
    assert {"translations/en.json", "translations/ar.json"} <= names
    assert manifest["location"]["support"]["ticket_sidebar"]["url"] == "assets/iframe.html"
    assert 'src="https://help.example/panel"' in page
    assert "zaf_sdk.min.js" in page


def test_the_same_site_gives_the_same_archive(tmp_path: Path) -> None:
    for name in ("a.zip", "b.zip"):
        write("https://help.example", tmp_path / name)

    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


@pytest.mark.parametrize("site", ["help.example", "javascript:alert(1)", ""])
def test_what_is_no_site_is_refused(site: str) -> None:
    with pytest.raises(ValueError, match="is not an address"):
        package(site)


def test_an_address_cannot_become_markup() -> None:
    page = package('https://help.example/"><script>')["assets/iframe.html"].decode()

    assert "<script>/panel" not in page
