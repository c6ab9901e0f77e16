"""Who makes an agents' call: the owner of an API token, or whoever the panel was opened for. Never a cookie."""

from __future__ import annotations

import logging

from flask import abort, request

from kb.accounts.model import Scope, User
from web.bearer import sent_token
from web.desk.access import accounts
from web.panel.embedding import PANEL_PREFIX, person_of_mark
from web.problems import problem

_log = logging.getLogger(__name__)


def calling_agent() -> User:
    """Return whose token was sent, else answer 401 or 403."""
    secret = sent_token()
    if secret.startswith(PANEL_PREFIX):
        return person_of_mark(secret) or _refuse()
    bearer = accounts().tokens.bearer(secret) if secret else None
    if bearer is None:
        return _refuse()
    if Scope.AGENT not in bearer.scopes:
        _log.warning("%s: refused, the token's scopes do not cover it", request.path)
        abort(problem(403, "This token may not be used for agents' calls: it needs the scope `agent`."))
    return bearer.user


def _refuse() -> User:
    _log.warning("%s: refused without a good token", request.path)
    refusal = problem(401, "Send a token of the desk: Authorization: Bearer dalil_…")
    refusal.headers["WWW-Authenticate"] = 'Bearer realm="Dalil"'
    abort(refusal)
