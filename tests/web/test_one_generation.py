"""One request reads one generation, whatever is published meanwhile."""

from __future__ import annotations

import re
from pathlib import Path

from flask import Flask

from indexer.articles.loading import load_tree
from indexer.build.pipeline import build_generation
from kb.clock import FixedClock
from kb.model import ArticleId, ArticleKey, Language
from kb.results import Query
from kb.settings import Settings
from kb.storage.generations import GenerationStore
from search.serving.opening import OpenSearch
from search.serving.ranking import Ranker
from search.serving.service import SearchService
from search.serving.snapshot import SnapshotHolder
from tests.article_trees import article, valid_tree, write_tree
from tests.factories import HashingEmbedder
from tests.web.small_services import analyzer, new_database, small_services
from web.app import create_app
from web.services import content, pinned_search, services, snapshot

WEB = Path(__file__).parents[2] / "web"
NEW = ArticleKey(ArticleId("parcel-lockers"), Language.EN)
QUESTION = Query("where are the parcel lockers", Language.EN)


def publish(store: GenerationStore, root: Path, files: dict[str, str | bytes]) -> None:
    build_generation(store, load_tree(write_tree(root, files)), analyzer(), HashingEmbedder())


def site_over(store: GenerationStore, var_dir: Path, clock: FixedClock) -> Flask:
    """Return a site that looks for a new generation whenever it is asked for one."""
    holder = SnapshotHolder(store, analyzer(), timer=iter(range(0, 10**6, 60)).__next__)
    search = OpenSearch(holder, SearchService(holder, Ranker(HashingEmbedder())))
    settings = Settings.model_validate({"var_dir": var_dir})
    return create_app(small_services(settings, clock, new_database(settings), search))


def test_a_publication_between_two_calls_of_one_request_cannot_mix_generations(
    tmp_path: Path, clock: FixedClock
) -> None:
    store = GenerationStore(tmp_path / "index", clock)
    publish(store, tmp_path / "before", valid_tree())
    site = site_over(store, tmp_path / "var", clock)
    lockers = article(
        "The parcel lockers are at the station.",
        id="parcel-lockers",
        title="Parcel lockers",
        questions="[where are the parcel lockers]",
    )

    with site.test_request_context("/en/search"):
        first = pinned_search().search(QUESTION)
        publish(store, tmp_path / "after", valid_tree() | {"en/account/parcel-lockers.md": lockers})
        assert services().snapshots.current().name != first.generation, "the site has the new generation"

        assert pinned_search().search(QUESTION).generation == first.generation == snapshot().name
        assert not pinned_search().suggest("parcel lock", Language.EN)
        assert content().article(NEW) is None

    with site.test_request_context("/en/search"):
        assert pinned_search().search(QUESTION).hits[0].article == NEW
        assert content().article(NEW) is not None


def test_views_ask_only_the_search_that_is_pinned() -> None:
    unpinned = re.compile(r"services\(\)\.search|given\.search\b|snapshots\.current\(\)\.content")
    outside_requests = {WEB / "services.py", WEB / "tracking" / "beacons.py"}
    found = [
        path
        for path in sorted(WEB.rglob("*.py"))
        if path not in outside_requests and unpinned.search(path.read_text("utf-8"))
    ]
    assert found == []
