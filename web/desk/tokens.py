"""Who calls with an API token, and whether it may be used for this: what every API of the team asks, never a cookie."""

from __future__ import annotations

import logging
from typing import NoReturn

from flask import abort, request

from kb.accounts.model import Scope, User
from web.bearer import sent_token
from web.problems import problem
from web.services import services

_log = logging.getLogger(__name__)


def owner_of_token(scope: Scope) -> User:
    """Return whose token was sent, else answer 401, or 403 where it is of another scope."""
    secret = sent_token()
    bearer = services().accounts.tokens.bearer(secret) if secret else None
    if bearer is None:
        refuse_caller()
    if scope not in bearer.scopes:
        _log.warning("%s: refused, the token's scopes do not cover it", request.path)
        abort(problem(403, f"This token may not be used for this: it needs the scope `{scope.value}`."))
    return bearer.user


def refuse_caller() -> NoReturn:
    """Answer somebody without a good token."""
    _log.warning("%s: refused without a good token", request.path)
    refusal = problem(401, "Send a token of the desk: Authorization: Bearer dalil_…")
    refusal.headers["WWW-Authenticate"] = 'Bearer realm="Dalil"'
    abort(refusal)
