"""The contact page."""

from __future__ import annotations

from flask import Blueprint

from web.contact import routes
from web.feature import Feature, Rate
from web.services import Services


def feature(_: Services) -> Feature:
    """Return the contact page."""
    blueprint = Blueprint("contact", __name__)
    routes.add_routes(blueprint)
    return Feature(
        (blueprint,),
        paced={Rate.SEARCH: ("contact.suggestions",), Rate.FORMS: ("contact.form",)},
        # The form carries a token of its own, see web/contact/forms.py: text survives when it is refused.
        without_form_token=("contact.form", "contact.suggestions", "contact.answer", "contact.reading"),
    )
