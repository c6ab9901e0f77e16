"""Who is signed in proves again who they are, before a change that a stolen session must not make.

People with a password type it; people who come through the organisation's provider sign in there anew.
"""

from __future__ import annotations

from kb.accounts.sign_in import Refusal
from web.desk.access import present_session
from web.desk.forms import ProofForm
from web.i18n import gettext
from web.services import services


def has_proved(form: ProofForm) -> bool:
    """Tell whether the change of this form may be made; where not, its field says why."""
    fault = _fault(form.current.data or "")
    if fault:
        form.current.errors = [fault]
    return not fault


def asks_for_password() -> bool:
    """Tell whether the person who is signed in has a password to be asked for."""
    session = present_session()
    return session is not None and session.user.has_password


def needs_fresh_sign_in() -> bool:
    """Tell whether the person who is signed in has to sign in through the provider anew before such changes."""
    session = present_session()
    return session is not None and not session.user.has_password and not services().accounts.sign_in.is_fresh(session)


def _fault(password: str) -> str:
    session = present_session()
    if session is None:
        return gettext("You are signed out.")
    if not session.user.has_password:
        return gettext("Sign in again first.") if needs_fresh_sign_in() else ""
    if not password:
        return gettext("Write your current password.")
    refusal = services().accounts.sign_in.prove(session, password)
    return {
        None: "",
        Refusal.WRONG: gettext("This is not your current password."),
        Refusal.SLOWED_DOWN: gettext("Too many tries. Wait 15 minutes."),
        Refusal.BUSY: gettext("Many people are signing in right now. Try again in a few seconds."),
    }[refusal]
