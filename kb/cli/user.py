"""`kb user`: the people of the desk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from kb.accounts.model import Role, User
from kb.accounts.people import People
from kb.accounts.secrets import Passwords
from kb.accounts.tokens import ApiTokens
from kb.cli.context import open_context
from kb.cli.options import LANGUAGE
from kb.errors import UserError
from kb.model import Language
from kb.settings import Settings

_ROLES = click.Choice([role.value for role in Role])


@click.group()
def user() -> None:
    """Manage the people of the desk."""


@user.command()
@click.argument("login")
@click.option("--name", required=True, help="What colleagues call the person.")
@click.option("--role", "roles", type=_ROLES, multiple=True, required=True, help="May be given several times.")
@click.option("--lang", type=LANGUAGE, default=Language.AR)
def add(login: str, name: str, roles: tuple[str, ...], lang: Language) -> None:
    """Make an account and print the one-time link with which its owner sets a password."""
    with open_accounts() as (people, _, settings):
        made = people.add(login, name, [Role(role) for role in roles], lang)
        _print_invitation(settings, made, people.invite(made.id))


@user.command()
@click.argument("login")
def invite(login: str) -> None:
    """Print a new one-time link for an account; earlier links end."""
    with open_accounts() as (people, _, settings):
        invited = existing(people, login)
        _print_invitation(settings, invited, people.invite(invited.id))


@user.command()
@click.argument("login")
@click.password_option(help="Prompted for, without echo, unless given.")
def password(login: str, password: str) -> None:
    """Set a password and sign the account out everywhere."""
    with open_accounts() as (people, _, _):
        people.set_password(existing(people, login).id, password)
    click.echo("The password is set; the account is signed out everywhere.")


@user.command("list")
def list_users() -> None:
    """List all accounts."""
    with open_accounts() as (people, _, _):
        for account in people.all():
            state = "" if account.active else "  (blocked)"
            click.echo(f"{account.login}\t{account.name}\t{', '.join(sorted(account.roles))}{state}")


@user.command()
@click.argument("login")
def block(login: str) -> None:
    """Block an account: it is signed out and its tokens stop working."""
    with open_accounts() as (people, _, _):
        account = existing(people, login)
        people.change(account.id, name=account.name, roles=account.roles, lang=account.lang, active=False)
    click.echo(f"{account.login} is blocked.")


@user.command("sign-out")
@click.argument("login")
def sign_out(login: str) -> None:
    """Sign an account out everywhere, and end its tokens, panels and invitations."""
    with open_accounts() as (people, _, _):
        people.end_everything(existing(people, login).id)
    click.echo(f"{login} is signed out everywhere; tokens, panels and invitations have ended.")


@contextmanager
def open_accounts() -> Iterator[tuple[People, ApiTokens, Settings]]:
    """Give the accounts of the database that the settings name."""
    with open_context() as opened:
        people = People(opened.engine, opened.clock, Passwords())
        yield people, ApiTokens(opened.engine, opened.clock), opened.settings


def existing(people: People, login: str) -> User:
    """Return an account.

    Raises:
        UserError: There is none of that login.
    """
    account = people.by_login(login)
    if account is None:
        raise UserError(f"There is no account {login}. See them all with `kb user list`.")
    return account


def _print_invitation(settings: Settings, account: User, secret: str) -> None:
    click.echo(f"{account.login} sets a password here within 7 days:")
    click.echo(f"  {settings.site_url}/desk/invitation/{secret}")
