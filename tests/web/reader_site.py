"""The small site with a database: what readers do there can be read back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select

from kb.clock import Clock
from kb.contact.tables import tickets
from kb.events import Event
from kb.settings import Settings
from kb.storage.database import reading
from kb.storage.event_log import read_events
from kb.storage.generations import GenerationStore
from kb.storage.tables import votes
from tests.web.html import Page, page_of
from tests.web.small_services import new_database, opened_search, small_services
from web.app import create_app
from web.services import Services

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
_FROM, _TO = datetime(2020, 1, 1, tzinfo=UTC), datetime(2040, 1, 1, tzinfo=UTC)
Kind = TypeVar("Kind", bound=Event)


@dataclass(frozen=True)
class ReaderSite:
    """A site, and what it stored."""

    app: Flask
    services: Services

    @property
    def engine(self) -> Engine:
        """Return its database."""
        return self.services.engine

    def reader(self, **headers: str) -> FlaskClient:
        """Return a browser of a new reader; a header named `DNT` or `User_Agent` is sent with each request."""
        client = self.app.test_client()
        sent = {"User_Agent": BROWSER, "Sec_Fetch_Site": "same-origin"} | headers
        client.environ_base.update({f"HTTP_{name.upper()}": value for name, value in sent.items()})
        return client

    def events(self, kind: type[Kind]) -> list[Kind]:
        """Return the stored events of one kind."""
        return [event for event in read_events(self.engine, _FROM, _TO) if isinstance(event, kind)]

    def votes(self) -> list[Any]:
        """Return the votes that count."""
        with reading(self.engine) as connection:
            return list(connection.execute(select(votes)))

    def tickets(self) -> list[Any]:
        """Return the rows of all tickets."""
        with reading(self.engine) as connection:
            return list(connection.execute(select(tickets).order_by(tickets.c.at)))

    def dump(self) -> str:
        """Return everything that the database holds, as text."""
        raw = self.engine.raw_connection()
        try:
            return "\n".join(raw.driver_connection.iterdump())  # type: ignore[union-attr]
        finally:
            raw.close()


def open_site(store: GenerationStore, root: Path, clock: Clock, **settings: Any) -> ReaderSite:
    """Return the small site over a new database."""
    values = {"var_dir": root / "var", "api_requests_per_minute": 0, "site_url": "http://localhost"}
    chosen = Settings.model_validate(values | settings)
    services = small_services(chosen, clock, new_database(chosen), opened_search(store))
    app = create_app(services)
    app.config["WTF_CSRF_SSL_STRICT"] = False
    return ReaderSite(app, services)


def hidden_fields(page: Page, form_action: str) -> dict[str, str]:
    """Return the hidden fields of the first form with that action."""
    fields: dict[str, str] = {}
    inside = False
    for tag, found in page.elements:
        if tag == "form":
            if inside:
                break
            inside = found.get("action") == form_action
        elif inside and tag == "input" and found.get("type") == "hidden":
            fields[str(found["name"])] = str(found["value"])
    return fields


def open_page(client: FlaskClient, path: str) -> Page:
    """Return a page that must be there."""
    response = client.get(path)
    assert response.status_code == 200, response.status_code
    return page_of(response)
