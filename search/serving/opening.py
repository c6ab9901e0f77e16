"""Puts the search together from the settings: for the site, the command line and tests alike."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from kb.clock import Clock, SystemClock
from kb.curation.model import Rules
from kb.errors import OperatorError
from kb.ports import Embedder
from kb.settings import Settings
from kb.storage.generations import GenerationStore
from search.serving.curation import EditorsCuration
from search.serving.directions import NoCuration
from search.serving.ranking import Ranker
from search.serving.rewriting import QueryRewriter
from search.serving.service import SearchService
from search.serving.snapshot import SnapshotHolder

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class OpenSearch:
    """A search that is ready, and what it reads from."""

    snapshots: SnapshotHolder
    service: SearchService


def open_search(settings: Settings, clock: Clock | None = None, rules: Callable[[], Rules] | None = None) -> OpenSearch:
    """Return the search that the settings describe.

    A model that cannot be opened is logged with its remedy; the search then rests on words and says so.

    Args:
        settings: Where the index is, which model and which morphology.
        clock: Dates nothing here; the generation store wants one.
        rules: Gives what editors decided, asked for every query; None: nothing.

    Raises:
        OperatorError: The morphology cannot be used.
    """
    from kb.language.analysis import open_analyzer

    store = GenerationStore(settings.index_dir, clock or SystemClock())
    analyzer = open_analyzer(settings.morphology_db)
    snapshots = SnapshotHolder(store, analyzer)
    curation = EditorsCuration(rules, analyzer) if rules else NoCuration()
    service = SearchService(snapshots, Ranker(open_query_embedder(settings)), curation, QueryRewriter())
    return OpenSearch(snapshots, service)


def open_query_embedder(settings: Settings) -> Embedder | None:
    """Return the model that the settings name, None where it cannot be opened."""
    from kb.embedding.opening import open_calibrated

    try:
        return open_calibrated(settings)
    except OperatorError as error:
        _log.error("Searching by words alone: %s", error)
        return None
