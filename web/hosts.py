"""By which names this site is asked for, and from which address: decided before anything else looks at a request.

A name that is not ours is refused, so that no page, link or redirect can be made to lead to it.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from werkzeug import Response
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.sansio.utils import host_is_trusted

from kb.addresses import plain_address
from kb.settings import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ASKED_BY_ADDRESS = frozenset({"/healthz", "/readyz", "/metrics"})
"""What monitors and load balancers ask by the address of a machine, and what says nothing that names the site."""

_THIS_MACHINE = ("localhost", "127.0.0.1", "[::1]")
_LONGEST_HOST = 253 + len(":65535")  # RFC 1035
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})"
_HOST = re.compile(rf"(?P<name>{_LABEL}(?:\.{_LABEL})*\.?|\[[0-9A-Fa-f:.]+\])(?::[0-9]{{1,5}})?")
_PLAIN = {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}

_log = logging.getLogger(__name__)


class TrustedProxies:
    """Believes what as many proxies as there are say about who asks; ``Forwarded`` is never believed.

    Args:
        site: The application behind.
        hops: How many proxies there are.
    """

    def __init__(self, site: WSGIApplication, hops: int) -> None:
        self._site = site
        self._fixed = (
            ProxyFix(self._answer, x_for=hops, x_proto=hops, x_host=hops, x_prefix=hops) if hops else self._answer
        )

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        return self._fixed(environ, start_response)

    def _answer(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Leave only an address: proxies write it with a port, in quotes, or as ``unknown`` instead."""
        if original := environ.get("werkzeug.proxy_fix.orig"):
            said = str(environ.get("REMOTE_ADDR") or "")
            environ["REMOTE_ADDR"] = plain_address(said) or original["REMOTE_ADDR"] or ""
        return self._site(environ, start_response)


class OwnNames:
    """Answers only who asks for this site by one of its names.

    Args:
        site: The application behind.
        settings: Say what the site is called.
    """

    def __init__(self, site: WSGIApplication, settings: Settings) -> None:
        self._site = site
        own = urlsplit(settings.site_url).hostname or ""
        self._own = (_bracketed(own), *_THIS_MACHINE, *settings.trusted_hosts.split())
        self._any_address = _is_address(own)  # nobody gave it a name yet: it is being tried on some machine

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request, or refuse it."""
        host = environ.get("HTTP_HOST")
        if host is None or self._is_ours(str(host), str(environ.get("PATH_INFO", ""))):
            return self._site(environ, start_response)
        _log.warning("Refused a request for another site, %.100r: KB_SITE_URL or KB_TRUSTED_HOSTS name this one", host)
        refusal = Response("This site has another name. Check the address.\n", 400, _PLAIN)
        return refusal(environ, start_response)

    def _is_ours(self, host: str, path: str) -> bool:
        found = _HOST.fullmatch(host) if len(host) <= _LONGEST_HOST else None
        if found is None:
            return False
        name = found["name"].lower().removesuffix(".")
        if path in ASKED_BY_ADDRESS or (self._any_address and _is_address(name.strip("[]"))):
            return True
        return name in self._own or host_is_trusted(name, self._own)


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
