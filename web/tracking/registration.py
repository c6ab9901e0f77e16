"""What tells readers apart, and takes beacons before Flask."""

from __future__ import annotations

from flask import Flask

from web.feature import Feature
from web.metrics.counters import counters_of
from web.services import Services, services_of
from web.tracking.beacons import BeaconIntake
from web.tracking.reader import keep_cookie


def feature(_: Services) -> Feature:
    """Return what sets the visitor's cookie on answers to readers who are recorded, and takes beacons."""
    return Feature(configure=_track)


def _track(app: Flask) -> None:
    app.after_request(keep_cookie)
    app.wsgi_app = BeaconIntake(app.wsgi_app, services_of(app), counters_of(app))  # type: ignore[method-assign]
