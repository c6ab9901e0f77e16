"""Passwords and random secrets: argon2id for what people choose, SHA-256 for what we draw.

A hash takes 64 MB and a tenth of a second by design. Where they could be had at will, a few clients would take all the
memory and all the threads; so a process makes one at a time, behind everything else it does, and few may wait.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import sys
import threading
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from kb.errors import UserError

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 200
PLACES = 3
"""Hashes that are made or waited for at once on behalf of strangers, and as many more for known devices."""

_SECRET_BYTES = 32
_LEAST_SCORE = 2
"""Of zxcvbn's scale from 0 to 4: 10^6 guesses and more, by somebody who knows common passwords, names and keyboards."""

_MOST_SCORED = 72  # of the characters; scoring takes longer than linear
_NICENESS = 5
Result = TypeVar("Result")


class PasswordFault(StrEnum):
    """Why a password may not be chosen."""

    TOO_SHORT = "too-short"
    TOO_LONG = "too-long"
    GUESSABLE = "guessable"


_FAULTS = {
    PasswordFault.TOO_SHORT: f"Choose a password of at least {SHORTEST_PASSWORD} characters.",
    PasswordFault.TOO_LONG: f"Choose a password of at most {LONGEST_PASSWORD} characters.",
    PasswordFault.GUESSABLE: "This password is easy to guess. Take a few words that have nothing to do with you.",
}


class WeakPasswordError(UserError):
    """A password that may not be chosen.

    Args:
        fault: What is wrong, for pages that say it in the reader's language.
    """

    def __init__(self, fault: PasswordFault) -> None:
        super().__init__(_FAULTS[fault])
        self.fault = fault


class HashingBusyError(UserError):
    """Too many passwords are being checked; in a moment there is room again."""

    def __init__(self) -> None:
        super().__init__("Too many people sign in at this moment. Try again in a few seconds.")


class Passwords:
    """Hashes and checks passwords by argon2id.

    Args:
        memory_kib: Memory of one hash; the default and that of `rounds` are RFC 9106's low-memory profile, in one lane,
            so that a hash takes one core.
        rounds: Passes over that memory.
    """

    def __init__(self, memory_kib: int = 65_536, rounds: int = 3) -> None:
        self._memory_kib = memory_kib
        self._rounds = rounds
        self._places = {known: threading.BoundedSemaphore(PLACES) for known in (False, True)}

    @contextmanager
    def place(self, *, known: bool = False) -> Iterator[None]:
        """Give a place among those whose password is checked or set.

        Args:
            known: For somebody whom strangers cannot keep out.

        Raises:
            HashingBusyError: All places are taken; nobody waits for one.
        """
        if not (place := self._places[known]).acquire(blocking=False):
            raise HashingBusyError
        try:
            yield
        finally:
            place.release()

    def hash(self, password: str, about: Sequence[str] = ()) -> str:
        """Return the hash to store.

        Args:
            about: What is known of the person, as login and name: no password is made of it.

        Raises:
            WeakPasswordError: The password is too short, too long, or among the first that anybody would try.
        """
        check_password(password, about)
        return self._alone(lambda: self._hasher.hash(password))

    def rehash(self, password: str) -> str:
        """Return a new hash of a password that is in use already."""
        return self._alone(lambda: self._hasher.hash(password))

    def matches(self, password: str, stored: str | None) -> bool:
        """Return whether a password is the stored one; takes as long where none is stored, to give nobody away."""
        from argon2.exceptions import InvalidHashError, VerificationError

        try:
            given = password[:LONGEST_PASSWORD]
            return self._alone(lambda: self._hasher.verify(stored or self._decoy, given)) and stored is not None
        except (VerificationError, InvalidHashError):
            return False

    def is_outdated(self, stored: str) -> bool:
        """Return whether a hash was made with weaker parameters than today's."""
        return self._hasher.check_needs_rehash(stored)

    def _alone(self, work: Callable[[], Result]) -> Result:
        """Do the work in the one thread for it."""
        return self._thread.submit(work).result()

    @cached_property
    def _thread(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(1, "passwords", initializer=_step_back)

    @cached_property
    def _hasher(self) -> PasswordHasher:
        from argon2 import PasswordHasher

        return PasswordHasher(time_cost=self._rounds, memory_cost=self._memory_kib, parallelism=1)

    @cached_property
    def _decoy(self) -> str:
        return self._hasher.hash(new_secret())


def check_password(password: str, about: Sequence[str] = ()) -> None:
    """Raise WeakPasswordError unless a password may be chosen.

    Args:
        about: What is known of the person, as login and name.
    """
    if len(password) > LONGEST_PASSWORD:
        raise WeakPasswordError(PasswordFault.TOO_LONG)
    if len(_visible(password)) < SHORTEST_PASSWORD:
        raise WeakPasswordError(PasswordFault.TOO_SHORT)
    if _is_guessable(password, about):
        raise WeakPasswordError(PasswordFault.GUESSABLE)


def _visible(password: str) -> str:
    """Return what of a password can be seen, with one space for each run of them."""
    kept = "".join(sign for sign in password if sign.isspace() or unicodedata.category(sign)[0] != "C")
    return " ".join(kept.split())


def _is_guessable(password: str, about: Sequence[str]) -> bool:
    from zxcvbn import zxcvbn

    plain = unicodedata.normalize("NFKC", _visible(password))
    known = [part for text in about for part in (text, *text.replace("@", " ").replace(".", " ").split())]
    ways = {plain, plain.replace(" ", "")}  # "pass word" is the word
    return any(zxcvbn(way[:_MOST_SCORED], user_inputs=known)["score"] < _LEAST_SCORE for way in ways)


def _step_back() -> None:
    """Let everything else on this machine go first, where a thread can say so."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)


def new_secret() -> str:
    """Return 256 random bits as text that is safe in a URL."""
    return secrets.token_urlsafe(_SECRET_BYTES)


def fingerprint(secret: str) -> str:
    """Return what is stored of a drawn secret; 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
