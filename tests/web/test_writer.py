"""What writers see: every article, what is due, and where each is edited."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from kb.accounts.model import Role
from kb.clock import FixedClock
from kb.storage.generations import GenerationStore
from tests.web.agent_site import open_agent_site

HOME = "/desk/articles/"


@pytest.fixture
def writer(store: GenerationStore, tmp_path: Path, articles: Path, clock: FixedClock) -> Iterator[FlaskClient]:
    site = open_agent_site(store, tmp_path, clock, articles_dir=articles)
    yield site.agent(Role.WRITER)[1]
    site.engine.dispose()


def test_articles_of_both_languages_and_internal_ones_stand_there(writer: FlaskClient) -> None:
    page = writer.get(HOME).get_data(as_text=True)
    assert "Track your order" in page
    assert "تتبع الطلب" in page  # tracking the order
    assert "Agents zanzibar" in page
    assert "Soon zanzibar" not in page


def test_the_list_can_be_narrowed_and_ignores_what_it_does_not_know(writer: FlaskClient) -> None:
    english = writer.get(HOME, query_string={"lang": "en"}).get_data(as_text=True)
    assert "تتبع الطلب" not in english
    for arguments in ({"lang": "xx"}, {"owner": "nobody"}, {"lang": "en", "owner": "' OR 1=1"}):
        assert writer.get(HOME, query_string=arguments).status_code == 200


def test_the_file_of_an_article_is_given_to_writers_only(
    writer: FlaskClient, store: GenerationStore, tmp_path: Path, articles: Path, clock: FixedClock
) -> None:
    given = writer.get(f"{HOME}en/track-order.md")
    assert given.get_data() == (articles / "en" / "orders" / "track-order.md").read_bytes()
    assert "track-order.en.md" in given.headers["Content-Disposition"]
    for path in ("en/nothing.md", "fr/track-order.md", "en/..%2f..%2fsecret.md"):
        assert writer.get(HOME + path).status_code == 404
    site = open_agent_site(store, tmp_path / "other", clock)
    assert site.agent(Role.AGENT)[1].get(f"{HOME}en/track-order.md").status_code == 403
    site.engine.dispose()
