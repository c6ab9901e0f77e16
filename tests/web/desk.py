"""A site with a desk, and people who are signed in to it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from kb.accounts.model import Role, User
from kb.clock import Clock
from kb.model import Language
from search.serving.opening import OpenSearch
from tests.web.small_services import small_services
from web.app import create_app
from web.desk.access import SESSION_COOKIE
from web.services import Accounts, Services

PASSWORD = "correct horse battery"
_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def with_desk(services: Services, database: Engine, clock: Clock, **changes: Any) -> Flask:
    """Return the same site over another database."""
    search = OpenSearch(services.snapshots, services.search)
    app = create_app(replace(small_services(services.settings, clock, database, search), **changes))
    app.config["WTF_CSRF_SSL_STRICT"] = False
    return app


def accounts_of(app: Flask) -> Accounts:
    """Return the accounts of a site."""
    services: Services = app.extensions["dalil"]
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
