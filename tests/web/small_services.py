"""The services of a site, assembled as in production, with what makes them fast."""

from __future__ import annotations

from dataclasses import replace
from functools import cache, lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Engine

from kb.accounts.secrets import Passwords
from kb.clock import Clock
from kb.curation.store import CurationStore
from kb.language.analysis import open_analyzer
from kb.pacing.pacer import Pacer
from kb.ports import Analyzer
from kb.settings import Settings
from kb.storage.database import open_database
from kb.storage.engines import WORKING, make_engine, parse_url
from kb.storage.event_log import EventLog
from kb.storage.generations import GenerationStore
from search.serving.curation import EditorsCuration
from search.serving.opening import OpenSearch
from search.serving.ranking import Ranker
from search.serving.rewriting import QueryRewriter
from search.serving.service import SearchService
from search.serving.snapshot import SnapshotHolder
from tests.factories import HashingEmbedder
from web.opening import assemble, open_accounts
from web.services import Services


@cache
def analyzer() -> Analyzer:
    """Return the language analysis, opened once for all sites."""
    return open_analyzer(None)


@cache
def empty_database() -> bytes:
    """Return the file of a new database, made once."""
    with TemporaryDirectory() as directory:
        path = Path(directory) / "dalil.db"
        open_database(f"sqlite:///{path}").dispose()
        return path.read_bytes()


@lru_cache(maxsize=8)
def opened_search(store: GenerationStore) -> OpenSearch:
    """Return the search over an index, opened once for all sites over it."""
    holder = SnapshotHolder(store, analyzer())
    return OpenSearch(holder, SearchService(holder, Ranker(HashingEmbedder()), rewriter=QueryRewriter()))


def new_database(settings: Settings) -> Engine:
    """Return the new database of a site."""
    settings.var_dir.mkdir(parents=True, exist_ok=True)
    (settings.var_dir / "dalil.db").write_bytes(empty_database())
    return make_engine(parse_url(settings.effective_database_url), WORKING)


def small_services(settings: Settings, clock: Clock, engine: Engine, search: OpenSearch) -> Services:
    """Return the services of a site: events are written at once, passwords hashed in no time."""
    curation = CurationStore(engine, clock)
    directed = search.service.directed_by(EditorsCuration(curation.rules, analyzer()))
    services = assemble(settings, clock, engine, curation, replace(search, service=directed))
    pacer = Pacer(clock)
    accounts = open_accounts(engine, clock, pacer, Passwords(memory_kib=64, rounds=1))
    return replace(
        services, secret_key="for tests", event_log=EventLog(engine, linger_s=0), accounts=accounts, pacer=pacer
    )
