"""The support team reads what self-service achieves: ranges, never a bare number, with all that stands behind it."""

from __future__ import annotations

import codecs
import csv
import io
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from kb.accounts.model import Role
from kb.clock import FixedClock
from kb.model import Language
from kb.statistics.catalogue import METRICS
from kb.statistics.deflection import deflection_range
from kb.statistics.filters import FigureFilters
from kb.statistics.periods import Period, Window
from kb.statistics.rollups import roll_up
from kb.storage.database import open_database
from kb.storage.event_log import append_many
from scripts.simulation.scenario import Scenario
from scripts.simulation.world import FIRST_DAY, simulate
from tests.web.conftest import MakeSite
from tests.web.desk import make_person, post_form, signed_in, with_desk
from tests.web.html import page_of
from web.services import Services
from web.statistics.exports import EXPORTS
from web.statistics.wording import percent, points

HOME = "/desk/stats/"
SIMULATED = "2026-09-01..2026-09-14"
PLACES = ("", "parts", "searches", "articles", "report")


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    path: Path = tmp_path_factory.mktemp("figures")
    engine = open_database(f"sqlite:///{path / 'dalil.db'}")
    world = simulate(Scenario(people=400, holdout=0.3), random.Random(7))
    append_many(engine, world.events)
    roll_up(engine, FixedClock(world.events[-1].at))
    yield engine
    engine.dispose()


@pytest.fixture
def desk(make_site: MakeSite, engine: Engine, clock: FixedClock, tmp_path: Path) -> Iterator[Flask]:
    services: Services = make_site(site_url="http://localhost").extensions["dalil"]
    accounts = open_database(f"sqlite:///{tmp_path / 'accounts.db'}")
    yield with_desk(services, accounts, clock, engine=engine)
    accounts.dispose()


@pytest.fixture
def manager(desk: Flask) -> FlaskClient:
    return signed_in(desk, make_person(desk, Role.MANAGER))


def get(client: FlaskClient, place: str = "", **arguments: str) -> str:
    answer = client.get(HOME + place, query_string={"period": SIMULATED} | arguments)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_data(as_text=True)


