"""Asks the site for everything in every wrong way: by its own description of the API, and by all of its addresses."""

from __future__ import annotations

import json
import logging
import random
import re
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Iterator
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from kb.accounts.model import Role, User
from kb.errors import UserError
from kb.model import Language
from scripts.faults.report import Report, Task
from scripts.faults.site import AGENT, Site, open_site
from web.desk.access import SESSION_COOKIE

REQUESTS = 100_000
DESCRIBED_SHARE = 0.1
"""How many of them schemathesis makes."""

LONGEST_ANSWER_S = 10.0

HOSTILE = (
    "",
    "0",
    "-1",
    "1e309",
    "9" * 400,
    "NaN",
    "null",
    "true",
    "../../../../etc/passwd",
    "..%2f..%2fetc%2fpasswd",
    "%00",
    "\x00",
    "\ud800",
    "\u202e\u2066\u200f",
    "\ufffe\uffff",
    "𝒜" * 300,
    "ا" * 3_000,
    "a " * 2_000,
    '"a" ' * 240,
    "-a " * 240,
    "'; DROP TABLE tickets; --",
    "{{ 7 * 7 }}",
    "${7*7}",
    "<script>alert(1)</script>",
    "\r\nSet-Cookie: x=1",
    "=cmd|' /C calc'!A0",
    "//evil.example",
    "javascript:alert(1)",
    "2026-02-30",
    "0001-01-01",
    "99999-01-01",
    "ar",
    "en",
    "de",
    "[]",
    "{}",
    "[" * 2_000,
)
_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
METHODS = ("GET", "POST", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH")
HEADERS = (
    "Accept",
    "Accept-Language",
    "Authorization",
    "Content-Type",
    "Cookie",
    "Forwarded",
    "Host",
    "If-Modified-Since",
    "If-None-Match",
    "Origin",
    "Range",
    "Referer",
    "Sec-Fetch-Site",
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Requested-With",
)
NAMES = (
    "q",
    "lang",
    "limit",
    "offset",
    "category",
    "tag",
    "mode",
    "page",
    "next",
    "s",
    "r",
    "token",
    "message",
    "email",
)


def fuzz_requests(task: Task) -> Report:
    """Send wrong requests; none may end in a 500, in a wrong form, or take longer than ten seconds."""
    site = open_site(task.directory)
    wanted = task.times(REQUESTS)
    statuses, faults = _described(site.app, round(wanted * DESCRIBED_SHARE))
    own, more = _anything(site, task.chance, wanted - sum(statuses.values()))
    statuses += own
    site.services.event_log.close()
    classes = Counter(f"{status // 100}xx" for status in statuses.elements())
    return Report({"requests": sum(statuses.values()), **dict(sorted(classes.items()))}, (*faults, *more))


def _described(app: Flask, count: int) -> tuple[Counter[int], list[str]]:
    """Let schemathesis make requests of the description, right and wrong ones, and compare the answers with it."""
    try:
        import schemathesis
        from hypothesis import HealthCheck, Phase, given, settings
        from schemathesis.core.result import Ok
    except ModuleNotFoundError:
        return Counter(), []
    statuses, faults = Counter[int](), list[str]()
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", app)
    operations = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
    for operation in operations:

        @settings(
            max_examples=max(1, count // len(operations)),
            database=None,
            deadline=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def ask(case: Any) -> None:
            answer = case.call()
            statuses[answer.status_code] += 1
            if answer.status_code == 500:
                faults.append(f"{case.method} {case.path}: 500")

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ask()
    return statuses, faults


def _anything(site: Site, chance: random.Random, count: int) -> tuple[Counter[int], list[str]]:
    rules = [rule for rule in site.app.url_map.iter_rules() if not rule.build_only]
    statuses, faults = Counter[int](), list[str]()
    person = _administrator(site)
    clients = (_unknown(site), _signed_in(site, person))
    unforeseen = _Unforeseen()
    logging.getLogger("web.errors").addHandler(unforeseen)
    while sum(statuses.values()) < count:
        client = chance.choice(clients)
        asked = _wrong_request(chance.choice(rules), chance)
        started = time.monotonic()
        try:
            answer = client.open(**asked)
        except (UnicodeError, ValueError):  # the test's own client cannot send it
            continue
        took_s = time.monotonic() - started
        statuses[answer.status_code] += 1
        told = f"{asked['method']} {str(asked['path'])[:80]!r} {str(asked)[:300]}"
        if answer.status_code == 500:
            faults.append(f"500 {unforeseen.last}: {told}")
        if took_s > LONGEST_ANSWER_S:
            faults.append(f"{took_s:.0f} s: {told}")
        answer.close()
        if sum(statuses.values()) % 500 == 0:  # it may have signed itself out, or worse
            clients = (_unknown(site), _signed_in(site, _administrator(site)))
    logging.getLogger("web.errors").removeHandler(unforeseen)
    return statuses, faults


class _Unforeseen(logging.Handler):
    """Remembers the last error that nobody foresaw, for the report."""

    last = ""

    def emit(self, record: logging.LogRecord) -> None:
        """Keep its name and its place."""
        if record.exc_info and (error := record.exc_info[1]) is not None:
            place = traceback.extract_tb(error.__traceback__)[-1]
            self.last = f"{type(error).__name__} {str(error)[:80]} at {place.filename[-40:]}:{place.lineno}"


def _wrong_request(rule: Rule, chance: random.Random) -> dict[str, Any]:
    method = chance.choice(METHODS) if chance.random() < 0.3 else chance.choice(sorted(rule.methods or {"GET"}))
    asked: dict[str, Any] = {"method": method, "path": _path(rule, chance), "headers": _headers(chance)}
    asked["query_string"] = {chance.choice(NAMES): _value(chance) for _ in range(chance.randrange(4))}
    if method in {"POST", "PUT", "PATCH", "DELETE"}:
        asked |= _body(chance)
    return asked


def _path(rule: Rule, chance: random.Random) -> str:
    parts = []
    for is_dynamic, part in rule._trace:
        if not is_dynamic:
            parts.append(part)
        elif part == "lang":
            parts.append(chance.choice(("ar", "en", "de")))
        else:
            parts.append(_value(chance).replace("/", "%2F")[:500] or "x")
    return "".join(parts).lstrip("|") or "/"


def _headers(chance: random.Random) -> dict[str, str]:
    headers = {"User-Agent": AGENT, "Sec-Fetch-Site": "same-origin"}
    for name in chance.sample(HEADERS, chance.randrange(3)):
        headers[name] = _value(chance)[:400].encode("latin-1", "ignore").decode("latin-1")
    return headers


def _body(chance: random.Random) -> dict[str, Any]:
    kind = chance.randrange(4)
    if kind == 0:
        return {"json": {chance.choice(NAMES): _value(chance).replace("\ud800", "") for _ in range(4)}}
    if kind == 1:
        return {"data": json.dumps(chance.choice(([], {}, None, 1, "x", [[[]]]))), "content_type": "application/json"}
    if kind == 2:
        return {"data": chance.randbytes(chance.randrange(300)), "content_type": chance.choice(_TYPES)}
    return {"data": dict(_fields(chance))}


_TYPES = ("application/json", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "text/plain", "")


def _fields(chance: random.Random) -> Iterator[tuple[str, str]]:
    for name in chance.sample((*NAMES, *_FORM_NAMES), 6):
        yield name, _value(chance)


_FORM_NAMES = tuple(
    "subject name verdict reason comment login password roles terms why pattern article action match slug title body "
    "state owner note version score dwell_s choice open".split()
)


def _value(chance: random.Random) -> str:
    if chance.random() < 0.7:
        return chance.choice(HOSTILE)
    return "".join(chr(chance.choice((chance.randrange(32, 127), chance.randrange(0x600, 0x6FF)))) for _ in range(12))


def _administrator(site: Site) -> User:
    accounts = site.services.accounts
    assert accounts is not None
    for number in range(10_000):
        try:
            return accounts.people.add(f"fuzz{number}", "Fuzz", list(Role), Language.EN)
        except UserError:
            continue  # it is there already
    raise RuntimeError("no login is left")


def _unknown(site: Site) -> FlaskClient:
    return _with_token(site.app.test_client(), "/desk/sign-in")


def _signed_in(site: Site, person: User) -> FlaskClient:
    assert site.services.accounts is not None
    client = site.app.test_client()
    client.set_cookie(SESSION_COOKIE, site.services.accounts.sign_in.open(person).secret, domain="localhost")
    return _with_token(client, "/desk/account")


def _with_token(client: FlaskClient, path: str) -> FlaskClient:
    """Let every request carry the token of forms, so that what is in them is read."""
    found = _TOKEN.search(client.get(path).get_data(as_text=True))
    client.environ_base["HTTP_X_CSRFTOKEN"] = found.group(1) if found else ""
    return client
