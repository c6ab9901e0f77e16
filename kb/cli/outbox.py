"""`kb outbox`: tickets on their way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy import Engine

from kb.clock import SystemClock
from kb.contact.wording import ticket_subject
from kb.errors import UserError
from kb.settings import Settings, load_settings


@click.group()
def outbox() -> None:
    """See and deliver tickets. A running server delivers them by itself."""


@outbox.command("list")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 1_000))
def list_entries(limit: int) -> None:
    """List the newest tickets and what became of them; nothing personal is shown."""
    from kb.storage.outbox import Outbox

    with _database() as (_, engine):
        entries, counts = Outbox(engine).entries(limit), Outbox(engine).counts()
    for entry in entries:
        what = f"{entry.reference}  {entry.sent:%Y-%m-%d %H:%M}  {entry.part:<7}"
        line = f"{what}  {entry.state:<9}  {entry.attempts} tries"
        click.echo(line + (f"  {entry.error}" if entry.error else ""))
    click.echo(", ".join(f"{count} {state}" for state, count in counts.items()))


@outbox.command()
@click.argument("reference")
def show(reference: str) -> None:
    """Print one ticket with everything that the customer wrote."""
    from kb.storage.outbox import Outbox
    from kb.storage.tickets import find_ticket

    with _database() as (_, engine):
        found = {entry.reference: entry.ticket for entry in Outbox(engine).entries(1_000)}.get(reference.upper())
        ticket = find_ticket(engine, found) if found else None
    if ticket is None:
        raise UserError(f"There is no ticket {reference}. See them all with `kb outbox list`.")
    draft = ticket.draft
    click.echo(f"{ticket_subject(ticket)}\n{draft.name} <{draft.email}>\n\n{draft.message}")


@outbox.command()
def retry() -> None:
    """Give every ticket that was given up another chance."""
    from kb.storage.outbox import Outbox

    with _database() as (_, engine):
        revived = Outbox(engine).revive(SystemClock().now())
    click.echo(f"{revived} tickets will be tried again.")


@outbox.command()
def run() -> None:
    """Deliver what is due now."""
    from kb.contact.dispatch import Dispatcher
    from kb.contact.outlets import open_outlet, open_receipts
    from kb.contact.surveys import SurveyLinks
    from kb.storage.outbox import Outbox
    from web.security import secret_key

    with _database() as (settings, engine):
        links = SurveyLinks(secret_key(settings), settings.site_url)
        outlet, receipts = open_outlet(settings, settings.site_url, links), open_receipts(settings, settings.site_url)
        report = Dispatcher(Outbox(engine), outlet, SystemClock(), receipts).run_once()
    click.echo(f"{report.delivered} delivered, {report.postponed} postponed, {report.dead} given up.")


@contextmanager
def _database() -> Iterator[tuple[Settings, Engine]]:
    from kb.storage.database import open_database

    settings = load_settings()
    engine = open_database(settings.effective_database_url)
    try:
        yield settings, engine
    finally:
        engine.dispose()