def chart_of(html: str, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(html.split(f'id="{name}-data">')[1].split("</script>")[0])
    return found


@pytest.mark.parametrize("place", PLACES)
def test_only_who_may_read_statistics_does(desk: Flask, place: str) -> None:
    agent = signed_in(desk, make_person(desk, Role.AGENT))

    assert desk.test_client().get(HOME + place).status_code == 303
    assert agent.get(HOME + place).status_code == 403


@pytest.mark.parametrize("lang", list(Language))
@pytest.mark.parametrize("place", PLACES)
def test_every_page_shows_in_both_languages(desk: Flask, place: str, lang: Language) -> None:
    client = signed_in(desk, make_person(desk, Role.MANAGER, lang=lang))

    page = page_of(client.get(HOME + place, query_string={"period": SIMULATED}))

    assert page.all("html", lang=lang.value)
    assert page.all("table")


def test_deflection_is_headed_by_a_range_and_not_by_a_number(manager: FlaskClient, engine: Engine) -> None:
    period = Period(FIRST_DAY, FIRST_DAY.replace(day=14))
    interval = deflection_range(engine, period, Window.H72, FigureFilters()).interval
    assert interval is not None

    card = get(manager).split('id="figure-deflection"')[1].split("</details>")[0]

    with manager.application.test_request_context("/en/"):  # the language of the numbers
        assert f"{percent(interval.low)} to {percent(interval.high)}" in card


def test_every_figure_has_its_definition_numerator_and_denominator(manager: FlaskClient) -> None:
    page = page_of(manager.get(HOME, query_string={"period": SIMULATED}))

    for metric in METRICS:
        assert page.all("details", id=f"figure-{metric.name}")
        for text in (metric.title, metric.definition, metric.numerator, metric.denominator):
            assert text in page.text


def test_under_thirty_cases_there_are_counts_only(manager: FlaskClient) -> None:
    card = get(manager, period="2026-08-01").split('id="figure-deflection"')[1].split("</details>")[0]

    assert "0 of 0" in card
    assert "%" not in card.replace("95%", "")


def test_open_periods_are_marked_in_chart_and_table(manager: FlaskClient, clock: FixedClock) -> None:
    closed = chart_of(get(manager), "deflection")
    assert not any(closed["open"])
    clock.instant = clock.instant.replace(month=9, day=15)

    html = get(manager)

    assert chart_of(html, "deflection")["open"][-1] is True
    assert "stats-row-open" in html


def test_a_chart_holds_the_ends_of_ranges_in_order(manager: FlaskClient) -> None:
    series = chart_of(get(manager), "deflection")["series"]

    for values in zip(*(each["values"] for each in series), strict=True):
        if None not in values:
            (low, high), (confirmed, possible) = values
            assert 0 <= low <= confirmed <= possible <= high <= 1


def test_no_page_needs_scripts_or_styles_inside(manager: FlaskClient) -> None:
    page = page_of(manager.get(HOME, query_string={"period": SIMULATED}))

    scripts = [found for found in page.all("script") if found.get("type") != "application/json"]
    assert all(found.get("src") for found in scripts)
    assert not page.all("style")
    assert not [attributes for _, attributes in page.elements if "style" in attributes]


def test_tables_stand_open_and_charts_are_hidden_without_a_script(manager: FlaskClient) -> None:
    page = page_of(manager.get(HOME, query_string={"period": SIMULATED}))

    tables = [found for found in page.all("details") if "data-beside-chart" in found]
    charts = [found for found in page.all("div") if "data-chart" in found]
    assert len(tables) == len(charts) == 2
    assert all("open" in found for found in tables)
    assert all("hidden" in found for found in charts)


def test_filters_limit_figures_and_stay_in_links(manager: FlaskClient) -> None:
    everything, arabic = chart_of(get(manager), "outcomes"), chart_of(get(manager, lang="ar"), "outcomes")
    html = get(manager, lang="ar", channel="site", window="24h", grain="week")

    assert total(arabic) < total(everything)
    assert "/desk/stats/export/deflection.csv?" in html
    export = html.split("/desk/stats/export/deflection.csv?")[1].split('"')[0]
    assert all(part in export for part in ("lang=ar", "channel=site", "window=24h", "grain=week"))


def total(chart: dict[str, Any]) -> int:
    return sum(sum(each["values"]) for each in chart["series"])


@pytest.mark.parametrize("name", sorted(EXPORTS))
def test_what_a_table_shows_is_exported_as_csv_and_json(manager: FlaskClient, name: str) -> None:
    arguments = {"period": SIMULATED}
    as_json = manager.get(f"{HOME}export/{name}.json", query_string=arguments)
    as_csv = manager.get(f"{HOME}export/{name}.csv", query_string=arguments)

    records = as_json.get_json()
    assert as_csv.data.startswith(codecs.BOM_UTF8)
    lines = list(csv.DictReader(io.StringIO(as_csv.data.decode("utf-8-sig"))))
    assert as_csv.headers["Content-Disposition"] == f"attachment; filename={name}-2026-09-01-2026-09-14.csv"
    assert len(records) == len(lines)
    assert not records or list(records[0]) == list(lines[0])


def test_no_two_tables_of_a_page_export_the_same_file(manager: FlaskClient) -> None:
    for page in ("", "parts", "searches", "articles"):
        html = manager.get(f"{HOME}{page}", query_string={"period": SIMULATED}).get_data(as_text=True)
        links = re.findall(r"/desk/stats/export/[\w-]+\.csv\?[^\"]*", html)
        files = [manager.get(link.replace("&amp;", "&")).data for link in links]

        assert len(links) > 1
        assert len(set(files)) == len(set(links)) == len(links), page


@pytest.mark.parametrize(
    "period", ["soon", "2026-13", "2026-09-14..2026-09-01", "0001-01-01..9999-12-31", "last-0-days"]
)
def test_an_unreadable_period_is_said_to_be_and_never_exported(manager: FlaskClient, period: str) -> None:
    page = manager.get(HOME, query_string={"period": period})

    assert page.status_code == 400
    assert "cannot be read" in page.get_data(as_text=True)
    assert manager.get(f"{HOME}export/deflection.csv", query_string={"period": period}).status_code == 400


def test_unknown_filters_and_exports_are_refused_or_left_out(manager: FlaskClient) -> None:
    assert get(manager, lang="xx", channel="<b>", article="en:", grain="hour", window="1h")
    assert manager.get(f"{HOME}export/passwords.csv").status_code == 404


def test_a_note_is_written_shown_in_charts_and_removed(manager: FlaskClient) -> None:
    home = f"{HOME}?period={SIMULATED}"
    path = f"{HOME}notes?period={SIMULATED}"
    assert post_form(manager, home, path, day="2026-09-03", kind="release", text="<b>App 9</b>").status_code == 303

    html = get(manager)
    assert chart_of(html, "deflection")["marks"][0]["text"] == "Release: <b>App 9</b> (3 September 2026)"
    assert "<b>App 9" not in html
    remove = html.split('action="/desk/stats/notes/')[1].split("/remove")[0]
    assert post_form(manager, home, f"{HOME}notes/{remove}/remove").status_code == 303
    assert "App 9" not in get(manager)
    assert post_form(manager, home, f"{HOME}notes/{remove}/remove").status_code == 404


def test_a_faulty_note_is_refused_and_kept(manager: FlaskClient) -> None:
    answer = post_form(manager, HOME, f"{HOME}notes", day="soon", kind="release", text="App 9")

    assert answer.status_code == 400
    assert "App 9" in answer.get_data(as_text=True)


def test_searches_are_never_limited_by_category_or_article(manager: FlaskClient) -> None:
    assert chart_of(get(manager, "searches"), "searches") == chart_of(
        get(manager, "searches", category="delivery"), "searches"
    )


def test_the_report_is_of_the_last_whole_month(manager: FlaskClient) -> None:
    text = page_of(manager.get(f"{HOME}report")).text

    assert "1 October 2026 – 31 October 2026" in text
    assert all(metric.definition in text for metric in METRICS)


@pytest.mark.parametrize(
    ("share", "difference", "words"),
    [(0.09, -0.021, ("9.0%", "\u2066\u22122.1\u2069 points")), (None, 0.2, ("\u2014", "\u2066+20.0\u2069 points"))],
)
def test_shares_have_one_decimal_and_differences_their_sign(
    desk: Flask, share: float | None, difference: float, words: tuple[str, str]
) -> None:
    with desk.test_request_context("/en/"):
        assert (percent(share), points(difference)) == words
