"""A site with a desk, and people who are signed in to it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from kb.accounts.model import Role, User
from kb.accounts.people import People
from kb.accounts.secrets import Passwords
from kb.accounts.sign_in import SignIn
from kb.accounts.tokens import ApiTokens
from kb.clock import Clock
from kb.model import Language
from kb.pacing.pacer import Pacer
from web.app import create_app
from web.desk.access import SESSION_COOKIE
from web.services import Accounts, Services

PASSWORD = "correct horse battery"
_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def with_desk(services: Services, engine: Engine, clock: Clock, **more: Any) -> Flask:
    """Return the site with accounts in a database."""
    passwords = Passwords(memory_kib=64, rounds=1)
    pacer = Pacer(clock)
    sign_in = SignIn(engine, clock, passwords, pacer)
    accounts = Accounts(People(engine, clock, passwords), sign_in, ApiTokens(engine, clock))
    app = create_app(replace(services, accounts=accounts, pacer=pacer, **more))
    app.config["WTF_CSRF_SSL_STRICT"] = False
    return app


def accounts_of(app: Flask) -> Accounts:
    """Return the accounts of a site with a desk."""
    services: Services = app.extensions["dalil"]
    assert services.accounts is not None
    return services.accounts


def make_person(app: Flask, *roles: Role, login: str = "reem", lang: Language = Language.EN) -> User:
    """Make a person with a password."""
    people = accounts_of(app).people
    user = people.add(login, login.capitalize(), roles, lang)
    people.set_password(user.id, PASSWORD)
    return user


def signed_in(app: Flask, user: User) -> FlaskClient:
    """Return a browser in which a person is signed in."""
    client = app.test_client()
    client.set_cookie(SESSION_COOKIE, accounts_of(app).sign_in.open(user).secret, domain="localhost")
    return client


def form_token(client: FlaskClient, path: str) -> str:
    """Return the CSRF token of the first form of a page."""
    found = _TOKEN.search(client.get(path).get_data(as_text=True))
    assert found is not None, f"{path} has no form"
    return found.group(1)


def post_form(client: FlaskClient, page: str, path: str = "", **fields: Any) -> Any:
    """Fill in and send a form of a page; `path` is where it is sent, the page itself if empty."""
    return client.post(path or page, data={"csrf_token": form_token(client, page), **fields})
