"""Real servers for the browser tests of agents, panel and widget: our site, and pages of somebody else."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from wsgiref.types import WSGIApplication

from flask import Flask, Response
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server


@contextmanager
def served(app: WSGIApplication) -> Iterator[str]:
    """Give the address of an application that serves meanwhile."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def stranger(page: Callable[[str], tuple[str, str]]) -> Flask:
    """Return somebody else's website.

    Args:
        page: Gives, for the last part of an address, its text and its Content Security Policy; HTML unless it ends in
            ``.js``.
    """
    app = Flask("stranger")

    @app.get("/<name>")
    def show(name: str) -> Response:
        text, policy = page(name)
        kind = "text/javascript" if name.endswith(".js") else "text/html"
        return Response(text, content_type=f"{kind}; charset=utf-8", headers={"Content-Security-Policy": policy})

    return app


@contextmanager
def watched(chromium: Browser, locale: str = "en-GB", **options: object) -> Iterator[Page]:
    """Give a tab in which an error of a script, or of a Content Security Policy, fails the test."""
    context = chromium.new_context(locale=locale, **options)  # type: ignore[arg-type]
    context.set_default_timeout(30_000)
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if _is_fault(message.type, message.text) else None)
    yield page
    context.close()
    assert not faults, faults


def _is_fault(kind: str, text: str) -> bool:
    return kind == "error" and "Failed to load resource" not in text
