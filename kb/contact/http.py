"""Calls other systems over HTTP: within a total time, up to a size, without redirects, and with failures told apart."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, cast

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from kb.contact.deadline import Deadline
from kb.contact.delivery import DeliveryError, DeliveryRefusedError

CONNECT_TIMEOUT_S = 5.0
READ_TIMEOUT_S = 15.0
DEADLINE_S = 30.0
"""For all calls of one delivery together."""

LARGEST_ANSWER = 1024 * 1024
_FINAL = {400, 413, 415, 422}
_LONGEST_WAIT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Call:
    """One request.

    Attributes:
        body: Sent as it is, so that it can be signed.
        auth: User and password, or None.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    auth: tuple[str, str] | None = None


class Receiver:
    """Whom the calls of one delivery go to; `open_receiver` opens one."""

    def __init__(self, session: requests.Session, deadline: Deadline) -> None:
        self._session = session
        self._deadline = deadline

    def send(self, call: Call) -> None:
        """Send a request; what a success says beside its status is not read.

        Raises:
            DeliveryRefusedError: The receiver understood and will never accept it.
            DeliveryError: Anything else that is not a success.
        """
        self._answer(call).close()

    def ask(self, call: Call) -> Any:
        """Send a request and return the JSON of the answer, None if it has none.

        Raises:
            DeliveryRefusedError: The receiver understood and will never accept it.
            DeliveryError: Anything else that is not a success, or the answer is none that is expected.
        """
        with self._answer(call) as response:
            if "json" not in response.headers.get("Content-Type", ""):
                return None
            if response.headers.get("Content-Encoding", "identity").lower() != "identity":
                raise DeliveryError("the receiver answered in an encoding that was not asked for")
            try:
                body = response.raw.read(LARGEST_ANSWER + 1)
            except (HTTPError, OSError) as error:
                raise self._unreachable(error) from error
        if len(body) > LARGEST_ANSWER:
            raise DeliveryError(f"the receiver answered more than {LARGEST_ANSWER // 1024} kB")
        try:
            return json.loads(body)
        except (ValueError, RecursionError) as error:
            # An answer that was cut off by the deadline is no JSON either.
            raise DeliveryError(self._late() or "the receiver answered something that is no JSON") from error

    def _answer(self, call: Call) -> requests.Response:
        try:
            response = self._session.request(
                call.method,
                call.url,
                data=call.body,
                headers=dict(call.headers) | {"Accept-Encoding": "identity"},
                auth=call.auth,
                timeout=(CONNECT_TIMEOUT_S, READ_TIMEOUT_S),
                allow_redirects=False,
                stream=True,
            )
        except (requests.RequestException, HTTPError) as error:
            raise self._unreachable(error) from error
        if self._deadline.is_over:  # the headers may be cut off, and look complete
            response.close()
            raise DeliveryError(self._late())
        if 200 <= response.status_code < 300:
            return response
        response.close()
        if response.status_code in _FINAL:
            raise DeliveryRefusedError(f"the receiver answered {response.status_code}")
        raise DeliveryError(f"the receiver answered {response.status_code}", _retry_after(response.headers))

    def _unreachable(self, error: Exception) -> DeliveryError:
        return DeliveryError(self._late() or f"{type(error).__name__}: the receiver could not be reached")

    def _late(self) -> str:
        return "the receiver took too long" if self._deadline.is_over else ""


@contextmanager
def open_receiver(deadline_s: float = DEADLINE_S) -> Iterator[Receiver]:
    """Give a receiver for the calls of one delivery.

    Args:
        deadline_s: How long they may take together.
    """
    with Deadline(deadline_s) as deadline, requests.Session() as session:
        adapter = _WatchedAdapter(deadline)
        session.mount("http://", adapter)
        session.mount("https://", adapter)
        yield Receiver(session, deadline)


class _WatchedAdapter(HTTPAdapter):
    """Has every connection watched by a deadline."""

    def __init__(self, deadline: Deadline) -> None:
        self._pools = _watched_pools(deadline)
        super().__init__()

    def init_poolmanager(self, *given: Any, **named: Any) -> None:
        """Make the pools of direct connections."""
        super().init_poolmanager(*given, **named)
        self.poolmanager.pool_classes_by_scheme = self._pools

    def proxy_manager_for(self, *given: Any, **named: Any) -> PoolManager:
        """Return the pools of connections through a proxy."""
        manager = cast(PoolManager, super().proxy_manager_for(*given, **named))
        manager.pool_classes_by_scheme = self._pools
        return manager


def _watched_pools(deadline: Deadline) -> dict[str, type[HTTPConnectionPool]]:
    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return deadline.watch(super()._new_conn())

    class Tls(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return deadline.watch(super()._new_conn())

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class TlsPool(HTTPSConnectionPool):
        ConnectionCls = Tls

    return {"http": PlainPool, "https": TlsPool}


def _retry_after(headers: Mapping[str, str]) -> timedelta | None:
    """Return the wait that an answer names, in seconds or as a date, at most a day."""
    given = headers.get("Retry-After", "").strip()[:40]
    if given.isascii() and given.isdigit():
        return timedelta(seconds=min(int(given), int(_LONGEST_WAIT.total_seconds())))
    try:
        return max(timedelta(0), min(parsedate_to_datetime(given) - datetime.now(UTC), _LONGEST_WAIT))
    except (ValueError, TypeError):
        return None
