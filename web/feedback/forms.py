"""What a vote may hold, and what it must carry to be believed.

An article's page is the same for everybody and may be kept by caches, so its form has no token of a session. Two things
protect it together: browsers say which site a request comes from (`web.same_origin`), and the form's token, signed for
this article, this revision and this hour, proves that the page was really shown not long ago.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from werkzeug.datastructures import MultiDict

from kb.events import Reason, Verdict, VisitorKey
from kb.model import Article
from kb.storage.event_log import MAXIMUM_COMMENT_LENGTH
from web.i18n import gettext, ngettext
from web.services import services
from web.signing import SigningFault, read_fresh, read_signed, sign, sign_for_a_while

TOKEN_LIFE = timedelta(hours=24)
RECEIPT_LIFE = timedelta(days=7)
_HOUR = timedelta(hours=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TOKEN, _RECEIPT = "feedback-form", "feedback-receipt"


class TokenState(StrEnum):
    """Whether a form may be believed."""

    GOOD = "good"
    STALE = "stale"
    CHANGED = "changed"
    FORGED = "forged"


@dataclass(frozen=True, slots=True)
class Ballot:
    """A vote as the form gives it."""

    verdict: Verdict
    reason: Reason | None = None
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the page after a vote knows of it.

    Attributes:
        key: The voter's key if they have no cookie, so that they can change the vote; empty otherwise.
    """

    verdict: Verdict
    reason: Reason | None
    key: str


class BallotFault(ValueError):  # noqa: N818 - the project's word for what is wrong with input
    """A vote cannot be read; the message is for the reader."""


def form_token(article: Article) -> str:
    """Return the token of an article's form; it changes every hour and with the article."""
    hour = (services().clock.now() - _EPOCH) // _HOUR
    return sign(_TOKEN, str(article.key), article.digest, str(hour))


def token_state(article: Article, token: str) -> TokenState:
    """Return whether a form with this token was shown for this article, and not too long ago."""
    parts = read_signed(_TOKEN, token)
    if parts is None or len(parts) != 3 or parts[0] != str(article.key):
        return TokenState.FORGED
    if services().clock.now() - (_EPOCH + int(parts[2]) * _HOUR) > TOKEN_LIFE:
        return TokenState.STALE
    return TokenState.GOOD if parts[1] == article.digest else TokenState.CHANGED


def read_ballot(form: MultiDict[str, str]) -> Ballot:
    """Read a vote.

    Raises:
        BallotFault: A choice is unknown, or the comment is too long.
    """
    comment = form.get("comment", "").strip()
    if len(comment) > MAXIMUM_COMMENT_LENGTH:
        raise BallotFault(
            ngettext(
                "The comment is longer than %(limit)s character. Shorten it.",
                "The comment is longer than %(limit)s characters. Shorten it.",
                MAXIMUM_COMMENT_LENGTH,
                limit=MAXIMUM_COMMENT_LENGTH,
            )
        )
    try:
        verdict = Verdict(form.get("verdict", ""))
        reason = Reason(given) if (given := form.get("reason", "")) else None
    except ValueError as error:
        raise BallotFault(gettext("Choose one of the answers.")) from error
    return Ballot(verdict, reason if verdict is Verdict.UNHELPFUL else None, comment)


def sign_receipt(article: Article, ballot: Ballot, key: VisitorKey | None) -> str:
    """Return a receipt for the address of the page after a vote."""
    reason = ballot.reason or ""
    return sign_for_a_while(_RECEIPT, str(article.key), article.digest, ballot.verdict, reason, key or "")


def read_receipt(article: Article, text: str) -> Receipt | None:
    """Return the receipt of a vote on this revision, None for anything else."""
    parts = read_fresh(_RECEIPT, text, RECEIPT_LIFE)
    if isinstance(parts, SigningFault) or parts[:2] != (str(article.key), article.digest):
        return None
    return Receipt(Verdict(parts[2]), Reason(parts[3]) if parts[3] else None, parts[4])
