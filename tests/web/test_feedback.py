"""Votes on articles: with and without a script, once for each visitor and revision, refused clearly."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from kb.clock import FixedClock
from kb.events import Reason, Traffic, Verdict, Voted
from kb.storage.event_log import MAXIMUM_COMMENT_LENGTH
from kb.storage.generations import GenerationStore
from tests.personal_data import personal_items, squeezed
from tests.web.html import page_of
from tests.web.reader_site import ReaderSite, hidden_fields, open_page, open_site

ARTICLE = "/en/articles/track-order"
VOTE = f"{ARTICLE}/feedback"


@pytest.fixture
def site(store: GenerationStore, tmp_path: Path, clock: FixedClock) -> ReaderSite:
    return open_site(store, tmp_path, clock)


@pytest.fixture
def reader(site: ReaderSite) -> FlaskClient:
    return site.reader()


def vote(client: FlaskClient, page: str = ARTICLE, **answer: str) -> TestResponse:
    """Send the form of a page as a browser without scripts would."""
    fields = hidden_fields(open_page(client, page), VOTE)
    return client.post(VOTE, data=fields | answer)


def test_one_tap_votes_without_a_script_and_leads_back_to_the_article(site: ReaderSite, reader: FlaskClient) -> None:
    response = vote(reader, verdict="helpful")

    assert response.status_code == 303
    assert response.location.startswith(ARTICLE)
    assert response.location.endswith("#feedback")
    assert [(row.verdict, row.article_id) for row in site.votes()] == [("helpful", "track-order")]


def test_the_page_after_a_vote_thanks_and_offers_the_next_step(reader: FlaskClient) -> None:
    after = vote(reader, verdict="helpful").location

    page = open_page(reader, after)

    assert "Thank you" in page.text
    assert page.all("button", value="helpful")[0]["aria-pressed"] == "true"
    assert not page.all("input", name="reason")


def test_who_was_not_helped_is_asked_why_and_shown_the_way_to_a_person(site: ReaderSite, reader: FlaskClient) -> None:
    after = vote(reader, verdict="unhelpful").location
    page = open_page(reader, after)
    assert {found["value"] for found in page.all("input", name="reason")} == {str(reason) for reason in Reason}
    assert "/en/contact" in page.links()

    vote(reader, after, verdict="unhelpful", reason="out_of_date", comment="Prices changed")

    (row,) = site.votes()
    assert (row.verdict, row.reason, row.comment) == ("unhelpful", "out_of_date", "Prices changed")


def test_a_vote_can_be_changed_and_counts_once(site: ReaderSite, reader: FlaskClient, clock: FixedClock) -> None:
    for verdict in ("helpful", "unhelpful", "helpful"):
        clock.instant += timedelta(seconds=1)
        vote(reader, verdict=verdict)

    assert [row.verdict for row in site.votes()] == ["helpful"]


def test_sending_the_same_form_again_counts_once(site: ReaderSite, reader: FlaskClient) -> None:
    fields = hidden_fields(open_page(reader, ARTICLE), VOTE) | {"verdict": "helpful"}

    for _ in range(3):
        after = reader.post(VOTE, data=fields).location
        open_page(reader, after)
        open_page(reader, after)

    assert len(site.votes()) == 1


def test_a_vote_remembers_the_search_that_led_there(site: ReaderSite, reader: FlaskClient) -> None:
    results = open_page(reader, "/en/search?q=track my order")
    link = next(link for link in results.links() if "/articles/track-order" in link)

    vote(reader, link, verdict="helpful")

    (event,) = site.events(Voted)
    assert event.search is not None
    assert event.search in link


def test_a_script_gets_the_panel_alone(reader: FlaskClient) -> None:
    fields = hidden_fields(open_page(reader, ARTICLE), VOTE)

    response = reader.post(VOTE, data=fields | {"verdict": "unhelpful"}, headers={"X-Requested-With": "fetch"})

    assert response.status_code == 200
    assert response.text.lstrip().startswith("<section")
    assert response.cache_control.no_store


def test_readers_without_a_cookie_vote_once_and_can_change_their_mind(site: ReaderSite) -> None:
    reader = site.reader(DNT="1")

    after = vote(reader, verdict="unhelpful").location
    vote(reader, after, verdict="unhelpful", reason="unclear")

    assert [(row.verdict, row.reason) for row in site.votes()] == [("unhelpful", "unclear")]
    assert reader.get_cookie("visitor") is None


@pytest.mark.parametrize(
    "headers", [{"User_Agent": "Mozilla/5.0 (compatible; bingbot/2.0)"}, {"Sec_Purpose": "prefetch"}]
)
def test_bots_and_prefetches_do_not_vote(site: ReaderSite, headers: dict[str, str]) -> None:
    vote(site.reader(**headers), verdict="helpful")

    assert site.votes() == []
    assert all(event.origin.traffic is not Traffic.READER for event in site.events(Voted))


@pytest.mark.parametrize("token", ["", "nonsense", "WyJmZWVkYmFjayJd.c2lnbmVk"])
def test_a_forged_token_is_refused_and_the_form_shown_again(site: ReaderSite, reader: FlaskClient, token: str) -> None:
    response = reader.post(VOTE, data={"token": token, "verdict": "helpful"})

    assert response.status_code == 400
    assert "could not accept" in page_of(response).text
    assert hidden_fields(page_of(response), VOTE)["token"]
    assert site.votes() == []


def test_the_token_of_another_article_is_refused(site: ReaderSite, reader: FlaskClient) -> None:
    other = hidden_fields(open_page(reader, "/en/articles/apple"), "/en/articles/apple/feedback")

    assert reader.post(VOTE, data=other | {"verdict": "helpful"}).status_code == 400
    assert site.votes() == []


def test_a_form_from_yesterday_is_refused_with_a_fresh_one(
    site: ReaderSite, reader: FlaskClient, clock: FixedClock
) -> None:
    fields = hidden_fields(open_page(reader, ARTICLE), VOTE) | {"verdict": "helpful"}
    clock.instant += timedelta(hours=26)

    refused = reader.post(VOTE, data=fields)
    assert refused.status_code == 400
    assert "open for too long" in page_of(refused).text

    accepted = reader.post(VOTE, data=hidden_fields(page_of(refused), VOTE) | {"verdict": "helpful"})
    assert accepted.status_code == 303


@pytest.mark.parametrize("headers", [{"Sec_Fetch_Site": "cross-site"}, {"Sec_Fetch_Site": "same-site"}])
def test_a_vote_from_another_site_is_refused(site: ReaderSite, headers: dict[str, str]) -> None:
    fields = hidden_fields(open_page(site.reader(), ARTICLE), VOTE)

    assert site.reader(**headers).post(VOTE, data=fields | {"verdict": "helpful"}).status_code == 403
    assert site.votes() == []


def test_older_browsers_are_judged_by_the_origin(site: ReaderSite) -> None:
    fields = hidden_fields(open_page(site.reader(), ARTICLE), VOTE) | {"verdict": "helpful"}
    there = site.reader(Sec_Fetch_Site="", Origin="https://elsewhere.example")
    here = site.reader(Sec_Fetch_Site="", Origin="http://localhost")

    assert there.post(VOTE, data=fields).status_code == 403
    assert here.post(VOTE, data=fields).status_code == 303


@pytest.mark.parametrize("answer", [{}, {"verdict": "maybe"}, {"verdict": "unhelpful", "reason": "boring"}])
def test_answers_that_are_none_are_refused(site: ReaderSite, reader: FlaskClient, answer: dict[str, str]) -> None:
    assert vote(reader, **answer).status_code == 400
    assert site.votes() == []


def test_an_oversized_comment_is_refused_and_kept_in_the_form(site: ReaderSite, reader: FlaskClient) -> None:
    after = vote(reader, verdict="unhelpful").location
    fields = hidden_fields(open_page(reader, after), VOTE)

    comment = "x" * (MAXIMUM_COMMENT_LENGTH + 1)
    response = reader.post(VOTE, data=fields | {"verdict": "unhelpful", "reason": "other", "comment": comment})

    assert response.status_code == 400
    assert comment in response.text
    assert [row.reason for row in site.votes()] == [None]


def test_a_body_beyond_the_limit_is_refused_before_it_is_read(reader: FlaskClient) -> None:
    assert reader.post(VOTE, data={"comment": "x" * 100_000}).status_code == 413


def test_html_in_a_comment_is_stored_and_shown_as_text(site: ReaderSite, reader: FlaskClient) -> None:
    comment = "<script>alert(1)</script><b>bold</b>"
    after = vote(reader, verdict="unhelpful").location
    fields = hidden_fields(open_page(reader, after), VOTE)

    refused = reader.post(VOTE, data=fields | {"verdict": "unhelpful", "reason": "none", "comment": comment})
    vote(reader, after, verdict="unhelpful", reason="other", comment=comment)

    assert "<script>alert" not in refused.text
    assert [row.comment for row in site.votes()] == [comment]


def test_votes_for_unknown_or_hidden_articles_are_not_found(site: ReaderSite, reader: FlaskClient) -> None:
    fields = hidden_fields(open_page(reader, ARTICLE), VOTE) | {"verdict": "helpful"}

    for slug in ("nothing-here", "refund-override", "coming"):
        assert reader.post(f"/en/articles/{slug}/feedback", data=fields).status_code == 404
    assert site.votes() == []


def test_a_vote_that_cannot_be_stored_is_not_thanked_for(site: ReaderSite, reader: FlaskClient) -> None:
    fields = hidden_fields(open_page(reader, ARTICLE), VOTE) | {"verdict": "helpful"}
    with site.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE votes")

    response = reader.post(VOTE, data=fields)

    assert response.status_code == 503
    assert "could not be saved" in page_of(response).text


def test_personal_data_in_comments_is_stored_nowhere(site: ReaderSite, reader: FlaskClient) -> None:
    items = personal_items(seed=7, count=100)
    after = vote(reader, verdict="unhelpful").location
    fields = hidden_fields(open_page(reader, after), VOTE) | {"verdict": "unhelpful", "reason": "other"}

    for item in items:
        assert reader.post(VOTE, data=fields | {"comment": item.text}).status_code == 303

    stored = squeezed(" ".join(event.comment for event in site.events(Voted)))
    assert [item.secret for item in items if item.core in stored] == []


def test_looking_at_the_address_of_votes_leads_to_the_form(reader: FlaskClient) -> None:
    assert reader.get(VOTE).location == f"{ARTICLE}#feedback"


def test_arabic_articles_ask_in_arabic(site: ReaderSite) -> None:
    page = open_page(site.reader(), "/ar/articles/تتبع-الطلب")

    assert "هل أفادتك هذه المقالة؟" in page.text  # was this article helpful


def test_a_verdict_of_the_log_is_the_one_that_was_tapped(site: ReaderSite, reader: FlaskClient) -> None:
    vote(reader, verdict="unhelpful")

    (event,) = site.events(Voted)
    assert (event.verdict, event.reason) == (Verdict.UNHELPFUL, None)
