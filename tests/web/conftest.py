"""A small site over a real index: public articles in both languages, and articles that nobody may see here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from indexer.articles.loading import load_tree
from indexer.build.pipeline import build_generation
from kb.clock import Clock, FixedClock, SystemClock
from kb.settings import Settings
from kb.storage.generations import GenerationStore
from tests.article_trees import article, valid_tree, write_tree
from tests.factories import HashingEmbedder
from tests.web.small_services import analyzer, new_database, opened_search, small_services
from web.app import create_app

MakeSite = Callable[..., Flask]

TRACK = """\
The parcel number is in the app.

1. Open `Account > Orders`.
2. Choose the order.

## Where is my parcel

| State | Meaning |
|---|---|
| Sent | It left our store |

!!! note
    It may take a day until the courier knows it.

### In a hurry

Call the courier. The number is in [the message](../account/reset-password.md#the-message-does-not-arrive).

![Label](../../images/label.svg)
"""
TRACK_ARABIC = """\
رقم الشحنة في التطبيق.

## أين شحنتي

افتح الطلبات واختر الطلب.

## إذا تأخرت

اتصل بشركة الشحن.
"""
LABEL = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" width="9" height="9"><rect width="9" height="9"/></svg>'
)
SECRET = "zanzibar"  # stands only in articles that are not public


def site_tree() -> dict[str, str | bytes]:
    """Return the files of the small site."""
    hidden = {"tags": f"[{SECRET}]", "questions": f"[where is the {SECRET}]"}
    return valid_tree() | {
        "images/label.svg": LABEL,
        "en/orders/track-order.md": article(
            TRACK,
            id="track-order",
            title="Track your order",
            tags="[delivery, parcels]",
            questions="[where is my order, track my parcel]",
            aliases="[follow-parcel]",
            updated="2026-10-05",
        ),
        "ar/orders/تتبع-الطلب.md": article(
            TRACK_ARABIC,
            id="track-order",
            title="تتبع الطلب",  # tracking the order
            summary="اعرف أين طلبك",  # know where your order is
            tags="[الشحن]",  # shipping
            questions="[وين طلبي, فين الاوردر بتاعي]",  # where is my order: Gulf, Egyptian
            updated="2026-10-05",
        ),
        "en/account/apple.md": article(
            "Use your Apple account.", id="apple", title="Sign in with Apple", questions="[apple sign in]"
        ),
        "en/account/refund-override.md": article(
            f"The {SECRET} code.", id="refund-override", title=f"Agents {SECRET}", audience="internal", **hidden
        ),
        "en/account/coming.md": article(
            f"The {SECRET} plan.", id="coming", title=f"Soon {SECRET}", status="draft", **hidden
        ),
        "en/account/gone.md": article(
            f"The {SECRET} past.", id="gone", title=f"Once {SECRET}", status="archived", **hidden
        ),
    }


def build_site(root: Path, articles: Path, **settings: Any) -> Flask:
    """Index a tree of articles and return the site over it."""
    chosen = Settings.model_validate(
        {"var_dir": root / "var", "articles_dir": articles, "api_requests_per_minute": 0} | settings
    )
    store = GenerationStore(chosen.index_dir, SystemClock())
    tree = load_tree(articles)
    if tree.articles:
        build_generation(store, tree, analyzer(), HashingEmbedder())
    return site_over(store, chosen, SystemClock())


def site_over(store: GenerationStore, settings: Settings, clock: Clock) -> Flask:
    """Return the site over the generations of a store."""
    app = create_app(small_services(settings, clock, new_database(settings), opened_search(store)))
    app.config["WTF_CSRF_SSL_STRICT"] = False
    return app


@pytest.fixture(scope="session")
def articles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the small site."""
    return write_tree(tmp_path_factory.mktemp("articles"), site_tree())


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory, articles: Path) -> GenerationStore:
    """Its index, built once."""
    root = tmp_path_factory.mktemp("site")
    build_site(root, articles)
    return GenerationStore(root / "var" / "index", SystemClock())


@pytest.fixture
def make_site(store: GenerationStore, tmp_path: Path, clock: FixedClock) -> MakeSite:
    """Makes a site over the small index, with settings of its own."""

    def make(**settings: Any) -> Flask:
        values = {"var_dir": tmp_path / "var", "api_requests_per_minute": 0, "site_url": "https://help.example"}
        return site_over(store, Settings.model_validate(values | settings), clock)

    return make


@pytest.fixture(scope="session")
def app(store: GenerationStore, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The small site."""
    values = {
        "var_dir": tmp_path_factory.mktemp("var"),
        "api_requests_per_minute": 0,
        "site_url": "https://help.example",
    }
    return site_over(store, Settings.model_validate(values), SystemClock())


@pytest.fixture
def client(app: Flask) -> Iterator[FlaskClient]:
    """A browser without cookies."""
    with app.test_client() as client:
        yield client


@pytest.fixture
def empty_client(tmp_path: Path, clock: FixedClock) -> FlaskClient:
    """A browser at a site that has no index yet."""
    settings = Settings.model_validate({"var_dir": tmp_path / "var"})
    return site_over(GenerationStore(settings.index_dir, clock), settings, clock).test_client()
