"""The panel's page: the same for all hosts; its script speaks their protocols and calls the API."""

from __future__ import annotations

import logging

from flask import g, make_response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from kb.model import Language
from web.caching import no_store
from web.i18n import gettext
from web.panel.embedding import panel_mark, person_of_address
from web.panel.pages import PanelPage
from web.services import services

_log = logging.getLogger(__name__)


def panel() -> AnyResponse:
    """Show the panel."""
    if asked := Language.of_tag(request.args.get("lang", "")):
        g.language = asked
    address = request.args.get("embed", "")
    user = person_of_address(address) if address else None
    if address and user is None:
        _log.warning("/panel: refused a signed address that is forged, too old, or names no agent")
    page = PanelPage(
        title=gettext("Articles for this conversation"),
        mark=panel_mark(user) if user else "",
        refused=bool(address) and user is None,
        origins=services().settings.panel_origins,
        texts=_texts(),
    )
    response = no_store(make_response(render_template("panel/panel.html", page=page), 403 if page.refused else 200))
    response.headers["Referrer-Policy"] = "no-referrer"  # the address is signed
    return response


def _texts() -> dict[str, str]:
    return {
        "internal": gettext("Internal: for agents only"),
        "read": gettext("The customer has read it"),
        "rejected": gettext("The customer said it did not help"),
        "insert": gettext("Insert"),
        "open": gettext("Read"),
        "new_tab": gettext("opens in a new tab"),
        "nearest": gettext("Nothing here is a sure answer. These articles come closest."),
        "none": gettext("Nothing was found. Try the question in a few words."),
        "searched": gettext("The customer searched for:"),
        "inserted": gettext("Inserted into the reply"),
        "copied": gettext("Copied: paste it into the reply"),
        "not_copied": gettext("Select the text below and copy it"),
        "failed": gettext("That did not work. Try again."),
        "empty": gettext("The customer has not written anything yet."),
        "slow": gettext("Too many searches at once. Wait a minute."),
        "expired": gettext("You were signed out. Load the page of the help desk again."),
        "token": gettext("This token is not accepted. Make a new one at the desk."),
        "waiting": gettext("Searching…"),
    }
