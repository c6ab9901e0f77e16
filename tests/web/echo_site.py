"""A site that tells what arrived, behind the gate and the real server: `python -m tests.web.echo_site PORT`."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

from granian.constants import HTTPModes, Interfaces, RuntimeModes
from granian.http import HTTP1Settings
from granian.server import Server
from werkzeug import Request, Response

from kb.cli.logs import write_access_log, write_masked_logs
from web.intake import Gate
from web.intake.environ import ROUTE

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

THREADS = 2
LARGEST_BODY = 1000
SECONDS_FOR_A_BODY = 1.0
SECONDS_FOR_HEADERS = 1


def site(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Tell what arrived, or take a second, or fail."""
    request = Request(environ)
    environ[ROUTE] = f"echo.{request.path.strip('/') or 'home'}"
    if request.path == "/slow":
        time.sleep(1)
    if request.path == "/broken":
        raise RuntimeError("a bug, called 0551234567")
    seen = {
        "path": request.path,
        "query": request.query_string.decode(),
        "length": request.content_length,
        "body": request.get_data(as_text=True),
        "cookie": request.cookies.get("name", ""),
        "for": request.headers.get("X-Forwarded-For", ""),
    }
    response = Response(repr(seen), headers={"Two": "a"})
    response.headers.add("Two", "b")
    return response(environ, start_response)


def load() -> Gate:
    """Return the site behind the gate, in a worker."""
    write_masked_logs()
    write_access_log()
    return Gate(
        site,
        largest_body=LARGEST_BODY,
        threads=THREADS,
        seconds_for_a_body=SECONDS_FOR_A_BODY,
        trust_request_ids=True,
    )


def main() -> None:
    """Serve until a signal ends it."""
    settings = HTTP1Settings(header_read_timeout=1000 * SECONDS_FOR_HEADERS, max_buffer_size=64 * 1024)
    Server(
        "site",
        port=int(sys.argv[1]),
        interface=Interfaces.ASGINL,
        http=HTTPModes.http1,
        http1_settings=settings,
        websockets=False,
        runtime_mode=RuntimeModes.st,
        log_enabled=False,
    ).serve(target_loader=load, wrap_loader=False)


if __name__ == "__main__":
    main()
