"""What public pages record of readers, and what they leave alone."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient

from kb.clock import FixedClock
from kb.events import (
    ArticleViewed,
    Channel,
    ChannelChosen,
    Event,
    PersonWanted,
    ResultOpened,
    Searched,
    Traffic,
    ViewTimed,
)
from kb.storage.generations import GenerationStore
from tests.web.html import page_of
from tests.web.reader_site import BROWSER, ReaderSite, open_page, open_site
from web.metrics.counters import counters_of
from web.tracking.beacons import LARGEST_BEACON

TRACK = "/en/articles/track-order"
NOON_OF_THE_TEST = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def site(store: GenerationStore, tmp_path: Path, clock: FixedClock) -> ReaderSite:
    return open_site(store, tmp_path, clock)


def first_result(client: FlaskClient, query: str = "track my order") -> str:
    page = open_page(client, f"/en/search?q={query}")
    return next(link for link in page.links() if "/articles/" in link and "s=" in link)


def test_a_search_the_opened_result_and_the_view_hang_together(site: ReaderSite) -> None:
    reader = site.reader()

    link = first_result(reader)
    open_page(reader, link)

    (search,), (opened,), (view,) = site.events(Searched), site.events(ResultOpened), site.events(ArticleViewed)
    assert (search.query, search.found_nothing) == ("track my order", False)
    assert (opened.search, opened.rank) == (search.id, 1)
    assert view.search == search.id
    assert view.article == opened.article
    assert {event.origin.visitor for event in (search, opened, view)} == {search.origin.visitor}
    assert [event.origin.recognised for event in (search, opened, view)] == [False, True, True]


def test_who_asks_for_a_person_is_recorded_apart_and_not_as_a_search_that_failed(site: ReaderSite) -> None:
    open_page(site.reader(), "/en/search?q=speak to a human, my number is 0501234567")

    (wanted,) = site.events(PersonWanted)
    assert wanted.query.startswith("speak to a human")
    assert "0501234567" not in wanted.query
    assert site.events(Searched) == []


def test_looking_again_records_nothing_twice(site: ReaderSite) -> None:
    reader = site.reader()
    link = first_result(reader)

    for path in (link, link, TRACK):
        open_page(reader, path)
    first_result(reader)
    open_page(reader, "/en/search?q=track my order&page=2")

    assert len(site.events(Searched)) == len(site.events(ResultOpened)) == len(site.events(ArticleViewed)) == 1


def test_the_same_article_an_hour_later_is_another_view(site: ReaderSite, clock: FixedClock) -> None:
    reader = site.reader()
    open_page(reader, TRACK)
    clock.instant += timedelta(hours=1)
    open_page(reader, TRACK)

    assert len(site.events(ArticleViewed)) == 2


def test_a_link_that_somebody_else_shared_is_not_the_click_of_who_follows_it(site: ReaderSite) -> None:
    link = first_result(site.reader())

    open_page(site.reader(), link)

    assert site.events(ResultOpened) == []
    assert [view.search for view in site.events(ArticleViewed)] == [None]


def test_article_pages_stay_the_same_for_everybody_and_public(site: ReaderSite) -> None:
    one, other = site.reader(), site.reader()
    for reader in (one, other):
        first = reader.get(TRACK)
        assert first.cache_control.private  # it sets the cookie
        assert first.headers["Set-Cookie"].startswith("visitor=")

    again = [reader.get(TRACK) for reader in (one, other)]

    assert again[0].data == again[1].data
    assert all(response.cache_control.public and "Set-Cookie" not in response.headers for response in again)
    assert one.get(TRACK, headers={"If-None-Match": again[0].headers["ETag"]}).status_code == 304


def test_pages_of_results_are_kept_by_no_shared_cache(site: ReaderSite) -> None:
    reader = site.reader()
    reader.get(TRACK)

    assert reader.get("/en/search?q=password").cache_control.private


def test_the_cookie_is_first_party_and_out_of_reach_of_scripts(site: ReaderSite) -> None:
    cookie = site.reader().get(TRACK).headers["Set-Cookie"]

    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


@pytest.mark.parametrize("headers", [{"DNT": "1"}, {"Sec_GPC": "1"}])
def test_readers_who_ask_not_to_be_followed_get_no_cookie_and_leave_no_trace(
    site: ReaderSite, headers: dict[str, str]
) -> None:
    reader = site.reader(**headers)

    page = open_page(reader, "/en/search?q=track my order")
    response = reader.get(TRACK)

    assert "Set-Cookie" not in response.headers
    assert not [link for link in page.links() if "s=" in urlsplit(link).query]
    assert site.events(Event) == []


@pytest.mark.parametrize(
    ("headers", "traffic"),
    [
        ({"User_Agent": "Mozilla/5.0 (compatible; Googlebot/2.1)"}, Traffic.BOT),
        ({"Sec_Purpose": "prefetch;prerender"}, Traffic.PREFETCH),
    ],
)
def test_bots_and_prefetches_are_told_apart_and_get_no_cookie(
    site: ReaderSite, headers: dict[str, str], traffic: Traffic
) -> None:
    response = site.reader(**headers).get(TRACK)

    assert "Set-Cookie" not in response.headers
    assert [event.origin.traffic for event in site.events(ArticleViewed)] == [traffic]


AHEAD = {"Sec-Purpose": "prefetch;prerender"}


def read(reader: FlaskClient, age_s: float, dwell_s: float, article: str = "track-order") -> None:
    beacon = {"kind": "dwell", "article": article, "lang": "en", "age_s": age_s, "dwell_s": dwell_s}
    assert reader.post("/api/v1/events", json=beacon).status_code == 204


def kinds(site: ReaderSite) -> list[tuple[str, Traffic]]:
    return sorted((type(event).__name__, event.origin.traffic) for event in site.events(Event))


@pytest.mark.parametrize("reports", [(20.0,), (0.0,), (0.0, 11.0, 20.0)])
@pytest.mark.parametrize("purpose", ["prefetch;prerender", "prefetch", "prefetch;anonymous-client-ip"])
def test_a_result_that_was_fetched_ahead_counts_once_its_reader_sees_it(
    site: ReaderSite, clock: FixedClock, reports: tuple[float, ...], purpose: str
) -> None:
    reader = site.reader()
    link = first_result(reader)
    reader.get(link, headers={"Sec-Purpose": purpose})
    clock.instant += timedelta(seconds=5)
    for dwell_s in reports:
        clock.instant += timedelta(seconds=dwell_s)
        read(reader, (clock.now() - NOON_OF_THE_TEST).total_seconds(), dwell_s)

    readers = [event for event in site.events(Event) if event.origin.traffic is Traffic.READER]
    (search,) = site.events(Searched)
    (opened,) = [event for event in readers if isinstance(event, ResultOpened)]
    (view,) = [event for event in readers if isinstance(event, ArticleViewed)]
    assert (opened.search, opened.rank, view.search) == (search.id, 1, search.id)
    assert {event.origin.visitor for event in readers} == {search.origin.visitor}
    assert {event.view for event in readers if isinstance(event, ViewTimed)} == {view.id}
    assert view.at >= search.at + timedelta(seconds=5)


def test_what_was_fetched_ahead_and_never_shown_does_not_count(site: ReaderSite) -> None:
    reader = site.reader()
    link = first_result(reader)
    reader.get(link, headers=AHEAD)
    open_page(reader, "/en/articles/reset-password")
    read(reader, 20, 20, "reset-password")

    assert kinds(site) == [
        ("ArticleViewed", Traffic.PREFETCH),
        ("ArticleViewed", Traffic.READER),
        ("ResultOpened", Traffic.PREFETCH),
        ("Searched", Traffic.READER),
        ("ViewTimed", Traffic.READER),
    ]


def test_who_opens_what_was_fetched_ahead_by_a_request_of_their_own_counts_once(site: ReaderSite) -> None:
    reader = site.reader()
    link = first_result(reader)
    reader.get(link, headers=AHEAD)
    open_page(reader, link)
    read(reader, 20, 20)

    assert kinds(site).count(("ArticleViewed", Traffic.READER)) == 1
    assert kinds(site).count(("ResultOpened", Traffic.READER)) == 1


def test_a_search_page_that_was_fetched_ahead_counts_with_its_first_click(site: ReaderSite) -> None:
    reader = site.reader()
    open_page(reader, TRACK)
    page = page_of(reader.get("/en/search?q=track my order", headers=AHEAD))
    link = next(link for link in page.links() if "/articles/" in link and "s=" in link)
    open_page(reader, link)

    searches = {search.origin.traffic: search for search in site.events(Searched)}
    (opened,) = site.events(ResultOpened)
    assert searches.keys() == {Traffic.READER, Traffic.PREFETCH}
    assert opened.search == searches[Traffic.READER].id


def test_a_page_that_was_fetched_ahead_of_somebody_unknown_counts_when_it_is_shown(site: ReaderSite) -> None:
    reader = site.reader()
    assert "Set-Cookie" not in reader.get(TRACK, headers=AHEAD).headers
    read(reader, 5, 0)
    read(reader, 16, 11)

    (view,) = [event for event in site.events(ArticleViewed) if event.origin.traffic is Traffic.READER]
    assert [timed.view for timed in site.events(ViewTimed)] == [view.id, view.id]


@pytest.mark.parametrize("header", ["DNT", "Sec_GPC"])
def test_nothing_fetched_ahead_is_kept_of_readers_who_want_no_record(site: ReaderSite, header: str) -> None:
    reader = site.reader(**{header: "1"})
    reader.get(TRACK, headers=AHEAD)
    read(reader, 20, 0)

    assert site.events(Event) == []


def test_head_requests_and_missing_articles_record_nothing(site: ReaderSite) -> None:
    reader = site.reader()

    reader.head(TRACK)
    reader.get("/en/articles/nothing-here")

    assert site.events(Event) == []


def test_a_beacon_reports_how_long_the_view_was_visible(site: ReaderSite, clock: FixedClock) -> None:
    reader = site.reader()
    open_page(reader, TRACK)
    clock.instant += timedelta(seconds=40)

    beacon = {"kind": "dwell", "article": "track-order", "lang": "en", "age_s": 40, "dwell_s": 31.5}
    response = reader.post("/api/v1/events", json=beacon)

    (view,), (timed,) = site.events(ArticleViewed), site.events(ViewTimed)
    assert response.status_code == 204
    assert (timed.view, timed.dwell_s, timed.origin.visitor) == (view.id, 31.5, view.origin.visitor)


def test_a_followed_contact_link_is_recorded(site: ReaderSite) -> None:
    response = site.reader().post("/api/v1/events", json={"kind": "channel", "channel": "phone", "lang": "ar"})

    assert response.status_code == 204
    assert [(event.chosen, event.origin.lang) for event in site.events(ChannelChosen)] == [(Channel.PHONE, "ar")]


def test_a_beacon_renews_the_cookie_of_who_only_reads(site: ReaderSite) -> None:
    reader = site.reader()
    open_page(reader, TRACK)

    response = reader.post("/api/v1/events", json={"kind": "channel", "channel": "phone", "lang": "ar"})

    (kept,) = [each for each in response.headers.getlist("Set-Cookie") if each.startswith("visitor=")]
    known = reader.get_cookie("visitor")
    assert known is not None and known.value in kept
    assert "HttpOnly" in kept and "SameSite=Lax" in kept
    assert len({event.origin.visitor for event in site.events(Event)}) == 1


@pytest.mark.parametrize("header", ["DNT", "Sec_GPC"])
def test_beacons_of_readers_who_want_no_record_leave_nothing(site: ReaderSite, header: str) -> None:
    reader = site.reader(**{header: "1"})

    beacon = {"kind": "dwell", "article": "track-order", "lang": "en", "age_s": 40, "dwell_s": 31.5}
    response = reader.post("/api/v1/events", json=beacon)

    assert (response.status_code, response.headers.getlist("Set-Cookie")) == (204, [])
    assert site.events(Event) == []


@pytest.mark.parametrize(
    "beacon",
    [
        {},
        [],
        {"kind": "vote"},
        {"kind": "channel", "channel": "pigeon", "lang": "ar"},
        {"kind": "dwell", "article": "track-order", "lang": "en", "age_s": 5, "dwell_s": -1},
        {"kind": "dwell", "article": "track-order", "lang": "en", "age_s": 5, "dwell_s": 1e12},
        {"kind": "dwell", "article": "track-order", "lang": "en", "age_s": 5, "dwell_s": 1, "visitor": "me"},
    ],
)
def test_beacons_that_say_something_else_are_refused(site: ReaderSite, beacon: object) -> None:
    response = site.reader().post("/api/v1/events", json=beacon)

    assert response.status_code == 400
    assert response.mimetype == "application/problem+json"
    assert site.events(Event) == []


def test_beacons_from_other_sites_are_refused(site: ReaderSite) -> None:
    beacon = {"kind": "channel", "channel": "phone", "lang": "ar"}

    assert site.reader(Sec_Fetch_Site="cross-site").post("/api/v1/events", json=beacon).status_code == 403
    assert site.events(Event) == []


def test_beacons_are_judged_by_the_name_that_a_trusted_proxy_gives(
    store: GenerationStore, tmp_path: Path, clock: FixedClock
) -> None:
    names = "www.help.example inside.example"
    site = open_site(store, tmp_path, clock, site_url="https://help.example", trusted_proxies=1, trusted_hosts=names)
    beacon = {"kind": "channel", "channel": "phone", "lang": "ar"}

    def status(host: str) -> int:
        headers = {"Origin": "https://www.help.example", "X-Forwarded-Host": host}
        return site.reader(Sec_Fetch_Site="").post("/api/v1/events", json=beacon, headers=headers).status_code

    assert (status("www.help.example"), status("inside.example")) == (204, 403)


@pytest.mark.parametrize(
    ("method", "body", "status"),
    [
        ("GET", b"", 405),
        ("PUT", b"{}", 405),
        ("POST", b"", 411),
        ("POST", b"{", 400),
        ("POST", b"\xff\xfe", 400),
        ("POST", b'{"kind": "' + b"x" * LARGEST_BEACON, 413),
    ],
)
def test_what_is_no_beacon_gets_a_problem_document(site: ReaderSite, method: str, body: bytes, status: int) -> None:
    response = site.reader().open("/api/v1/events", method=method, data=body)

    assert (response.status_code, response.mimetype) == (status, "application/problem+json")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert site.events(Event) == []


def test_beacons_are_counted_among_the_requests(site: ReaderSite) -> None:
    site.reader().post("/api/v1/events", json={"kind": "channel", "channel": "phone", "lang": "ar"})
    counted = counters_of(site.app).registry

    labels = {"endpoint": "api.events", "method": "POST", "status": "204", "worker": str(os.getpid())}
    assert counted.get_sample_value("dalil_requests_total", labels) == 1


def test_a_beacon_without_an_index_is_answered_with_what_to_wait_for(
    tmp_path: Path, clock: FixedClock, caplog: pytest.LogCaptureFixture
) -> None:
    site = open_site(GenerationStore(tmp_path / "none", clock), tmp_path, clock)

    beacon = {"kind": "dwell", "article": "track-order", "lang": "en", "age_s": 40, "dwell_s": 31.5}
    response = site.reader().post("/api/v1/events", json=beacon)

    assert (response.status_code, response.mimetype) == (503, "application/problem+json")
    assert "Retry-After" in response.headers
    assert "kb index" in caplog.text


def test_searches_through_the_api_are_recorded_as_such(site: ReaderSite) -> None:
    response = site.reader().get("/api/v1/search?q=track my order&lang=en")

    (search,) = site.events(Searched)
    assert response.json is not None
    assert (search.id, search.origin.channel) == (response.json["search_id"], Channel.API)
    assert "Set-Cookie" not in response.headers


def test_a_failing_log_fails_no_page(site: ReaderSite) -> None:
    reader = site.reader()
    link = first_result(reader)
    with site.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE events")

    assert reader.get(link).status_code == 200
    assert reader.get("/en/search?q=password").status_code == 200


def test_what_is_typed_into_the_search_is_stored_masked(site: ReaderSite) -> None:
    site.reader().get("/en/search", query_string={"q": "where is my order ٠٥٥١٢٣٤٥٦٧ reem@example.com"})

    (search,) = site.events(Searched)
    assert "551234567" not in search.query
    assert "reem@" not in site.dump()


def test_no_identity_stands_in_the_address_of_a_result(site: ReaderSite) -> None:
    reader = site.reader()
    link = first_result(reader)

    cookie = reader.get_cookie("visitor")
    (search,) = site.events(Searched)
    assert cookie is not None
    assert cookie.value not in link
    assert search.origin.visitor not in link
    assert set(parse_qs(urlsplit(link).query)) == {"s", "r"}


def test_signed_in_staff_is_told_apart(site: ReaderSite) -> None:
    reader = site.reader()
    reader.set_cookie("staff", "1")

    reader.get(TRACK)

    assert [event.origin.traffic for event in site.events(ArticleViewed)] == [Traffic.STAFF]


def test_the_name_of_a_browser_is_kept_nowhere(site: ReaderSite) -> None:
    site.reader().get(TRACK, environ_base={"REMOTE_ADDR": "203.0.113.77"})

    dump = site.dump()
    assert "203.0.113.77" not in dump
    assert BROWSER not in dump
