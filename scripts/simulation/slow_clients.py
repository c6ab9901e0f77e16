"""Clients that take their time: hundreds at once, from a process of their own, each again when it is sent away."""

from __future__ import annotations

import asyncio
import multiprocessing
import socket
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from enum import StrEnum
from multiprocessing.connection import Connection

STARTS_PER_SECOND = 100
_HEAD = "POST /en/contact HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
_PAGE = b"GET /en/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
_PICTURE = b"GET /static/0/images/share.png HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"  # 280 kB
_LARGEST_WINDOW = 4096


class Habit(StrEnum):
    """What a client is slow with."""

    BODY = "a byte of a body now and then"
    CHUNKS = "chunks without end"
    LIE = "less of a body than it declared"
    HEADERS = "a header now and then"
    IDLE = "nothing after an answer"
    READING = "takes nothing of its answers"


_FIRST = {
    Habit.BODY: f"{_HEAD}Content-Length: 60000\r\n\r\n".encode(),
    Habit.CHUNKS: f"{_HEAD}Transfer-Encoding: chunked\r\n\r\n".encode(),
    Habit.LIE: f"{_HEAD}Content-Length: 60000\r\n\r\nname=amal".encode(),
    Habit.HEADERS: _HEAD.encode(),
    Habit.IDLE: _PAGE,
    Habit.READING: _PICTURE * 2,
}
_NEXT = {Habit.BODY: b"a", Habit.CHUNKS: b"1\r\na\r\n", Habit.HEADERS: b"X-Wait: a\r\n"}


class SlowClients:
    """Clients of one habit, or of all in turn.

    Args:
        port: Where the site listens on this machine.
        count: How many.
        pause_s: Seconds between two pieces of what they send.
    """

    def __init__(self, port: int, habits: tuple[Habit, ...], count: int, pause_s: float) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_run, args=(port, habits, count, pause_s, theirs), daemon=True)

    def __enter__(self) -> SlowClients:
        """Return once all have connected."""
        self._process.start()
        self._pipe.recv()
        return self

    def answers(self) -> Mapping[str, int]:
        """Return how often they were answered so far, by status; `closed`: sent away without a word."""
        self._pipe.send(True)
        counted: Mapping[str, int] = self._pipe.recv()
        return counted

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.join()


def _run(port: int, habits: tuple[Habit, ...], count: int, pause_s: float, pipe: Connection) -> None:
    asyncio.run(_all(port, habits, count, pause_s, pipe))


async def _all(port: int, habits: tuple[Habit, ...], count: int, pause_s: float, pipe: Connection) -> None:
    answers: Counter[str] = Counter()
    tasks = []
    for number in range(count):
        tasks.append(asyncio.create_task(_client(port, habits[number % len(habits)], pause_s, answers)))
        await asyncio.sleep(1 / STARTS_PER_SECOND)
    pipe.send(True)
    while True:
        await asyncio.to_thread(pipe.recv)
        pipe.send(dict(answers))


async def _client(port: int, habit: Habit, pause_s: float, answers: Counter[str]) -> None:
    while True:
        with suppress(OSError):
            answers[await _connection(port, habit, pause_s)] += 1
        await asyncio.sleep(pause_s / 10)


async def _connection(port: int, habit: Habit, pause_s: float) -> str:
    """Keep one connection for as long as the server lets it, and return what the server said at the end."""
    plug = socket.socket()
    plug.setblocking(False)
    if habit is Habit.READING:
        plug.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _LARGEST_WINDOW)
    loop = asyncio.get_running_loop()
    try:
        await loop.sock_connect(plug, ("127.0.0.1", port))
        await loop.sock_sendall(plug, _FIRST[habit])
        if habit is Habit.READING:  # Linux ends the connection at the server's side without a word to this one
            await asyncio.Event().wait()
        ending = asyncio.create_task(_last_word(plug))
        while not (await asyncio.wait({ending}, timeout=pause_s))[0]:
            if piece := _NEXT.get(habit):
                await loop.sock_sendall(plug, piece)
        return ending.result()
    finally:
        plug.close()


async def _last_word(plug: socket.socket) -> str:
    """Return the status of the last answer before the server ended the connection."""
    loop, said = asyncio.get_running_loop(), "closed"
    while data := await loop.sock_recv(plug, 65_536):
        if data.startswith(b"HTTP/1.1 "):
            said = data[9:12].decode()
    return said
