"""Adds what tells readers apart to an application, and takes beacons before it."""

from __future__ import annotations

from flask import Flask

from web.metrics.counters import counters_of
from web.services import services_of
from web.tracking.beacons import BeaconIntake
from web.tracking.reader import keep_cookie


def register(app: Flask) -> None:
    """Set the visitor's cookie on answers to readers who are recorded, and take beacons."""
    app.after_request(keep_cookie)
    app.wsgi_app = BeaconIntake(app.wsgi_app, services_of(app), counters_of(app))  # type: ignore[method-assign]
