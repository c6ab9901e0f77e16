"""Static files under names that carry the hash of their content, so that browsers may keep them for ever.

``asset("site.css")`` gives ``/static/3f9a2b1c/site.css``; relative references inside such a file (fonts in the style
sheet, imports in a script) resolve under the same prefix. The prefix is the hash of all files: whoever changes one
changes the addresses of all, which is what makes relative references safe.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from flask import Flask, Response, send_from_directory, url_for

STATIC = Path(__file__).parent / "static"
ONE_YEAR = 31_536_000


def configure_assets(app: Flask) -> None:
    """Serve `web/static` under its hash and give templates `asset` and `known_icon`."""
    version = fingerprint(STATIC)
    icons = icon_names((STATIC / "icons.svg").read_text("utf-8"))

    def asset(name: str) -> str:
        if not (STATIC / name).is_file():
            raise FileNotFoundError(f"web/static has no {name}")
        return url_for("asset_file", version=version, name=name)

    def known_icon(name: str) -> str:
        return name if name in icons else "file-text"

    app.add_url_rule("/static/<version>/<path:name>", "asset_file", _asset_file)
    app.add_url_rule("/favicon.ico", "favicon", lambda: _asset_file("", "images/favicon.svg"))
    app.add_template_global(asset)
    app.add_template_global(known_icon)


def fingerprint(directory: Path) -> str:
    """Return eight hexadecimal digits that change whenever a file under `directory` does."""
    digest = hashlib.sha256()
    for path in sorted(path for path in directory.rglob("*") if path.is_file()):
        digest.update(f"{path.relative_to(directory)}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:8]


def icon_names(sprite: str) -> frozenset[str]:
    """Return the names of the icons that a sprite holds."""
    return frozenset(re.findall(r'<symbol id="([a-z0-9-]+)"', sprite))


def _asset_file(version: str, name: str) -> Response:
    """Send a file; an old version of the address gets the present file, but only for a short while."""
    response = send_from_directory(STATIC, name, max_age=ONE_YEAR)
    response.cache_control.public = True
    response.cache_control.immutable = bool(version)
    return response
