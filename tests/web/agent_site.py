"""The small site with a database, a desk and agents."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient

from kb.accounts.model import Role, Scope, User
from kb.agents.customers import Customers
from kb.agents.links import TrackedLinks
from kb.agents.replies import SavedReplies
from kb.agents.shelf import Shelf
from kb.clock import Clock
from kb.storage.generations import GenerationStore
from tests.web.desk import accounts_of, make_person, signed_in, with_desk
from tests.web.reader_site import ReaderSite, open_site
from web.services import AgentTools


@dataclass(frozen=True)
class AgentSite(ReaderSite):
    """A site, what it stored, and what its agents work with."""

    tools: AgentTools

    def agent(self, *roles: Role, **changes: Any) -> tuple[User, FlaskClient]:
        """Return a new agent and the browser in which they are signed in."""
        user = make_person(self.app, *(roles or (Role.AGENT,)), **changes)
        return user, signed_in(self.app, user)

    def token(self, user: User, *scopes: Scope) -> dict[str, str]:
        """Return the header that a token of a person makes."""
        secret = accounts_of(self.app).tokens.issue(user, "test", scopes or (Scope.AGENT,))
        return {"Authorization": f"Bearer {secret}"}


def open_agent_site(store: GenerationStore, root: Path, clock: Clock, **settings: Any) -> AgentSite:
    """Return the small site over a new database, with a desk and agents."""
    site = open_site(store, root, clock, **settings)
    engine = site.engine
    tools = AgentTools(
        TrackedLinks(engine, clock), SavedReplies(engine, clock), Shelf(engine, clock), Customers(engine)
    )
    return AgentSite(with_desk(site.app.extensions["dalil"], engine, clock, agents=tools), engine, tools)
