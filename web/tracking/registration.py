"""Adds what tells readers apart to an application; the address of the beacons is in the table of `web.api`."""

from __future__ import annotations

from flask import Flask

from web.tracking import beacons
from web.tracking.reader import keep_cookie


def register(app: Flask) -> None:
    """Let beacons pass without a form's token, and set the visitor's cookie on answers to readers who are recorded."""
    app.extensions["csrf"].exempt(beacons.event)
    app.after_request(keep_cookie)
