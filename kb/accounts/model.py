"""People of the support team and what they may do: values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType

from kb.model import Language

UserId = NewType("UserId", str)
TokenId = NewType("TokenId", str)
SessionId = NewType("SessionId", str)


class Role(StrEnum):
    """What somebody works as; a person may have several."""

    WRITER = "writer"
    AGENT = "agent"
    EDITOR = "editor"
    MANAGER = "manager"
    ADMIN = "admin"


class Permission(StrEnum):
    """What a part of the desk asks for."""

    WRITE_ARTICLES = "write-articles"
    ANSWER_TICKETS = "answer-tickets"
    WORK_QUEUES = "work-queues"
    CURATE = "curate"
    READ_STATISTICS = "read-statistics"
    MANAGE_PEOPLE = "manage-people"


_EVERYTHING = frozenset(Permission)

GRANTS: Mapping[Role, frozenset[Permission]] = {
    Role.WRITER: frozenset({Permission.WRITE_ARTICLES}),
    Role.AGENT: frozenset({Permission.ANSWER_TICKETS}),
    Role.EDITOR: frozenset({Permission.WRITE_ARTICLES, Permission.WORK_QUEUES, Permission.CURATE}),
    Role.MANAGER: frozenset({Permission.READ_STATISTICS, Permission.ANSWER_TICKETS}),
    Role.ADMIN: _EVERYTHING,
}
"""The one table of who may do what."""


class Scope(StrEnum):
    """What an API token may be used for; never more than its owner may do."""

    AGENT = "agent"
    STATISTICS = "statistics"
    CURATION = "curation"


SCOPE_PERMISSIONS: Mapping[Scope, Permission] = {
    Scope.AGENT: Permission.ANSWER_TICKETS,
    Scope.STATISTICS: Permission.READ_STATISTICS,
    Scope.CURATION: Permission.CURATE,
}
"""The permission of which a token of each scope gives the use."""


@dataclass(frozen=True, slots=True)
class User:
    """A person of the support team.

    Attributes:
        login: E-mail address or name that signs in, lower case.
        lang: Language of the desk for this person.
        roles: What they work as.
        active: Whether they may sign in.
        stamp: Changes whenever everything ends that their credentials gave; what is signed for them holds it.
        has_password: Whether a password is set; without one they come through the organisation's provider.
    """

    id: UserId
    login: str
    name: str
    lang: Language
    roles: frozenset[Role]
    active: bool
    stamp: str = field(default="", compare=False, repr=False)
    has_password: bool = field(default=False, compare=False)

    def may(self, permission: Permission) -> bool:
        """Return whether one of the roles grants a permission."""
        return self.active and any(permission in GRANTS[role] for role in self.roles)


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in browser.

    Attributes:
        expires: When it ends at the latest.
        proved: When the person proved last who they are.
    """

    id: SessionId
    user: User
    opened: datetime
    expires: datetime
    proved: datetime


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A token as it is listed: its secret is shown once and never kept.

    Attributes:
        used: Day and time of the last use, None before the first.
    """

    id: TokenId
    user: UserId
    name: str
    scopes: frozenset[Scope]
    made: datetime
    used: datetime | None
