"""What features declare of themselves holds, or the site does not start."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Blueprint, Flask
from flask_babel import lazy_gettext
from flask_wtf.csrf import CSRFProtect

from kb.accounts.model import Permission
from tests.web.conftest import MakeSite
from web.feature import Feature, MenuItem, Rate, add_features, features_of


def votes(view: str = "vote") -> Feature:
    """Return a feature whose view has that name, while all that it declares is about `vote`."""
    blueprint = Blueprint("votes", __name__)
    blueprint.add_url_rule("/vote", view, lambda: "", methods=["POST"])
    return Feature((blueprint,))


MENU = MenuItem("votes.vote", "pin", Permission.CURATE, lazy_gettext("Votes"), lazy_gettext("All votes."))


@pytest.mark.parametrize(
    "declared",
    [{"paced": {Rate.FORMS: ("votes.vote",)}}, {"without_form_token": ("votes.vote",)}, {"menu": MENU}],
    ids=lambda declared: next(iter(declared)),
)
def test_a_view_that_was_renamed_stops_the_start(declared: dict[str, object]) -> None:
    for view, stops in (("vote", False), ("cast", True)):
        app = Flask(__name__)
        app.secret_key = "for tests"
        CSRFProtect(app)
        feature = replace(votes(view), **declared)  # type: ignore[arg-type]
        if stops:
            with pytest.raises(RuntimeError, match=r"do not exist: votes\.vote"):
                add_features(app, [feature])
        else:
            add_features(app, [feature])


def test_every_endpoint_that_is_paced_answers_429_once_its_rate_is_used_up(make_site: MakeSite) -> None:
    once = dict.fromkeys(("api_requests_per_minute", "forms_per_minute", "agent_requests_per_minute"), 1)
    app = make_site(**once)
    client = app.test_client()
    paced = [
        endpoint
        for feature in features_of(app)
        for rate, endpoints in feature.paced.items()
        if rate is not Rate.WAYS_IN  # 60 a minute, whatever the settings say
        for endpoint in endpoints
    ]
    assert len(paced) >= 15
    for endpoint in paced:
        rule = next(rule for rule in app.url_map.iter_rules() if rule.endpoint == endpoint)
        method = next(method for method in ("PUT", "POST", "GET") if method in (rule.methods or ()))
        built = rule.build(dict.fromkeys(rule.arguments, "en"), append_unknown=False)
        assert built is not None
        answers = [client.open(built[1], method=method).status_code for _ in range(3)]
        assert answers[-1] == 429, (endpoint, answers)
