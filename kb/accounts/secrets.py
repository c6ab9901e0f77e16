"""Passwords and random secrets: argon2id for what people choose, SHA-256 for what we draw."""

from __future__ import annotations

import hashlib
import secrets
from functools import cached_property
from typing import TYPE_CHECKING

from kb.errors import UserError

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 200
_SECRET_BYTES = 32


class Passwords:
    """Hashes and checks passwords by argon2id.

    Args:
        memory_kib: Memory of one hash; the default and that of `rounds` are RFC 9106's low-memory profile.
        rounds: Passes over that memory.
    """

    def __init__(self, memory_kib: int = 65_536, rounds: int = 3) -> None:
        self._memory_kib = memory_kib
        self._rounds = rounds

    def hash(self, password: str) -> str:
        """Return the hash to store.

        Raises:
            UserError: The password is too short or too long.
        """
        if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
            raise UserError(f"Choose a password of {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters.")
        return self._hasher.hash(password)

    def matches(self, password: str, stored: str | None) -> bool:
        """Return whether a password is the stored one; takes as long where none is stored, to give nobody away."""
        from argon2.exceptions import InvalidHashError, VerificationError

        try:
            return self._hasher.verify(stored or self._decoy, password[:LONGEST_PASSWORD]) and stored is not None
        except (VerificationError, InvalidHashError):
            return False

    def is_outdated(self, stored: str) -> bool:
        """Return whether a hash was made with weaker parameters than today's."""
        return self._hasher.check_needs_rehash(stored)

    @cached_property
    def _hasher(self) -> PasswordHasher:
        from argon2 import PasswordHasher

        return PasswordHasher(time_cost=self._rounds, memory_cost=self._memory_kib)

    @cached_property
    def _decoy(self) -> str:
        return self._hasher.hash(new_secret())


def new_secret() -> str:
    """Return 256 random bits as text that is safe in a URL."""
    return secrets.token_urlsafe(_SECRET_BYTES)


def fingerprint(secret: str) -> str:
    """Return what is stored of a drawn secret; 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
