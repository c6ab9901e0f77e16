"""What a monitoring system sees, and that nobody else does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Engine

from kb.clock import FixedClock
from kb.errors import OperatorError
from kb.settings import load_settings
from kb.storage.database import open_database
from kb.storage.event_log import EventLog
from kb.storage.generations import GenerationStore
from tests.web.conftest import MakeSite, site_over
from web.app import create_app
from web.services import Services

TOKEN = "monitoring" * 4


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(f"sqlite:///{tmp_path / 'dalil.db'}")
    yield engine
    engine.dispose()


def counting(app: Flask, engine: Engine) -> Flask:
    services: Services = app.extensions["dalil"]
    return create_app(replace(services, engine=engine, event_log=EventLog(engine, linger_s=0)))


def values(app: Flask) -> dict[tuple[str, ...], float]:
    """Return every sample by its name and labels, without the worker."""
    text = app.test_client().get("/metrics").get_data(as_text=True)
    return {
        (sample.name, *(value for label, value in sorted(sample.labels.items()) if label != "worker")): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_requests_are_counted_and_timed_by_view_and_status(make_site: MakeSite, engine: Engine) -> None:
    app = counting(make_site(), engine)
    client = app.test_client()
    for path in ("/en/", "/en/", "/en/articles/nothing-here", "/not/a/page"):
        client.get(path)

    found = values(app)

    assert found["dalil_requests_total", "public.home", "GET", "200"] == 2
    assert found["dalil_requests_total", "public.article", "GET", "404"] == 1
    assert found["dalil_request_seconds_count", "public.home"] == 2
    assert not [labels for labels in found if "nothing-here" in str(labels)]


def test_searches_are_counted_by_whether_they_were_answered(make_site: MakeSite, engine: Engine) -> None:
    app = counting(make_site(), engine)
    client = app.test_client()
    client.get("/en/search", query_string={"q": "password"})
    client.get("/api/v1/search", query_string={"q": "zorgle", "lang": "en"})

    found = values(app)

    assert found["dalil_searches_total", "answered"] == 1
    assert found["dalil_searches_total", "unanswered"] == 1


def test_the_state_of_events_tickets_and_index_is_told(make_site: MakeSite, engine: Engine, clock: FixedClock) -> None:
    found = values(counting(make_site(), engine))

    assert found["dalil_events_total", "failed"] == 0
    assert found["dalil_events_waiting",] == 0
    assert found["dalil_outbox_tickets", "waiting"] == 0
    assert found["dalil_index_up",] == found["dalil_database_up",] == 1
    assert found["dalil_index_age_seconds",] >= 0
    assert not any(value for (name, *_), value in found.items() if name == "dalil_search_degraded")


def test_what_is_out_of_order_is_said_to_be(tmp_path: Path, clock: FixedClock, make_site: MakeSite) -> None:
    settings = make_site().extensions["dalil"].settings.model_copy(update={"var_dir": tmp_path / "none"})
    app = site_over(GenerationStore(settings.index_dir, clock), settings, clock)
    closed = open_database(f"sqlite:///{tmp_path / 'gone.db'}")
    with closed.begin() as connection:
        connection.exec_driver_sql("DROP TABLE deliveries")

    found = values(counting(app, closed))

    assert found["dalil_index_up",] == found["dalil_database_up",] == 0


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("203.0.113.9", {}, 403),
        ("127.0.0.1", {"X-Forwarded-For": "203.0.113.9"}, 403),
        ("127.0.0.1", {"Forwarded": "for=203.0.113.9"}, 403),
    ],
)
def test_without_a_token_only_this_machine_may_ask(
    make_site: MakeSite, address: str, headers: dict[str, str], status: int
) -> None:
    answer = make_site().test_client().get("/metrics", environ_base={"REMOTE_ADDR": address}, headers=headers)

    assert answer.status_code == status


@pytest.mark.parametrize(
    ("given", "status"), [(f"Bearer {TOKEN}", 200), (f"bearer {TOKEN}", 200), ("Bearer wrong", 401), ("", 401)]
)
def test_with_a_token_whoever_has_it_may_ask(make_site: MakeSite, given: str, status: int) -> None:
    headers: dict[str, Any] = {"Authorization": given} if given else {}
    client = make_site(metrics_token=TOKEN).test_client()

    answer = client.get("/metrics", environ_base={"REMOTE_ADDR": "203.0.113.9"}, headers=headers)

    assert answer.status_code == status


def test_a_short_token_is_refused_at_start() -> None:
    with pytest.raises(OperatorError, match="32 characters"):
        load_settings({"KB_METRICS_TOKEN": "short"})
