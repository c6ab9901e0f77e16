"""A time after which connections end, whatever their other side does: limits of sockets start anew with each byte."""

from __future__ import annotations

import os
import socket
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self


class Deadline:
    """Ends the connections that it watches when its time is up; a context manager.

    Args:
        seconds: From entering the context.
    """

    def __init__(self, seconds: float) -> None:
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True
        self._watched: list[socket.socket] = []
        self._lock = threading.Lock()
        self._is_over = False

    @property
    def is_over(self) -> bool:
        """Whether the time is up, so that connections were ended."""
        return self._is_over

    def watch(self, connection: socket.socket) -> socket.socket:
        """Return the connection, which is ended when the time is up, also once TLS has taken it over."""
        # TLS detaches the socket that it is given; a second descriptor of the same connection remains ours.
        with self._lock:
            self._watched.append(socket.socket(fileno=os.dup(connection.fileno())))
            if self._is_over:
                self._shut()
        return connection

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        with self._lock:
            while self._watched:
                self._watched.pop().close()

    def _end(self) -> None:
        with self._lock:
            self._is_over = True
            self._shut()

    def _shut(self) -> None:
        for connection in self._watched:
            with suppress(OSError):  # it has ended by itself
                connection.shutdown(socket.SHUT_RDWR)
