"""Who uses the panel when it is embedded: named by a host that we share a secret with, then by a mark of our own.

The host's server signs ``{"login": …, "expires": …}`` and puts it into the panel's address; it is good for minutes. The
page gets a mark that is good for a working day and is sent as a bearer token. Cookies are never looked at.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from datetime import UTC, datetime, timedelta

from pydantic import BaseModel, ConfigDict, ValidationError

from kb.accounts.model import Permission, User, UserId
from kb.pacing.pacer import Pace
from web.services import services
from web.signing import SigningFault, read_fresh, sign_for_a_while

PANEL_PREFIX = "panel."
ADDRESS_LIFE = timedelta(minutes=5)
PANEL_LIFE = timedelta(hours=12)
LONGEST_ADDRESS = 2_000
_PURPOSE = "agent-panel"
_ONCE = Pace("panel address", 1, minutes=int(ADDRESS_LIFE.total_seconds() // 60) + 1)
"""An address that somebody finds in a log or a history opens nothing; longer than it would be good for anyway."""


class Claim(BaseModel):
    """What a host says in the panel's address.

    Attributes:
        login: Login of the person at our desk.
        expires: Seconds since 1970, at most five minutes from now.
    """

    model_config = ConfigDict(extra="forbid", strict=True)

    login: str
    expires: int


def sign_address(secret: str, login: str, expires: datetime) -> str:
    """Return what a host appends to the panel's address as ``embed``: the reference for docs/AGENTS.md.

    Args:
        secret: `KB_PANEL_SECRET`.
        login: Login of the person at our desk.
        expires: When the address ends to be good, at most five minutes from now.
    """
    claim = _encoded(Claim(login=login, expires=int(expires.timestamp())).model_dump_json().encode())
    return f"{claim}.{_encoded(_digest(secret, claim))}"


def person_of_address(text: str) -> User | None:
    """Return the agent whom a host names in a signed address; None if it is forged, too old, used, or not an agent."""
    secret = services().settings.panel_secret
    claim, _, signature = text[:LONGEST_ADDRESS].partition(".")
    given = _decoded(signature)
    if not secret or given is None or not hmac.compare_digest(given, _digest(secret, claim)):
        return None
    try:
        believed = Claim.model_validate_json(_decoded(claim) or b"")
        expires = datetime.fromtimestamp(believed.expires, UTC)
    except (ValidationError, OverflowError, ValueError, OSError):
        return None
    now = services().clock.now()
    if not now < expires <= now + ADDRESS_LIFE:
        return None
    user = _agent(services().accounts.people.by_login(believed.login))
    return user if user is not None and services().pacer.take(_ONCE, given.hex()) else None


def panel_mark(user: User) -> str:
    """Return the bearer token that the panel of a person sends."""
    return PANEL_PREFIX + sign_for_a_while(_PURPOSE, user.id, user.stamp)


def person_of_mark(text: str) -> User | None:
    """Return the agent of a panel's bearer token; None if it is forged, too old, ended, or no agent's any more."""
    parts = read_fresh(_PURPOSE, text.removeprefix(PANEL_PREFIX), PANEL_LIFE)
    if isinstance(parts, SigningFault) or len(parts) != 2:
        return None
    user = _agent(services().accounts.people.get(UserId(parts[0])))
    return user if user is not None and user.stamp == parts[1] else None


def _agent(user: User | None) -> User | None:
    return user if user and user.may(Permission.ANSWER_TICKETS) else None


def _digest(secret: str, claim: str) -> bytes:
    return hmac.digest(secret.encode(), claim.encode("utf-8", "replace"), hashlib.sha256)


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode("ascii").rstrip("=")


def _decoded(text: str) -> bytes | None:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return None
