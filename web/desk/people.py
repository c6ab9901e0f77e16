"""The people of the desk: listed, invited, changed by those who may."""

from __future__ import annotations

from flask import Blueprint, abort, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from kb.accounts.model import Permission, Role, User, UserId
from kb.accounts.people import LastAdminError
from kb.errors import UserError
from kb.model import Language
from web.desk.access import guarded, present_user
from web.desk.forms import InviteForm, PersonChangeForm, PersonForm
from web.desk.pages import PeoplePage, PersonLine, PersonPage, role_names
from web.desk.proof import has_proved
from web.i18n import gettext
from web.layout import Head, absolute
from web.services import services


def add_routes(blueprint: Blueprint) -> None:
    """Add the pages about people to the desk."""
    demand = Permission.MANAGE_PEOPLE
    blueprint.add_url_rule("/people", "people", guarded(demand, people), methods=["GET", "POST"])
    blueprint.add_url_rule("/people/<user>", "person", guarded(demand, person), methods=["GET", "POST"])
    blueprint.add_url_rule("/people/<user>/invite", "invite", guarded(demand, invite), methods=["POST"])
    blueprint.add_url_rule("/people/<user>/sign-out", "end_person", guarded(demand, end_person), methods=["POST"])


def people() -> AnyResponse:
    """List everybody; make an account and show its one-time link."""
    form = PersonForm(lang=present_user().lang.value)
    if not form.validate_on_submit():
        return _people_page(form, status=400 if form.is_submitted() else 200)
    if not has_proved(form):
        return _people_page(form, status=403)
    try:
        made = services().accounts.people.add(
            form.login.data or "", form.name.data or "", _roles(form), Language(form.lang.data)
        )
    except UserError:
        form.login.errors = [gettext("This login is taken, or contains spaces.")]
        return _people_page(form, status=400)
    return _people_page(PersonForm(formdata=None), invited=made, status=201)


def person(user: str) -> AnyResponse:
    """Change a person."""
    known = _known(user)
    form = _form_of(known)
    if not form.validate_on_submit():
        return _person_page(known, form, status=400 if form.is_submitted() else 200)
    if not has_proved(form):
        return _person_page(known, form, status=403)
    try:
        services().accounts.people.change(
            known.id,
            login=form.login.data or "",
            name=form.name.data or "",
            roles=_roles(form),
            lang=Language(form.lang.data),
            active=bool(form.active.data),
        )
    except LastAdminError:
        fault = gettext("This is the last account that can manage people. Make another one first.")
        return _person_page(known, form, fault, 409)
    except UserError:
        form.login.errors = [gettext("This login is taken, or contains spaces.")]
        return _person_page(known, form, status=400)
    return redirect(url_for("desk.people"), 303)


def invite(user: str) -> AnyResponse:
    """Show a new one-time link for a person."""
    known, form = _known(user), InviteForm()
    if not (form.validate() and has_proved(form)):
        return _person_page(known, _form_of(known), invite=form, status=403)
    return _people_page(PersonForm(formdata=None), invited=known)


def end_person(user: str) -> AnyResponse:
    """Sign a person out everywhere; this takes nothing that cannot be shown again, so no password is asked for."""
    services().accounts.people.end_everything(_known(user).id)
    return redirect(url_for("desk.person", user=user), 303)


def _form_of(known: User) -> PersonChangeForm:
    return PersonChangeForm(
        login=known.login,
        name=known.name,
        lang=known.lang.value,
        roles=[role.value for role in known.roles],
        active=known.active,
    )


def _known(user: str) -> User:
    return services().accounts.people.get(UserId(user)) or abort(404)


def _roles(form: PersonForm) -> frozenset[Role]:
    return frozenset(Role(role) for role in form.roles.data)


def _people_page(form: PersonForm, invited: User | None = None, status: int = 200) -> AnyResponse:
    link = absolute(url_for("desk.invitation", secret=services().accounts.people.invite(invited.id))) if invited else ""
    lines = tuple(PersonLine(user, role_names(user.roles)) for user in services().accounts.people.all())
    page = PeoplePage(Head(gettext("People")), lines, form, link, invited.name if invited else "")
    return make_response(render_template("desk/people.html", page=page), status)


def _person_page(
    known: User, form: PersonChangeForm, fault: str = "", status: int = 200, invite: InviteForm | None = None
) -> AnyResponse:
    page = PersonPage(Head(known.name), known, form, invite or InviteForm(formdata=None), fault)
    return make_response(render_template("desk/person.html", page=page), status)
