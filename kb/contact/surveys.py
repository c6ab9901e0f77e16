"""Signed links to one-question surveys: a link names a ticket and a question, and nobody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from itsdangerous import BadData, URLSafeTimedSerializer

from kb.events import Survey, TicketId
from kb.model import Language

LINK_LIFE = timedelta(days=60)
_SALT = "survey"


class LinkFault(StrEnum):
    """Why a link opens no survey."""

    FORGED = "forged"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class SurveyLink:
    """What a link asks."""

    survey: Survey
    ticket: TicketId


class SurveyLinks:
    """Makes and reads links.

    Args:
        secret: Signs them.
        site_url: Public address of the site.
    """

    def __init__(self, secret: str, site_url: str) -> None:
        self._signer = URLSafeTimedSerializer(secret, salt=_SALT)
        self._site_url = site_url

    def token(self, survey: Survey, ticket: TicketId) -> str:
        """Return the last part of a link."""
        return str(self._signer.dumps([survey, ticket]))

    def link(self, survey: Survey, ticket: TicketId, lang: Language) -> str:
        """Return the full address of a survey."""
        return f"{self._site_url}/{lang}/survey/{self.token(survey, ticket)}"

    def read(self, token: str) -> SurveyLink | LinkFault:
        """Return what a link asks, or why it asks nothing."""
        try:
            (survey, ticket), made = self._signer.loads(token, return_timestamp=True)
            if abs(datetime.now(UTC) - made) > LINK_LIFE:  # a clock that was set back ends no link
                return LinkFault.EXPIRED
            return SurveyLink(Survey(survey), TicketId(ticket))
        except (BadData, ValueError, TypeError):
            return LinkFault.FORGED
