"""`kb outbox`: tickets on their way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kb.cli.context import open_context
from kb.cli.process import finishing_first
from kb.contact.plain_text import message_text, one_line
from kb.contact.wording import ticket_subject
from kb.errors import UserError
from kb.events import TicketId

if TYPE_CHECKING:
    from kb.contact.outbox import Outbox


@click.group()
def outbox() -> None:
    """See and deliver tickets. A running server delivers them by itself."""


@outbox.command("list")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 1_000))
def list_entries(limit: int) -> None:
    """List the newest tickets and what became of them; nothing personal is shown."""
    from kb.contact.outbox import Outbox

    with open_context() as opened:
        entries, counts = Outbox(opened.engine).entries(limit), Outbox(opened.engine).counts()
    for entry in entries:
        what = f"{entry.reference or entry.ticket}  {entry.sent:%Y-%m-%d %H:%M}  {entry.part:<7}"
        line = f"{what}  {entry.state:<9}  {entry.attempts} tries"
        click.echo(line + (f"  {entry.error}" if entry.error else ""))
    click.echo(", ".join(f"{count} {state}" for state, count in counts.items()))


@outbox.command()
@click.argument("reference")
def show(reference: str) -> None:
    """Print one ticket with everything that the customer wrote."""
    from kb.contact.outbox import Outbox
    from kb.contact.tickets import find_ticket

    with open_context() as opened:
        ticket = find_ticket(opened.engine, _named(Outbox(opened.engine), reference))
    if ticket is None:
        raise _unknown(reference)
    draft = ticket.draft
    who = f"{one_line(draft.name)} <{one_line(draft.email)}>".strip()
    click.echo(f"{ticket_subject(ticket)}\n{who}\n\n{message_text(draft.message)}")


@outbox.command()
@click.argument("references", nargs=-1)
def retry(references: tuple[str, ...]) -> None:
    """Try again at once what was given up or waits for its next try.

    REFERENCES name tickets; without any it is everything that was not delivered.
    """
    from kb.contact.outbox import Outbox

    with open_context() as opened:
        queue, now = Outbox(opened.engine), opened.clock.now()
        chosen = [_named(queue, reference) for reference in references]
        revived = sum(queue.revive(now, ticket) for ticket in chosen) if chosen else queue.revive(now)
    click.echo(f"To be tried again: {revived}.")


@outbox.command()
def run() -> None:
    """Deliver what is due now; told to end, the ticket that is on its way is finished first."""
    from kb.contact.dispatch import Dispatcher
    from kb.contact.outbox import Outbox
    from kb.contact.outlets import open_outlet, open_receipts
    from kb.contact.receipts import StoredReceiptPace
    from kb.contact.surveys import SurveyLinks
    from web.security import secret_key

    with open_context() as opened:
        settings, clock, engine = opened.settings, opened.clock, opened.engine
        secret = secret_key(settings)
        outlet = open_outlet(settings, settings.site_url, SurveyLinks(secret, settings.site_url))
        receipts = open_receipts(settings, settings.site_url, StoredReceiptPace(engine, clock, secret))
        with finishing_first() as is_told:
            report = Dispatcher(Outbox(engine), outlet, clock, receipts).run_once(is_told)
    done = f"{report.delivered} delivered, {report.postponed} postponed, {report.dead} given up"
    click.echo(done + (f", {report.skipped} receipts not sent." if report.skipped else "."))


def _named(queue: Outbox, reference: str) -> TicketId:
    found = queue.find(reference)
    if found is None:
        raise _unknown(reference)
    return found


def _unknown(reference: str) -> UserError:
    return UserError(f"There is no ticket {one_line(reference)}. See them all with `kb outbox list`.")
