"""The small site with a database, a desk and agents."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient

from kb.accounts.model import Role, Scope, User
from kb.clock import Clock
from kb.storage.generations import GenerationStore
from tests.web.desk import accounts_of, make_person, signed_in
from tests.web.reader_site import ReaderSite, open_site
from web.services import AgentTools


@dataclass(frozen=True)
class AgentSite(ReaderSite):
    """A site, what it stored, and what its agents work with."""

    @property
    def tools(self) -> AgentTools:
        """Return what its agents work with."""
        return self.services.agents

    def agent(self, *roles: Role, **changes: Any) -> tuple[User, FlaskClient]:
        """Return a new agent and the browser in which they are signed in."""
        user = make_person(self.app, *(roles or (Role.AGENT,)), **changes)
        return user, signed_in(self.app, user)

    def token(self, user: User, *scopes: Scope) -> dict[str, str]:
        """Return the header that a token of a person makes."""
        secret = accounts_of(self.app).tokens.issue(user, "test", scopes or (Scope.AGENT,))
        return {"Authorization": f"Bearer {secret}"}


def open_agent_site(store: GenerationStore, root: Path, clock: Clock, **settings: Any) -> AgentSite:
    """Return the small site over a new database, and its agents."""
    site = open_site(store, root, clock, **settings)
    return AgentSite(site.app, site.services)
