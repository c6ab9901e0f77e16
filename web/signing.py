"""Values that leave the server and come back: signed, for one purpose each, so that none can be made up or swapped."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from itsdangerous import BadData, TimestampSigner, URLSafeSerializer, URLSafeTimedSerializer

from web.services import services


class SigningFault(StrEnum):
    """Why a signed value is not accepted."""

    FORGED = "forged"
    STALE = "stale"


class ClockSigner(TimestampSigner):
    """Dates what it signs by the site's clock."""

    def get_timestamp(self) -> int:
        """Return the present second, counted from 1970."""
        return int(services().clock.now().timestamp())


def sign(purpose: str, *parts: str) -> str:
    """Return parts as signed text; the same parts always give the same text."""
    return str(URLSafeSerializer(services().secret_key, salt=purpose).dumps(parts))


def read_signed(purpose: str, text: str) -> tuple[str, ...] | None:
    """Return the parts of what `sign` gave for this purpose, None for anything else."""
    try:
        return _parts(URLSafeSerializer(services().secret_key, salt=purpose).loads(text))
    except BadData:
        return None


def sign_for_a_while(purpose: str, *parts: str) -> str:
    """Return parts as signed text that knows when it was made."""
    return str(_timed(purpose).dumps(parts))


def read_fresh(purpose: str, text: str, life: timedelta) -> tuple[str, ...] | SigningFault:
    """Return the parts of what `sign_for_a_while` gave for this purpose, unless it is older than `life`.

    What seems to come from the future, by at most as much, is as good: the clock was set back meanwhile.
    """
    try:
        loaded, made = _timed(purpose).loads(text, return_timestamp=True)
    except BadData:
        return SigningFault.FORGED
    if abs(services().clock.now() - made) > life:
        return SigningFault.STALE
    return _parts(loaded) or SigningFault.FORGED


def _timed(purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(services().secret_key, salt=purpose, signer=ClockSigner)


def _parts(loaded: object) -> tuple[str, ...] | None:
    return tuple(str(part) for part in loaded) if isinstance(loaded, list) else None
