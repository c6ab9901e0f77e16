"""What a feature package adds to the site, in one value; whatever it names must exist, or the site does not start."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, cast

from flask import Blueprint, Flask, Response, current_app

from kb.accounts.model import Permission

if TYPE_CHECKING:
    from flask_babel.speaklater import LazyString
    from pydantic import BaseModel

EXTENSION = "dalil_features"


class Rate(StrEnum):
    """How often somebody may ask; `web.pacing` says how often that is, and who counts as one."""

    SEARCH = "search"
    FORMS = "forms"
    CALLS = "calls"
    WAYS_IN = "ways in"


@dataclass(frozen=True, slots=True)
class MenuItem:
    """A part of the desk.

    Attributes:
        permission: Who sees it.
    """

    endpoint: str
    icon: str
    permission: Permission
    title: LazyString
    summary: LazyString


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the API.

    Attributes:
        rule: Flask's rule.
        view: What answers; None: something before Flask does.
        parameters: Query parameters, or None.
        answer: What a success carries; None: nothing, with status 204.
        errors: Statuses of the problem documents that it may answer with.
        method: HTTP method, lower case.
        body: JSON that it takes, or None.
        bearer: It asks for a token of the desk.
        success: Status of a success that carries an answer.
    """

    rule: str
    view: Callable[..., Response] | None
    summary: str
    parameters: type[BaseModel] | None
    answer: type[BaseModel] | None
    errors: tuple[int, ...]
    method: str = "get"
    body: type[BaseModel] | None = None
    bearer: bool = False
    success: int = 200

    @property
    def name(self) -> str:
        """Return what the description calls it."""
        return self.view.__name__ if self.view else self.rule.rsplit("/", 1)[1]


@dataclass(frozen=True, slots=True)
class Feature:
    """What a package adds.

    Attributes:
        operations: What its blueprints add to the API, in the order of the description.
        paced: Endpoints that may be asked so often only.
        without_form_token: Endpoints that take forms without the session's token, being protected otherwise.
        menu: Its part of the desk, or None.
        configure: What else it does to the application, before its blueprints are added.
    """

    blueprints: tuple[Blueprint, ...] = ()
    operations: tuple[Operation, ...] = ()
    paced: Mapping[Rate, tuple[str, ...]] = field(default_factory=dict)
    without_form_token: tuple[str, ...] = ()
    menu: MenuItem | None = None
    configure: Callable[[Flask], None] = lambda app: None

    @property
    def endpoints(self) -> set[str]:
        """Return every endpoint that it names."""
        named = {self.menu.endpoint} if self.menu else set[str]()
        return named.union(self.without_form_token, *self.paced.values())


def add_features(app: Flask, features: Sequence[Feature]) -> None:
    """Add features to an application that has CSRF protection.

    Raises:
        RuntimeError: One names an endpoint that does not exist, as after a view was renamed.
    """
    app.extensions[EXTENSION] = tuple(features)
    for feature in features:
        feature.configure(app)
        for blueprint in feature.blueprints:
            app.register_blueprint(blueprint)
    missing = {endpoint for feature in features for endpoint in feature.endpoints} - set(app.view_functions)
    if missing:
        raise RuntimeError(f"features name endpoints that do not exist: {', '.join(sorted(missing))}")
    for feature in features:
        for endpoint in feature.without_form_token:
            app.extensions["csrf"].exempt(app.view_functions[endpoint])


def features_of(app: Flask) -> tuple[Feature, ...]:
    """Return the features of an application."""
    return cast("tuple[Feature, ...]", app.extensions[EXTENSION])


def present_features() -> tuple[Feature, ...]:
    """Return the features of the application that handles this request."""
    return features_of(current_app)


def paced_endpoints(app: Flask, rate: Rate) -> frozenset[str]:
    """Return the endpoints that have a rate."""
    return frozenset(endpoint for feature in features_of(app) for endpoint in feature.paced.get(rate, ()))


def api_blueprint(name: str, operations: Iterable[Operation]) -> Blueprint:
    """Return a blueprint of that name with operations of the API."""
    blueprint = Blueprint(name, __name__)
    for operation in operations:
        methods = [operation.method.upper()]
        blueprint.add_url_rule(
            operation.rule, operation.name, operation.view, methods=methods, build_only=operation.view is None
        )
    return blueprint
