"""From what an ASGI server received to the environment that a WSGI application reads (PEP 3333)."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

REQUEST_ID = "dalil.request_id"
ROUTE = "dalil.route"
"""Set by whatever answers: the name of the view, for the access log."""

_SEPARATORS = {"HTTP_COOKIE": "; "}


def wsgi_environ(scope: Mapping[str, Any], body: bytes, length: int) -> WSGIEnvironment:
    """Return the environment of a request whose body is complete.

    A header with an underscore in its name is left out: it would pass for the one with a hyphen, which proxies set.

    Args:
        scope: The ASGI scope of the request.
        body: What may be read.
        length: What was sent; more than `body` holds if it was too large to be kept.
    """
    environ: WSGIEnvironment = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": scope["server"][0],
        "SERVER_PORT": str(scope["server"][1]),
        "REMOTE_ADDR": scope["client"][0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": BytesIO(body),
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for raw_name, raw_value in scope["headers"]:
        if b"_" not in raw_name:
            _add_header(environ, raw_name.decode("latin-1"), raw_value.decode("latin-1"))
    environ.pop("HTTP_TRANSFER_ENCODING", None)  # it was undone
    if length or "CONTENT_LENGTH" in environ:
        environ["CONTENT_LENGTH"] = str(length)
    return environ


def _add_header(environ: WSGIEnvironment, header: str, value: str) -> None:
    name = header.upper().replace("-", "_")
    if name not in {"CONTENT_TYPE", "CONTENT_LENGTH"}:
        name = f"HTTP_{name}"
    if name in environ:
        value = f"{environ[name]}{_SEPARATORS.get(name, ',')}{value}"
    environ[name] = value
