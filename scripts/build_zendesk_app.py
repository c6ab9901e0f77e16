"""Makes the Zendesk sidebar app of one site: ``python -m scripts.build_zendesk_app https://help.example dalil.zip``.

The archive holds what Zendesk asks of a private app: a manifest, logos, translations, and a page of its own that loads
Zendesk's SDK, shows our panel in a frame and carries messages between the two.
"""

from __future__ import annotations

import argparse
import json
import sys
import zipfile
from collections.abc import Mapping
from html import escape
from pathlib import Path
from urllib.parse import urlsplit

import kb

STATIC = Path(__file__).parent.parent / "web" / "static"
SOURCES = Path(__file__).parent / "zendesk"
PANEL_ADDRESS = "PANEL_ADDRESS"
_WRITTEN = (2026, 1, 1, 0, 0, 0)  # the same input gives the same archive


def package(site: str) -> Mapping[str, bytes]:
    """Return the files of the app by their names.

    Args:
        site: Public address of the help centre, `KB_SITE_URL`.

    Raises:
        ValueError: It is not the address of a site.
    """
    parts = urlsplit(site)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise ValueError(f"{site} is not an address: write it as https://help.example")
    page = (SOURCES / "iframe.html").read_text("utf-8").replace(PANEL_ADDRESS, escape(f"{site.rstrip('/')}/panel"))
    logo = (STATIC / "images" / "touch-icon.png").read_bytes()
    files = {
        "manifest.json": _json(manifest(site)),
        "assets/iframe.html": page.encode(),
        "assets/bridge.js": (SOURCES / "bridge.js").read_bytes(),
        "assets/logo.png": logo,
        "assets/logo-small.png": logo,
    }
    for lang, texts in json.loads((SOURCES / "translations.json").read_text("utf-8")).items():
        files[f"translations/{lang}.json"] = _json({"app": texts})
    return files


def manifest(site: str) -> Mapping[str, object]:
    """Return the manifest of the app."""
    return {
        "name": "Dalil",
        "author": {"name": "Dalil", "email": "support@example.com", "url": site},
        "version": kb.__version__,
        "frameworkVersion": "2.0",
        "defaultLocale": "en",
        "private": True,
        "location": {"support": {"ticket_sidebar": {"url": "assets/iframe.html", "flexible": True}}},
        "domainWhitelist": [urlsplit(site).hostname],
    }


def write(site: str, target: Path) -> None:
    """Write the archive that is uploaded to Zendesk."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(package(site).items()):
            archive.writestr(zipfile.ZipInfo(name, _WRITTEN), content)


def main() -> int:
    """Read the command line and write the archive."""
    parser = argparse.ArgumentParser(description="Make the Zendesk sidebar app of one help centre.")
    parser.add_argument("site", help="public address of the help centre, as https://help.example")
    parser.add_argument("target", type=Path, help="archive to write, as dalil-zendesk.zip")
    given = parser.parse_args()
    try:
        write(given.site, given.target)
    except ValueError as fault:
        parser.error(str(fault))
    print(f"Wrote {given.target}: upload it in Zendesk's Admin Center, Apps and integrations, Upload private app.")
    return 0


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()


if __name__ == "__main__":
    sys.exit(main())
