"""People, sign-in and tokens on a real database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from kb.accounts.model import Permission, Role, Scope, User
from kb.accounts.people import INVITATION_LIFE, People
from kb.accounts.secrets import Passwords
from kb.accounts.sign_in import (
    FAILURE_MEMORY,
    FAILURES_ALLOWED,
    IDLE_LIFE,
    LONGEST_LIFE,
    OpenedSession,
    Refusal,
    SignIn,
)
from kb.accounts.tokens import ApiTokens
from kb.clock import FixedClock
from kb.errors import UserError
from kb.model import Language
from kb.storage.database import open_database

PASSWORD = "correct horse battery"
CHEAP = Passwords(memory_kib=64, rounds=1)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(f"sqlite:///{tmp_path / 'dalil.db'}")
    yield engine
    engine.dispose()


@pytest.fixture
def people(engine: Engine, clock: FixedClock) -> People:
    return People(engine, clock, CHEAP)


@pytest.fixture
def sign_in(engine: Engine, clock: FixedClock) -> SignIn:
    return SignIn(engine, clock, CHEAP)


@pytest.fixture
def tokens(engine: Engine, clock: FixedClock) -> ApiTokens:
    return ApiTokens(engine, clock)


@pytest.fixture
def reem(people: People) -> User:
    user = people.add("Reem@Example.com", "ريم", [Role.AGENT, Role.EDITOR])
    people.set_password(user.id, PASSWORD)
    return user


def opened(answer: OpenedSession | Refusal | None) -> OpenedSession:
    assert isinstance(answer, OpenedSession)
    return answer


def test_logins_ignore_case_and_are_unique(people: People, reem: User) -> None:
    assert reem.login == "reem@example.com"
    assert people.by_login(" REEM@example.com") == reem
    with pytest.raises(UserError, match="already"):
        people.add("reem@EXAMPLE.com", "Other", [Role.AGENT])


@pytest.mark.parametrize("login", ["", "two words", "broken@", "@broken", "x" * 300])
def test_malformed_logins_are_refused(people: People, login: str) -> None:
    with pytest.raises(UserError):
        people.add(login, "Name", [Role.AGENT])


def test_several_roles_add_up(reem: User) -> None:
    assert reem.may(Permission.ANSWER_TICKETS)
    assert reem.may(Permission.WORK_QUEUES)
    assert not reem.may(Permission.MANAGE_PEOPLE)


def test_a_password_opens_a_session_that_can_be_closed(sign_in: SignIn, reem: User) -> None:
    session = opened(sign_in.with_password("REEM@example.com", PASSWORD))
    found = sign_in.session(session.secret)
    assert found is not None
    assert found.user == reem
    sign_in.close(session.secret)
    assert sign_in.session(session.secret) is None


@pytest.mark.parametrize("login", ["reem@example.com", "nobody@example.com"])
def test_wrong_password_and_unknown_login_are_told_alike(sign_in: SignIn, reem: User, login: str) -> None:
    assert sign_in.with_password(login, "wrong password") is Refusal.WRONG


def test_failures_slow_a_login_down_and_are_forgotten(sign_in: SignIn, reem: User, clock: FixedClock) -> None:
    for _ in range(FAILURES_ALLOWED):
        assert sign_in.with_password(reem.login, "wrong password") is Refusal.WRONG
    assert sign_in.with_password(reem.login, PASSWORD) is Refusal.SLOWED_DOWN
    clock.instant += FAILURE_MEMORY + timedelta(seconds=1)
    assert isinstance(sign_in.with_password(reem.login, PASSWORD), OpenedSession)


def test_sessions_end_when_idle_and_at_the_latest_after_two_weeks(
    sign_in: SignIn, reem: User, clock: FixedClock
) -> None:
    idle = opened(sign_in.with_password(reem.login, PASSWORD))
    clock.instant += IDLE_LIFE + timedelta(seconds=1)
    assert sign_in.session(idle.secret) is None
    busy = opened(sign_in.with_password(reem.login, PASSWORD))
    end = clock.instant + LONGEST_LIFE
    while clock.instant + IDLE_LIFE < end:
        clock.instant += IDLE_LIFE
        assert sign_in.session(busy.secret) is not None
    clock.instant = end
    assert sign_in.session(busy.secret) is None


def test_a_new_password_and_sign_out_everywhere_end_all_sessions(people: People, sign_in: SignIn, reem: User) -> None:
    first = opened(sign_in.with_password(reem.login, PASSWORD))
    second = opened(sign_in.with_password(reem.login, PASSWORD))
    assert sign_in.close_everywhere(reem.id) == 2
    third = opened(sign_in.with_password(reem.login, PASSWORD))
    people.set_password(reem.id, "another long password")
    assert [sign_in.session(each.secret) for each in (first, second, third)] == [None, None, None]
    assert sign_in.with_password(reem.login, PASSWORD) is Refusal.WRONG


def test_a_blocked_person_is_out_at_once(people: People, sign_in: SignIn, tokens: ApiTokens, reem: User) -> None:
    session = opened(sign_in.with_password(reem.login, PASSWORD))
    token = tokens.issue(reem, "desk", [Scope.AGENT])
    people.change(reem.id, name=reem.name, roles=reem.roles, lang=Language.EN, active=False)
    assert sign_in.session(session.secret) is None
    assert sign_in.with_password(reem.login, PASSWORD) is Refusal.WRONG
    assert tokens.bearer(token) is None


def test_an_invitation_works_once_and_not_for_ever(people: People, sign_in: SignIn, clock: FixedClock) -> None:
    user = people.add("sami", "Sami", [Role.ADMIN])
    secret = people.invite(user.id)
    assert people.invited(secret) == user
    with pytest.raises(UserError, match="12"):
        sign_in.accept_invitation(secret, "short")
    assert opened(sign_in.accept_invitation(secret, PASSWORD)).session.user == user
    assert sign_in.accept_invitation(secret, PASSWORD) is None
    late = people.invite(user.id)
    clock.instant += INVITATION_LIFE
    assert people.invited(late) is None


def test_the_last_admin_cannot_be_removed(people: People) -> None:
    only = people.add("admin", "Admin", [Role.ADMIN])
    with pytest.raises(UserError, match="last account"):
        people.change(only.id, name="Admin", roles=[Role.AGENT], lang=Language.EN, active=True)
    with pytest.raises(UserError, match="last account"):
        people.change(only.id, name="Admin", roles=[Role.ADMIN], lang=Language.EN, active=False)


def test_secrets_are_not_in_the_database(
    engine: Engine, people: People, sign_in: SignIn, tokens: ApiTokens, reem: User
) -> None:
    secrets = [
        PASSWORD,
        opened(sign_in.with_password(reem.login, PASSWORD)).secret,
        tokens.issue(reem, "desk", [Scope.AGENT]),
        people.invite(reem.id),
    ]
    with engine.connect() as connection:
        rows = [
            str(tuple(row))
            for table in ("users", "desk_sessions", "api_tokens", "invitations")
            for row in connection.execute(text(f"SELECT * FROM {table}"))
        ]
    assert not [secret for secret in secrets for row in rows if secret in row]


def test_a_token_gives_its_scopes_as_far_as_the_roles_go(people: People, tokens: ApiTokens, reem: User) -> None:
    secret = tokens.issue(reem, "desk", [Scope.AGENT, Scope.CURATION])
    people.change(reem.id, name=reem.name, roles=[Role.AGENT], lang=reem.lang, active=True)
    bearer = tokens.bearer(secret)
    assert bearer is not None
    assert bearer.scopes == {Scope.AGENT}
    with pytest.raises(UserError, match="statistics"):
        tokens.issue(reem, "report", [Scope.STATISTICS])


def test_a_revoked_token_is_unknown(tokens: ApiTokens, reem: User) -> None:
    secret = tokens.issue(reem, "desk", [Scope.AGENT])
    (listed,) = tokens.of(reem.id)
    assert listed.used is None
    assert tokens.revoke(reem.id, listed.id)
    assert not tokens.revoke(reem.id, listed.id)
    assert tokens.bearer(secret) is None
    assert tokens.bearer("\ud800 no token") is None


def test_a_hash_of_weaker_parameters_is_renewed_at_sign_in(engine: Engine, clock: FixedClock, reem: User) -> None:
    stronger = SignIn(engine, clock, Passwords(memory_kib=128, rounds=1))
    opened(stronger.with_password(reem.login, PASSWORD))
    with engine.connect() as connection:
        stored = connection.execute(text("SELECT password FROM users")).scalar()
    assert stored is not None
    assert "m=128" in stored
