"""Opens what the site works with, from the settings."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from kb.accounts.people import People
from kb.accounts.secrets import Passwords
from kb.accounts.sign_in import SignIn
from kb.accounts.tokens import ApiTokens
from kb.agents.customers import Customers
from kb.agents.links import TrackedLinks
from kb.agents.replies import SavedReplies
from kb.agents.shelf import Shelf
from kb.clock import Clock, SystemClock
from kb.contact.dispatch import Dispatcher, OutboxWorker
from kb.contact.outbox import Outbox
from kb.contact.outlets import open_outlet, open_receipts, parts_of
from kb.contact.receipts import StoredReceiptPace
from kb.contact.surveys import SurveyLinks
from kb.contact.tickets import Tickets, forget_tickets
from kb.curation.store import CurationStore
from kb.editing.store import EditingStore
from kb.pacing.pacer import Pacer, open_pacer
from kb.settings import Settings
from kb.statistics.housekeeping import Housekeeping
from kb.statistics.retention import terms_of
from kb.storage.database import open_database
from kb.storage.engines import SERVING, WORKING, make_engine, parse_url
from kb.storage.event_log import EventLog
from kb.storage.probe import StorageProbe
from kb.storage.readership import StoredHistory, StoredReadership
from kb.visitors import VisitorKeys, prepare_salts
from search.serving.opening import OpenSearch, open_search
from web.security import secret_key
from web.services import Accounts, AgentTools, Services


def open_services(settings: Settings, clock: Clock | None = None) -> Services:
    """Return everything that `create_app` needs.

    Without the embedding model the site serves too: search then goes by words alone and says so.

    Args:
        clock: What the site goes by; None: the machine's clock.

    Raises:
        OperatorError: The morphology, the database, the outlet of tickets or the product's directory cannot be used;
            names the remedy.
    """
    clock = clock or SystemClock()
    engine = open_database(settings.effective_database_url, SERVING)
    curation = CurationStore(engine, clock)
    return assemble(settings, clock, engine, curation, open_search(settings, clock, curation.rules))


def assemble(settings: Settings, clock: Clock, engine: Engine, curation: CurationStore, search: OpenSearch) -> Services:
    """Return the services over a database and a search that are open."""
    event_log = EventLog(engine)
    key = secret_key(settings)
    with suppress(SQLAlchemyError):  # somebody is writing: housekeeping tries again
        prepare_salts(engine, clock.now())
    pacer = open_pacer(settings.limits_url, settings.var_dir, clock, key=key, processes=settings.workers)
    return Services(
        settings=settings,
        secret_key=key,
        clock=clock,
        engine=engine,
        snapshots=search.snapshots,
        search=search.service,
        readership=StoredReadership(engine, clock),
        event_log=event_log,
        visitor_keys=VisitorKeys(engine, clock),
        history=StoredHistory(engine, clock),
        tickets=Tickets(engine, clock, event_log, parts=parts_of(settings)),
        outbox=open_outbox(settings, engine, clock, key),
        accounts=open_accounts(engine, clock, pacer, Passwords()),
        agents=open_agent_tools(engine, clock),
        curation=curation,
        editing=EditingStore(engine, clock),
        housekeeping=open_housekeeping(settings, clock),
        probe=StorageProbe(engine, settings.var_dir, clock),
        pacer=pacer,
    )


def start_background_work(services: Services) -> None:
    """Deliver tickets and keep figures fresh from now on, in threads of this process."""
    services.outbox.start()
    services.housekeeping.start()


def open_accounts(engine: Engine, clock: Clock, pacer: Pacer, passwords: Passwords) -> Accounts:
    """Return the people of the desk."""
    sign_in = SignIn(engine, clock, passwords, pacer)
    return Accounts(People(engine, clock, passwords), sign_in, ApiTokens(engine, clock))


def open_agent_tools(engine: Engine, clock: Clock) -> AgentTools:
    """Return what agents work with."""
    return AgentTools(TrackedLinks(engine, clock), SavedReplies(engine, clock), Shelf(engine, clock), Customers(engine))


def open_housekeeping(settings: Settings, clock: Clock) -> Housekeeping:
    """Return what keeps the figures fresh, over a patient engine: sums over a month's events take their time."""
    patient = make_engine(parse_url(settings.effective_database_url), WORKING)
    return Housekeeping(patient, clock, terms_of(settings))


def open_outbox(settings: Settings, engine: Engine, clock: Clock, key: str) -> OutboxWorker:
    """Return what delivers tickets in the background.

    Args:
        key: Signs the links to surveys.

    Raises:
        OperatorError: The outlet lacks a setting.
    """
    outlet = open_outlet(settings, settings.site_url, SurveyLinks(key, settings.site_url))
    pace = StoredReceiptPace(engine, clock, key)
    dispatcher = Dispatcher(Outbox(engine), outlet, clock, open_receipts(settings, settings.site_url, pace))
    retention = timedelta(days=settings.ticket_retention_days)

    def forget(now: datetime) -> None:
        forget_tickets(engine, now, retention)
        pace.forget(now)

    return OutboxWorker(dispatcher, clock, forget)
