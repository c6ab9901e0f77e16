"""Waits for whole requests without a thread, and answers them in one of a few.

An event loop waits for bodies, hundreds of slow ones at once; only a request that is there, within a size and a
deadline, takes one of the threads in which the site works. Headers and responses are waited for by the server outside
the interpreter. Whether the process lives is answered by the loop itself, so that monitoring never queues behind work.
"""

from __future__ import annotations

import asyncio
import logging
import os
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from string import ascii_lowercase
from time import perf_counter
from typing import TYPE_CHECKING, Any

from kb.log_lines import request_id
from web.intake.environ import REQUEST_ID, ROUTE, wsgi_environ

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

Message = Mapping[str, Any]
Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

SECONDS_FOR_A_BODY = 10.0
HEALTH = "/healthz"
REQUEST_ID_HEADER = b"x-request-id"
_READ_AND_DROPPED = 16
"""A body that is too large is read up to this many times the limit: who is still sending reads no refusal."""

_WAITING_A_THREAD = 32
_RETRY_AFTER = (b"retry-after", b"5")
_CLOSE = (b"connection", b"close")
_PLAIN = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]
_ALIVE = [
    (b"content-type", b"application/json"),
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
]
_TOO_SLOW = "وصل الطلب ببطء شديد. أعد المحاولة.\nThe request arrived too slowly. Try again.\n"
_TOO_BUSY = "الموقع مشغول الآن. أعد المحاولة بعد لحظات.\nThe site is busy. Try again in a moment.\n"
_FAILED = "حدث خطأ عندنا.\nSomething went wrong on our side.\n"

_access = logging.getLogger("access")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole response."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes


@dataclass(frozen=True, slots=True)
class _Arrived:
    """A whole request.

    Attributes:
        body: What the site may read.
        length: What was sent; more than `body` if it was too large.
        began: When its headers were there.
    """

    scope: Scope
    body: bytes
    length: int
    began: float
    id: str


class _GoneError(Exception):
    """The client went away before its request was complete."""


