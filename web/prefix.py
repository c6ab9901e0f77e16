"""The site below a path of its host, as `https://shop.example/help`: the one place that knows the path's two forms.

A proxy may pass addresses on whole or without the path. Both reach the site without it, as WSGI's SCRIPT_NAME, from
which Flask makes every address. What was made without Flask, when articles were indexed, is completed here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from flask import Flask, request
from werkzeug.utils import redirect

from kb.errors import OperatorError
from kb.model import Language
from web.services import services, services_of

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_PREFIX = re.compile(r"(?:/[A-Za-z0-9._~-]+)+")
_ADDRESS_IN_HTML = re.compile(r'(?<=\s)((?:href|src)=")(/(?!/))')


class Prefix:
    """The WSGI application that takes the path off what is asked for.

    Args:
        site: What answers.
        prefix: The path, without a slash at its end. Where a trusted proxy names another, that one counts; the
            middleware that believes proxies has put it into SCRIPT_NAME.
        taken: First parts of the site's own addresses, which no path may begin with.
    """

    def __init__(self, site: WSGIApplication, prefix: str, taken: frozenset[str]) -> None:
        self._site = site
        self._prefix = prefix
        self._taken = taken

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        named = str(environ.get("SCRIPT_NAME", "")).rstrip("/")
        is_usable = _PREFIX.fullmatch(named) and named.split("/")[1] not in self._taken
        prefix = named if is_usable else self._prefix
        environ["SCRIPT_NAME"] = prefix
        path = environ.get("PATH_INFO", "")
        if prefix and path == prefix:
            query = environ.get("QUERY_STRING", "")
            return redirect(f"{prefix}/{'?' if query else ''}{query}", 308)(environ, start_response)
        if prefix and path.startswith(f"{prefix}/"):
            environ["PATH_INFO"] = path[len(prefix) :]
        return self._site(environ, start_response)


def below_path(app: Flask, site: WSGIApplication) -> WSGIApplication:
    """Return a site below the path of its public address; to be called when all addresses are known.

    Args:
        app: Makes the addresses.
        site: The application, with whatever stands before it.

    Raises:
        OperatorError: The path is one of the site's own, so that addresses could mean two things.
    """
    prefix = site_prefix(services_of(app).settings.site_url)
    taken = {str(lang) for lang in Language} | {rule.rule.split("/")[1] for rule in app.url_map.iter_rules()}
    if prefix and (first := prefix.split("/")[1]) in taken:
        raise OperatorError(
            f"KB_SITE_URL ends in {prefix}, and the site has pages of its own below /{first}.",
            "choose another path, such as /help.",
        )
    app.add_template_global(cookie_path)
    app.config.update(APPLICATION_ROOT=prefix or "/", SESSION_COOKIE_PATH=prefix or "/")
    return Prefix(site, prefix, frozenset(taken))


def site_prefix(site_url: str) -> str:
    """Return the path of the site's public address, empty if it has none."""
    return urlsplit(site_url).path


def cookie_path(place: str = "") -> str:
    """Return the path for cookies of this site, or of one place in it: the host's other sites do not get them."""
    return (site_prefix(services().settings.site_url) + place) or "/"


def with_prefix(path: str) -> str:
    """Return a path of the site as browsers see it; one that is so already is left alone."""
    root = request.script_root
    return path if path.startswith(f"{root}/") else root + path


def without_prefix(path: str) -> str:
    """Return a path that a browser sent as the site knows it."""
    return path.removeprefix(request.script_root) if path.startswith(f"{request.script_root}/") else path


def present_path() -> str:
    """Return path and query of this request, as browsers see them."""
    return request.script_root + request.full_path.rstrip("?")


def full_address(path: str) -> str:
    """Return the whole public address of a path of the site, as the site knows it or as browsers see it."""
    site_url = services().settings.site_url
    return site_url + ("" if site_prefix(site_url) else quote(request.script_root)) + without_prefix(path)


def complete_addresses(html: str) -> str:
    """Return the HTML of an article with the path in its links to pages and pictures of the site."""
    if not request.script_root:
        return html
    return _ADDRESS_IN_HTML.sub(lambda found: f"{found[1]}{request.script_root}{found[2]}", html)
