"""Who makes an agents' call: the owner of an API token, or whoever the panel was opened for. Never a cookie."""

from __future__ import annotations

from kb.accounts.model import Scope, User
from web.bearer import sent_token
from web.desk.tokens import owner_of_token, refuse_caller
from web.panel.embedding import PANEL_PREFIX, person_of_mark


def calling_agent() -> User:
    """Return whose token was sent, else answer 401 or 403."""
    secret = sent_token()
    if secret.startswith(PANEL_PREFIX):
        return person_of_mark(secret) or refuse_caller()
    return owner_of_token(Scope.AGENT)
