"""Editors work down their queues: evidence, fixes that are tried on the spot, and nothing typed is ever lost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from markupsafe import escape
from sqlalchemy import Engine

from indexer.articles.loading import load_tree
from indexer.build.pipeline import build_generation
from kb.accounts.model import Role
from kb.clock import FixedClock
from kb.curation.store import CurationStore
from kb.events import Event, Reason, Verdict
from kb.model import ArticleKey, Language
from kb.statistics.rollups import roll_up
from kb.storage.database import open_database
from kb.storage.event_log import append_many
from kb.storage.generations import GenerationStore
from tests.article_trees import valid_tree, write_tree
from tests.factories import HashingEmbedder
from tests.stories import NOON, Story, seen
from tests.web.conftest import MakeSite
from tests.web.desk import accounts_of, make_person, post_form, signed_in, with_desk
from tests.web.html import page_of
from tests.web.small_services import analyzer
from web.desk.access import SESSION_COOKIE
from web.services import Services

HOME = "/desk/editor/"
QUEUES = ("unanswered", "unopened", "disliked", "contacted", "overdue", "untranslated")


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(f"sqlite:///{tmp_path / 'dalil.db'}")
    yield engine
    engine.dispose()


@pytest.fixture
def desk(make_site: MakeSite, engine: Engine, clock: FixedClock) -> Flask:
    services: Services = make_site(site_url="http://localhost", k_anonymity=2).extensions["dalil"]
    return with_desk(services, engine, clock)


@pytest.fixture
def editor(desk: Flask) -> FlaskClient:
    return signed_in(desk, make_person(desk, Role.EDITOR))


def tell(engine: Engine, at: datetime, *stories: Story) -> None:
    """Record stories as if their noon were at an instant."""
    moved: list[Event] = [replace(event, at=event.at - NOON + at) for story in stories for event in story.events]
    append_many(engine, moved)
    assert roll_up(engine, FixedClock(at)) is not None


def failing(query: str, *visitors: str) -> list[Story]:
    stories = [Story(visitor) for visitor in visitors]
    for story in stories:
        story.search(0, query, results=0)
    return stories


def first_item(client: FlaskClient, queue: str = "unanswered") -> str:
    page = client.get(f"{HOME}queues/{queue}").get_data(as_text=True)
    found = re.search(rf'href="({HOME}queues/{queue}/[^"?]+)"', page)
    assert found is not None, page
    return found[1]


@pytest.mark.parametrize("lang", Language)
def test_empty_queues_open_in_both_languages(desk: Flask, lang: Language) -> None:
    client = signed_in(desk, make_person(desk, Role.EDITOR, lang=lang))
    for path in (HOME, f"{HOME}replay", *(f"{HOME}queues/{queue}" for queue in QUEUES)):
        assert client.get(path).status_code == 200, path


def test_agents_have_no_queues(desk: Flask) -> None:
    client = signed_in(desk, make_person(desk, Role.AGENT))
    assert client.get(HOME).status_code == 403


def test_what_few_people_typed_is_counted_and_never_shown(
    editor: FlaskClient, engine: Engine, clock: FixedClock
) -> None:
    tell(engine, clock.now(), *failing("zorgle size", "a"), *failing("zorgle", "b", "c"))

    page = editor.get(first_item(editor)).get_data(as_text=True)

    assert "zorgle" in page
    assert "zorgle size" not in page
    assert "Searches in words that too few people typed to be shown: 1" in page


def test_synonyms_are_tried_again_at_once_and_the_result_is_shown(
    editor: FlaskClient, engine: Engine, clock: FixedClock
) -> None:
    tell(engine, clock.now(), *failing("zorgle", "a", "b"))
    item = first_item(editor)

    answer = post_form(editor, item, f"{item}/synonyms", article="track-order", terms="zorgle", replacements="parcel")

    text = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "1 of 1 wording finds the article now, 0 did before" in text
    assert "Synonyms: zorgle → parcel" in page_of(editor.get(item)).text


def test_a_pin_makes_the_cluster_succeed(editor: FlaskClient, engine: Engine, clock: FixedClock) -> None:
    tell(engine, clock.now(), *failing("zorgle", "a", "b"))
    item = first_item(editor)

    text = post_form(editor, item, f"{item}/pin", article="track-order", patterns="zorgle").get_data(as_text=True)

    assert "1 of 1 wording finds the article now" in text


@pytest.mark.parametrize(
    ("fix", "fields"),
    [
        ("synonyms", {"article": "nope", "terms": "zorgle", "replacements": "parcel"}),
        ("synonyms", {"article": "track-order", "terms": "", "replacements": "parcel"}),
        ("pin", {"article": "refund-override", "patterns": "zorgle"}),
        ("pin", {"article": "track-order", "patterns": "x" * 200}),
    ],
)
def test_a_faulty_fix_is_refused_and_changes_nothing(
    editor: FlaskClient, engine: Engine, clock: FixedClock, fix: str, fields: dict[str, str]
) -> None:
    tell(engine, clock.now(), *failing("zorgle", "a", "b"))
    item = first_item(editor)

    assert post_form(editor, item, f"{item}/{fix}", **fields).status_code == 400
    rules = CurationStore(engine, clock).rules()
    assert (rules.synonyms, rules.results) == ((), ())


@pytest.mark.parametrize(
    ("fix", "fields"),
    [
        ("synonyms", {"article": "track-order", "terms": "zorgle\n" + "x" * 200, "replacements": "parcel &c"}),
        ("pin", {"article": "nope", "patterns": "zorgle\nwhere is it"}),
        ("pin", {"article": "track-order", "patterns": "zorgle\n" + "y" * 200}),
    ],
)
def test_a_refused_fix_gives_back_what_was_typed(
    editor: FlaskClient, engine: Engine, clock: FixedClock, fix: str, fields: dict[str, str]
) -> None:
    tell(engine, clock.now(), *failing("zorgle", "a", "b"))
    item = first_item(editor)

    answer = post_form(editor, item, f"{item}/{fix}", **fields)

    assert answer.status_code == 400
    text = answer.get_data(as_text=True)
    assert all(escape(value) in text for value in fields.values())
    rules = CurationStore(engine, clock).rules()
    assert (rules.synonyms, rules.results) == ((), ())


def test_an_article_is_opened_where_its_file_is_edited(
    desk: Flask, editor: FlaskClient, engine: Engine, clock: FixedClock, make_site: MakeSite
) -> None:
    tell(engine, clock.now(), *failing("zorgle track order", "a", "b"))
    item = first_item(editor)
    assert 'href="/desk/articles/en/track-order.md"' in editor.get(item).get_data(as_text=True)

    services: Services = desk.extensions["dalil"]
    edit_url = "https://git.example/edit/main/articles/{path}"
    settings = services.settings.model_copy(update={"edit_url": edit_url})
    elsewhere = with_desk(replace(services, settings=settings), engine, clock)
    user = accounts_of(elsewhere).people.by_login("reem")
    assert user is not None
    page = signed_in(elsewhere, user).get(item).get_data(as_text=True)

    assert 'href="https://git.example/edit/main/articles/en/orders/track-order.md"' in page
    assert "articles/ar/orders/%D8%AA" in page


def test_the_file_of_an_article_is_given_with_its_front_matter(
    make_site: MakeSite, engine: Engine, clock: FixedClock, articles: Path
) -> None:
    services: Services = make_site(site_url="http://localhost", articles_dir=articles).extensions["dalil"]
    desk = with_desk(services, engine, clock)
    editor = signed_in(desk, make_person(desk, Role.EDITOR))

    given = editor.get("/desk/articles/ar/track-order.md")

    assert given.get_data() == (articles / "ar" / "orders" / "تتبع-الطلب.md").read_bytes()  # tracking the order
    assert "track-order.ar.md" in given.headers["Content-Disposition"]
    for path in ("fr/track-order", "en/nope", "en/coming"):
        assert editor.get(f"/desk/articles/{path}.md").status_code == 404


def test_state_owner_and_note_are_kept_and_closed_items_move(
    editor: FlaskClient, engine: Engine, clock: FixedClock
) -> None:
    tell(engine, clock.now(), *failing("zorgle", "a", "b"))
    item = first_item(editor)

    saved = post_form(editor, item, version="0", state="done", owner="Reem", note="written <b>now</b>")

    assert saved.status_code == 303
    page = editor.get(item).get_data(as_text=True)
    assert "written &lt;b&gt;now&lt;/b&gt;" in page
    assert item not in editor.get(f"{HOME}queues/unanswered").get_data(as_text=True)
    assert item in editor.get(f"{HOME}queues/unanswered?state=closed").get_data(as_text=True)


def test_new_cases_open_a_closed_item_again(
    desk: Flask, editor: FlaskClient, engine: Engine, clock: FixedClock
) -> None:
    tell(engine, clock.now(), *failing("zorgle", "a", "b"))
    post_form(editor, first_item(editor), version="0", state="done", owner="", note="")
    clock.instant += timedelta(days=1)
    later = signed_in(desk, make_person(desk, Role.EDITOR, login="huda"))
    tell(engine, clock.now(), *failing("zorgle", "d", "e", "f"))

    assert "opened again" in later.get(f"{HOME}queues/unanswered").get_data(as_text=True)


def test_a_concurrent_change_is_shown_and_nothing_typed_is_lost(
    desk: Flask, editor: FlaskClient, engine: Engine, clock: FixedClock
) -> None:
    tell(engine, clock.now(), *failing("zorgle", "a", "b"))
    item = first_item(editor)
    other = signed_in(desk, make_person(desk, Role.EDITOR, login="huda"))
    post_form(other, item, version="0", state="in-work", owner="huda", note="theirs")

    answer = post_form(editor, item, version="0", state="done", owner="reem", note="mine")

    text = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "mine" in text
    assert "theirs" in text
    assert 'name="version" type="hidden" value="1"' in text
    assert "theirs" in other.get(item).get_data(as_text=True)


def test_an_expired_session_gives_the_text_back_to_be_sent_again(
    desk: Flask, editor: FlaskClient, engine: Engine, clock: FixedClock
) -> None:
    tell(engine, clock.now(), *failing("zorgle", "a", "b"))
    item = first_item(editor)
    editor.delete_cookie(SESSION_COOKIE, domain="localhost")

    kept = editor.post(
        item, data={"csrf_token": "old", "version": "0", "state": "in-work", "owner": "", "note": "a long note"}
    )

    text = kept.get_data(as_text=True)
    assert kept.status_code == 401
    assert "a long note</textarea>" in text
    token = re.search(r'name="csrf_token" value="([^"]+)"', text)
    assert token is not None
    again = signed_in(desk, make_person(desk, Role.EDITOR, login="huda"))
    session = editor.get_cookie("session", domain="localhost")
    assert session is not None
    again.set_cookie("session", session.value, domain="localhost")
    sent = again.post(
        item, data={"csrf_token": token[1], "version": "0", "state": "in-work", "owner": "", "note": "a long note"}
    )
    assert sent.status_code == 303
    assert "long" in again.get(item).get_data(as_text=True)


def test_a_forged_form_changes_nothing(editor: FlaskClient, engine: Engine, clock: FixedClock) -> None:
    tell(engine, clock.now(), *failing("zorgle", "a", "b"))
    item = first_item(editor)
    fields = {"csrf_token": "forged", "version": "0", "state": "done", "owner": "", "note": ""}

    assert editor.post(item, data=fields).status_code == 400
    assert editor.post(item, data=fields, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 400
    assert item in editor.get(f"{HOME}queues/unanswered").get_data(as_text=True)


def test_a_draft_lists_the_questions_that_may_be_shown(editor: FlaskClient, engine: Engine, clock: FixedClock) -> None:
    tell(engine, clock.now(), *failing("zorgle repair", "a", "b"), *failing("zorgle repair now", "c"))

    draft = editor.get(f"{first_item(editor)}/draft-en.md")

    assert draft.headers["Content-Disposition"] == "attachment; filename=zorgle-repair.md"
    text = draft.get_data(as_text=True)
    assert "id: zorgle-repair\n" in text
    assert "status: draft\n" in text
    assert "- zorgle repair\n" in text
    assert "now" not in text


def test_a_disliked_article_shows_reasons_and_comments(
    desk: Flask, editor: FlaskClient, engine: Engine, clock: FixedClock
) -> None:
    services: Services = desk.extensions["dalil"]
    content = services.snapshots.current().content
    article = next(each for each in content.articles(Language.EN) if each.id == "reset-password")
    reader = Story("a")
    now = seen("reset-password", revision=article.digest)
    reader.vote(0, Verdict.UNHELPFUL, now, reason=Reason.UNCLEAR, comment="where is the link?")
    tell(engine, clock.now(), reader)

    page = editor.get(first_item(editor, "disliked")).get_data(as_text=True)

    assert "where is the link?" in page
    assert "Hard to follow: 1" in page


def test_an_article_after_which_readers_wrote_and_one_wanted_in_the_other_language_are_listed(
    editor: FlaskClient, engine: Engine, clock: FixedClock
) -> None:
    reader = Story("a", Language.AR)
    apple = replace(seen("apple"), key=ArticleKey(seen("apple").key.id, Language.EN))
    reader.click(1, reader.search(0, "apple"), article=apple)
    reader.ticket(3)
    tell(engine, clock.now(), reader)

    assert first_item(editor, "contacted").endswith("en:apple")
    wanted = first_item(editor, "untranslated")
    assert wanted.endswith("ar:apple")
    draft = editor.get(f"{wanted}/draft-ar.md").get_data(as_text=True)
    assert "id: apple\n" in draft


def test_an_editor_asks_for_a_translation(editor: FlaskClient, engine: Engine, clock: FixedClock) -> None:
    tell(engine, clock.now(), *failing("zorgle", "a", "b"))
    item = first_item(editor)

    asked = post_form(editor, item, f"{item}/translation", article="apple", lang="ar")

    assert asked.status_code == 303
    assert "Asked for by" in editor.get(asked.location).get_data(as_text=True)
    assert post_form(editor, item, f"{item}/translation", article="nope", lang="ar").status_code == 400


def test_a_replay_lists_what_other_rules_would_lose(editor: FlaskClient, engine: Engine, clock: FixedClock) -> None:
    stories = [Story("a"), Story("b")]
    for story in stories:
        story.click(1, story.search(0, "password"), article=seen("reset-password"))
    tell(engine, clock.now(), *stories)
    rules = (
        "format: 1\nresults:\n- {action: hide, pattern: password, match: words, article: reset-password, "
        "by: reem, at: 2026-11-01T00:00:00Z}\n"
    )

    page = post_form(editor, f"{HOME}replay", days="14", rules=rules).get_data(as_text=True)

    assert "Opened results lost: 2, won: 0" in page
    assert '“<bdi dir="ltr">password</bdi>”' in page
    assert post_form(editor, f"{HOME}replay", days="0", rules="").status_code == 400
    assert post_form(editor, f"{HOME}replay", days="7", rules="format: 9").status_code == 400


def test_a_replay_compares_a_candidate_index_and_earlier_ones(
    desk: Flask, editor: FlaskClient, engine: Engine, clock: FixedClock, tmp_path: Path
) -> None:
    stories = [Story("a"), Story("b")]
    for story in stories:
        story.click(1, story.search(0, "where is my order"), article=seen("track-order"))
    tell(engine, clock.now(), *stories)
    settings = desk.extensions["dalil"].settings
    store = GenerationStore(settings.candidate_dir, clock)
    built = build_generation(
        store, load_tree(write_tree(tmp_path / "fewer", valid_tree())), analyzer(), HashingEmbedder()
    )
    page = editor.get(f"{HOME}replay").get_data(as_text=True)
    assert f'value="candidate/{built.name}"' in page
    assert "Candidate of" in page

    answer = post_form(editor, f"{HOME}replay", days="14", rules="", index=f"candidate/{built.name}")

    assert "Opened results lost: 2, won: 0" in answer.get_data(as_text=True)
    refused = post_form(editor, f"{HOME}replay", days="14", rules="", index="index/../../etc")
    assert refused.status_code == 400


def test_a_replay_says_why_a_candidate_cannot_be_asked(desk: Flask, editor: FlaskClient, clock: FixedClock) -> None:
    store = GenerationStore(desk.extensions["dalil"].settings.candidate_dir, clock)
    wordless = build_generation(store, load_tree(desk.extensions["dalil"].settings.articles_dir), analyzer(), None)

    answer = post_form(editor, f"{HOME}replay", days="14", rules="", index=f"candidate/{wordless.name}")

    assert answer.status_code == 400
    assert "kb index --candidate" in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "path", ["queues/nope", "queues/unanswered/99", "queues/disliked/xx", "queues/unanswered/a/draft-fr.md"]
)
def test_unknown_addresses_are_not_found(editor: FlaskClient, path: str) -> None:
    assert editor.get(HOME + path).status_code == 404


@pytest.mark.parametrize("owner", ["nobody@nowhere", "writer", "blocked", "x" * 150, "reem, omar"])
def test_only_somebody_who_may_do_it_owns_an_item(
    desk: Flask, editor: FlaskClient, engine: Engine, clock: FixedClock, owner: str
) -> None:
    tell(engine, clock.now(), *failing("zorgle", "a", "b"))
    make_person(desk, Role.WRITER, login="writer")
    people = accounts_of(desk).people
    gone = make_person(desk, Role.EDITOR, login="blocked")
    people.change(gone.id, name="", roles=gone.roles, lang=gone.lang, active=False)
    item = first_item(editor)

    answer = post_form(editor, item, version="0", state="in-work", owner=owner, note="kept")

    assert answer.status_code == 400
    assert "Nobody with this login" in answer.get_data(as_text=True)
    assert "kept" in answer.get_data(as_text=True)
    assert "in-work" not in re.findall(r'<option selected value="([\w-]+)"', editor.get(item).get_data(as_text=True))


def test_an_owner_who_left_stays_until_somebody_else_is_chosen(
    desk: Flask, editor: FlaskClient, engine: Engine, clock: FixedClock
) -> None:
    tell(engine, clock.now(), *failing("zorgle", "a", "b"))
    left = make_person(desk, Role.EDITOR, login="sami")
    item = first_item(editor)
    assert post_form(editor, item, version="0", state="in-work", owner="Sami", note="").status_code == 303
    accounts_of(desk).people.change(left.id, name="", roles=left.roles, lang=left.lang, active=False)

    assert post_form(editor, item, version="1", state="in-work", owner="sami", note="still").status_code == 303
    assert post_form(editor, item, version="2", state="in-work", owner="", note="free").status_code == 303
    assert post_form(editor, item, version="3", state="in-work", owner="sami", note="").status_code == 400
