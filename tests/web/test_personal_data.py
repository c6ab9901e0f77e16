"""1,000 phones, e-mails, IBANs, cards and national numbers through every entrance for text, looked for everywhere.

What docs/PRIVACY.md promises is tested, with the whole product: a ticket holds what the customer wrote until it is
forgotten, and nothing else ever does.
"""

from __future__ import annotations

import logging
import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from kb.accounts.model import Role, Scope
from kb.backup import backup_database
from kb.clock import FixedClock
from kb.contact.delivery import KeepHere
from kb.contact.dispatch import Dispatcher
from kb.contact.outbox import Outbox
from kb.contact.surveys import SurveyLinks
from kb.contact.tickets import forget_tickets
from kb.events import Survey, TicketId
from kb.privacy import MaskingFilter
from kb.settings import Settings
from kb.statistics.rollups import roll_up
from kb.storage.generations import GenerationStore
from kb.storage.tables import metadata
from tests.personal_data import PersonalItem, personal_items, squeezed
from tests.web.desk import accounts_of, form_token, make_person, signed_in
from tests.web.html import page_of
from tests.web.reader_site import BROWSER, hidden_fields
from web.app import create_app
from web.opening import open_services
from web.services import Services
from web.statistics.exports import EXPORTS

SHOP = "https://shop.example"
ITEMS = personal_items(20_261_121, 1_000)
CONTACT = "/en/contact"
ARTICLE = "/en/articles/reset-password"


@dataclass(frozen=True)
class Site:
    """The whole product, its database, and who visits."""

    app: Flask
    services: Services
    clock: FixedClock
    reader: FlaskClient
    agent: FlaskClient
    token: dict[str, str]
    forms: dict[str, dict[str, str]]

    @property
    def engine(self) -> Engine:
        return self.services.engine

    @property
    def files(self) -> list[Path]:
        """The database and its write-ahead log."""
        return sorted(self.services.settings.var_dir.glob("dalil.db*"))


@pytest.fixture
def site(store: GenerationStore, tmp_path: Path, clock: FixedClock) -> Iterator[Site]:
    var_dir = tmp_path / "var"
    current = store.current()
    assert current is not None
    shutil.copytree(current.parent, var_dir / "index")
    settings = {"var_dir": var_dir, "embedding_model": "/no-model", "site_url": "http://localhost", "k_anonymity": 2}
    limits = {"api_requests_per_minute": 0, "forms_per_minute": 0, "widget_origins": SHOP}
    services = open_services(Settings.model_validate(settings | limits), clock)
    app = create_app(services)
    app.config["WTF_CSRF_SSL_STRICT"] = False
    admin = make_person(app, Role.ADMIN, Role.AGENT)
    agent, reader = signed_in(app, admin), browser(app)
    forms = {page: hidden_fields(page_of(reader.get(path)), action) for page, path, action in FORMS}
    forms["desk"] = {"csrf_token": form_token(agent, "/desk/agent")}
    bearer = {"Authorization": f"Bearer {accounts_of(app).tokens.issue(admin, 'test', (Scope.AGENT,))}"}
    opened = Site(app, services, clock, reader, agent, bearer, forms)
    yield opened
    services.event_log.close()
    opened.engine.dispose()


FORMS = (("contact", CONTACT, CONTACT), ("vote", ARTICLE, f"{ARTICLE}/feedback"))


def browser(app: Flask) -> FlaskClient:
    client = app.test_client()
    client.environ_base.update({"HTTP_USER_AGENT": BROWSER, "HTTP_SEC_FETCH_SITE": "same-origin"})
    return client


def search(site: Site, text: str) -> Any:
    return browser(site.app).get("/ar/search", query_string={"q": text})  # each a visitor: exports show what many typed


def search_by_api(site: Site, text: str) -> Any:
    return site.reader.get("/api/v1/search", query_string={"q": text})


def complete(site: Site, text: str) -> Any:
    return site.reader.get("/api/v1/suggest", query_string={"q": text})


def comment(site: Site, text: str) -> Any:
    fields = site.forms["vote"] | {"verdict": "unhelpful", "reason": "other", "comment": text}
    return site.reader.post(f"{ARTICLE}/feedback", data=fields)


def type_a_message(site: Site, text: str) -> Any:
    fields = site.forms["contact"] | {"subject": text, "message": text}
    return site.reader.post(f"{CONTACT}/suggestions", data=fields)


def be_refused_a_message(site: Site, text: str) -> Any:
    return site.reader.post(CONTACT, data=site.forms["contact"] | {"name": text, "email": text, "message": text})


def tell_by_beacon(site: Site, text: str) -> Any:
    beacon = {"kind": "dwell", "article": text[:200], "lang": "ar", "age_s": 20, "dwell_s": 10}
    return site.reader.post("/api/v1/events", json=beacon)


