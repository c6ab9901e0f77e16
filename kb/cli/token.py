"""`kb token`: API tokens of the people of the desk."""

from __future__ import annotations

import click

from kb.accounts.model import Scope, TokenId
from kb.cli.user import existing, open_accounts
from kb.errors import UserError


@click.group()
def token() -> None:
    """Make and revoke API tokens; a token never allows more than its owner may do."""


@token.command()
@click.argument("login")
@click.option("--name", required=True, help="What the token is for.")
@click.option("--scope", "scopes", type=click.Choice([scope.value for scope in Scope]), multiple=True, required=True)
def issue(login: str, name: str, scopes: tuple[str, ...]) -> None:
    """Print the secret of a new token; it cannot be shown again."""
    with open_accounts() as (people, tokens, _):
        click.echo(tokens.issue(existing(people, login), name, [Scope(scope) for scope in scopes]))


@token.command("list")
@click.argument("login")
def list_tokens(login: str) -> None:
    """List the tokens of a person."""
    with open_accounts() as (people, tokens, _):
        for each in tokens.of(existing(people, login).id):
            used = f"{each.used:%Y-%m-%d}" if each.used else "never"
            click.echo(f"{each.id}\t{each.name}\t{', '.join(sorted(each.scopes))}\tlast used: {used}")


@token.command()
@click.argument("login")
@click.argument("token_id")
def revoke(login: str, token_id: str) -> None:
    """Delete a token."""
    with open_accounts() as (people, tokens, _):
        if not tokens.revoke(existing(people, login).id, TokenId(token_id)):
            raise UserError(f"{login} has no token {token_id}. See them with `kb token list {login}`.")
    click.echo("The token is revoked.")