class Gate:
    """The ASGI application in front of the site.

    Args:
        site: What answers.
        largest_body: Bytes of a body that the site reads; larger ones reach it empty, with their length.
        threads: How many requests are worked on at once.
        health_paths: Where it is asked whether the process lives.
        trust_request_ids: A proxy in front names each request in `X-Request-Id`.
        seconds_for_a_body: Until when a body must be complete.
    """

    def __init__(
        self,
        site: WSGIApplication,
        *,
        largest_body: int,
        threads: int,
        health_paths: Iterable[str] = (HEALTH,),
        trust_request_ids: bool = False,
        seconds_for_a_body: float = SECONDS_FOR_A_BODY,
    ) -> None:
        self._site = site
        self._largest_body = largest_body
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="site")
        self._longest_queue = threads * (1 + _WAITING_A_THREAD)
        self._taken = 0
        self._health_paths = frozenset(health_paths)
        self._trust_request_ids = trust_request_ids
        self._seconds_for_a_body = seconds_for_a_body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        began, name = perf_counter(), self._name(scope)
        if scope["path"] in self._health_paths and scope["method"] in {"GET", "HEAD"}:
            self._send(send, Answer(200, list(_ALIVE), b'{"status": "ok"}\n'), name)
            return
        try:
            body, length = await self._read(scope, receive)
        except TimeoutError:
            self._refuse(scope, send, Answer(408, [*_PLAIN, _CLOSE], _TOO_SLOW.encode()), began, name)
            return
        except _GoneError:
            self._refuse(scope, send, Answer(400, [*_PLAIN, _CLOSE], b""), began, name)
            return
        if self._taken >= self._longest_queue:
            self._refuse(scope, send, Answer(503, [*_PLAIN, _RETRY_AFTER], _TOO_BUSY.encode()), began, name)
            return
        self._taken += 1
        try:
            arrived = _Arrived(scope, body, length, began, name)
            await asyncio.get_running_loop().run_in_executor(self._pool, self._work, arrived, send)
        finally:
            self._taken -= 1

    async def _read(self, scope: Scope, receive: Receive) -> tuple[bytes, int]:
        """Return what the site may read of the body, and how much was sent."""
        declared = _declared_length(scope)
        if declared == 0:
            return b"", 0
        if declared is not None and declared > _READ_AND_DROPPED * self._largest_body:
            return b"", declared
        body, length = bytearray(), 0
        async with asyncio.timeout(self._seconds_for_a_body):
            while length <= _READ_AND_DROPPED * self._largest_body:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise _GoneError
                length += len(message.get("body", b""))
                if length <= self._largest_body:
                    body += message.get("body", b"")
                if not message.get("more_body", False):
                    break
        return (bytes(body), length) if length <= self._largest_body else (b"", length)

    def _work(self, arrived: _Arrived, send: Send) -> None:
        """Answer a whole request in this thread."""
        request_id.set(arrived.id)
        environ = wsgi_environ(arrived.scope, arrived.body, arrived.length)
        environ[REQUEST_ID] = arrived.id
        try:
            answer = whole_answer(self._site, environ)
        except Exception:  # noqa: BLE001 - the edge that answers; the site has handlers of its own
            _log.exception("the site failed")
            answer = Answer(500, list(_PLAIN), _FAILED.encode())
        self._send(send, answer, arrived.id)
        self._write_access(arrived.scope, environ.get(ROUTE, "-"), answer.status, arrived.began)

    def _refuse(self, scope: Scope, send: Send, answer: Answer, began: float, name: str) -> None:
        self._send(send, answer, name)
        request_id.set(name)
        self._write_access(scope, "-", answer.status, began)

    @staticmethod
    def _write_access(scope: Scope, route: str, status: int, began: float) -> None:
        _access.info("%s %s %d %.1f ms", scope["method"], route, status, 1000 * (perf_counter() - began))

    @staticmethod
    def _send(send: Send, answer: Answer, name: str) -> None:
        # From this thread, unlike the letter of ASGI: granian takes both at once from any, and what it returns is done.
        # Back through the loop each answer waited for the interpreter once more (1.37 instead of 1.13 ms of processor).
        headers = [*answer.headers, (REQUEST_ID_HEADER, name.encode("ascii"))]
        send({"type": "http.response.start", "status": answer.status, "headers": headers})
        send({"type": "http.response.body", "body": answer.body})

    def _name(self, scope: Scope) -> str:
        """Return the name that the proxy gave the request, or a new one."""
        if self._trust_request_ids:
            for name, value in scope["headers"]:
                if name == REQUEST_ID_HEADER and re.fullmatch(rb"[A-Za-z0-9._-]{1,64}", value):
                    return str(value, "ascii")
        return "".join(ascii_lowercase[each % len(ascii_lowercase)] for each in os.urandom(12))


def whole_answer(site: WSGIApplication, environ: dict[str, Any]) -> Answer:
    """Return what a WSGI application answers, in one piece."""
    started: list[tuple[str, list[tuple[str, str]]]] = []
    written: list[bytes] = []

    def start(status: str, headers: list[tuple[str, str]], *_error: Any) -> Callable[[bytes], object]:
        started.append((status, headers))
        return written.append

    pieces = site(environ, start)
    try:
        body = b"".join([*pieces])
    finally:
        if close := getattr(pieces, "close", None):
            close()
    status, headers = started[-1]
    raw = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    return Answer(int(status.split(" ", 1)[0]), raw, b"".join(written) + body)


def _declared_length(scope: Scope) -> int | None:
    """Return how long the body will be, None if its end is marked by itself."""
    length = 0
    for name, value in scope["headers"]:
        if name == b"transfer-encoding":
            return None
        if name == b"content-length":
            length = int(value)  # the server refuses others
    return length
