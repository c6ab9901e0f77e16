"""Small servers that tickets are delivered to in tests: HTTP by a table of answers, and SMTP."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Received:
    """One request."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Reply:
    """One answer."""

    status: int = 200
    document: Any = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class HttpReceiver:
    """A server, and what it was asked."""

    url: str
    received: list[Received] = field(default_factory=list)


@contextmanager
def http_receiver(answer: Callable[[Received], Reply]) -> Iterator[HttpReceiver]:
    """Run a server that answers every request by a function."""

    class Handler(BaseHTTPRequestHandler):
        def _handle(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            request = Received(self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body)
            receiver.received.append(request)
            reply = answer(request)
            content = b"" if reply.document is None else json.dumps(reply.document).encode()
            self.send_response(reply.status)
            if content:
                self.send_header("Content-Type", "application/json")
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = _handle  # noqa: N815 - the names that http.server looks for

        def log_message(self, format: str, *arguments: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver = HttpReceiver(f"http://127.0.0.1:{server.server_address[1]}")
    with _running(server):
        yield receiver


@dataclass
class Mailbox:
    """A mail server, and what it took."""

    port: int
    refuses: bool = False
    refuses_recipients: bool = False
    refuses_nobody: bool = False
    smtputf8: bool = False
    answer_to_quit: str = "221 bye"
    messages: list[EmailMessage] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    envelopes: list[list[str]] = field(default_factory=list)
    """Of each message, the lines MAIL and RCPT."""

    said: list[str] = field(default_factory=list)
    """The lines MAIL and RCPT of the message that is being handed over."""

    def answer(self, line: bytes) -> str:
        """Return the answer to a line of a conversation."""
        command = line[:4].upper()
        if command == b"MAIL":
            self.said = []
        if command in {b"MAIL", b"RCPT"}:
            self.said.append(line.decode().strip())
        if command == b"RCPT" and (self.refuses or self.refuses_recipients):
            return "451 not now" if self.refuses else "550 nobody here"
        if command == b"MAIL" and self.refuses_nobody and b"<>" in line:
            return "553 who are you"
        return "250-fine\r\n250 SMTPUTF8" if command == b"EHLO" and self.smtputf8 else "250 fine"


@contextmanager
def mail_receiver() -> Iterator[Mailbox]:
    """Run a mail server that speaks just enough SMTP."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self._say("220 test")
            while line := self.rfile.readline():
                command = line[:4].upper()
                if command == b"DATA":
                    self._say("354 go on")
                    self._take()
                elif command == b"QUIT":
                    self._say(box.answer_to_quit)
                    return
                else:
                    self._say(box.answer(line))

        def _take(self) -> None:
            lines = []
            while (line := self.rfile.readline()) != b".\r\n":
                lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
            parsed = message_from_bytes(b"".join(lines), policy=policy.default)
            assert isinstance(parsed, EmailMessage)
            box.messages.append(parsed)
            box.raw.append(b"".join(lines))
            box.envelopes.append(box.said)
            self._say("250 taken")

        def _say(self, text: str) -> None:
            self.wfile.write(f"{text}\r\n".encode())

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    box = Mailbox(server.server_address[1])
    with _running(server):
        yield box


@contextmanager
def _running(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