def comment_in_the_widget(site: Site, text: str) -> Any:
    vote = {"lang": "en", "article": "reset-password", "verdict": "unhelpful", "reason": "other", "comment": text}
    headers = {"Origin": SHOP, "Sec-Fetch-Site": "cross-site", "User-Agent": BROWSER}
    return site.app.test_client().post("/api/v1/widget/votes", json=vote, headers=headers)


def answer_a_survey(site: Site, text: str) -> Any:
    links = SurveyLinks(site.services.secret_key, "http://localhost")
    path = f"/en/survey/{links.token(Survey.EFFORT, TicketId(str(abs(hash(text)) % 97)))}"
    return site.reader.post(path, data={"score": "4", "comment": text})


def paste_a_ticket(site: Site, text: str) -> Any:
    return site.agent.post("/desk/agent", data=site.forms["desk"] | {"message": text, "suggest": "1", "lang": ""})


def paste_a_ticket_by_api(site: Site, text: str) -> Any:
    return site.app.test_client().post("/api/v1/agent/suggest", json={"text": text}, headers=site.token)


def ask_for_a_page_that_is_not_there(site: Site, text: str) -> Any:
    return site.reader.get(f"/ar/articles/{text}")


ENTRANCES: Sequence[tuple[Callable[[Site, str], Any], set[int]]] = (
    (search, {200}),
    (search_by_api, {200, 400}),  # what holds no word at all is no question
    (complete, {200}),
    (comment, {303}),
    (type_a_message, {200}),
    (be_refused_a_message, {400}),
    (tell_by_beacon, {204}),
    (comment_in_the_widget, {204}),
    (answer_a_survey, {303}),
    (paste_a_ticket, {200}),
    (paste_a_ticket_by_api, {200}),
    (ask_for_a_page_that_is_not_there, {404, 308}),
)


_TEXT = re.compile(rb"[^\x00-\x1f]{6,}")


def traces(items: Iterable[PersonalItem], texts: Iterable[str], files: Iterable[Path]) -> list[PersonalItem]:
    """Return the items that are in one of the texts, however written, or in the bytes of one of the files."""
    read = "\n".join(squeezed(text) for text in texts)
    # Pages of a database stand in the log and in the backup once more: each run of text is looked at once.
    raw = b"\0".join({run for path in files for run in _TEXT.findall(path.read_bytes())})
    return [
        item
        for item in items
        if item.core in read or item.secret.encode() in raw or (item.text.encode() in raw and len(item.text) > 9)
    ]


def rows(engine: Engine, *, but: str = "") -> Iterator[str]:
    """Yield every text of every table."""
    with engine.connect() as connection:
        for table in metadata.sorted_tables:
            if table.name != but:
                for row in connection.execute(table.select()):
                    yield from (str(value) for value in row if isinstance(value, (str, bytes)))


def published(site: Site) -> Iterator[str]:
    """Yield all exports and what monitoring is told."""
    for name in EXPORTS:
        for form in ("csv", "json"):
            answer = site.agent.get(f"/desk/stats/export/{name}.{form}?period=2026-11-15..2026-11-21")
            assert answer.status_code == 200
            yield answer.get_data(as_text=True)
    yield site.reader.get("/metrics").get_data(as_text=True)


@pytest.mark.slow
def test_no_entrance_lets_personal_data_through(site: Site, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.handler.addFilter(MaskingFilter())  # as the command line does
    with caplog.at_level(logging.INFO):
        for place, item in enumerate(ITEMS):
            enter, expected = ENTRANCES[place % len(ENTRANCES)]
            assert enter(site, item.text).status_code in expected, (enter.__name__, item.text)
        site.services.event_log.close()
        roll_up(site.engine, site.clock)

    stored, shown = list(rows(site.engine)), list(published(site))
    backup = tmp_path / "backup.db"
    backup_database(site.services.settings.effective_database_url, backup)

    assert sum("[phone]" in text for text in stored) > 20  # it was there, and is masked
    assert any("[phone]" in text for text in shown)
    assert traces(ITEMS, [*stored, *shown, caplog.text], [*site.files, backup]) == []


def test_a_ticket_is_the_only_place_for_what_a_customer_writes_until_it_is_forgotten(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    written = ITEMS[:60]
    with caplog.at_level(logging.INFO):
        for item in written:
            fields = hidden_fields(page_of(site.reader.get(CONTACT)), CONTACT)
            text = {"name": item.text[:100], "email": "amal@mail.example", "subject": item.text, "message": item.text}
            assert site.reader.post(CONTACT, data=fields | text).status_code == 303
        site.services.event_log.close()
        roll_up(site.engine, site.clock)

    assert len(traces(written, rows(site.engine), [])) == len(written)  # the team gets what the customer wrote
    assert traces(written, [*rows(site.engine, but="tickets"), *published(site), caplog.text], []) == []

    Dispatcher(Outbox(site.engine), KeepHere(), site.clock).run_once()
    site.clock.instant += timedelta(days=31)
    assert forget_tickets(site.engine, site.clock.now(), timedelta(days=30)) == len(written)
    site.services.housekeeping.run_once()

    assert traces(written, rows(site.engine), site.files) == []
