"""People, sign-in and tokens on a real database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from kb.accounts.model import Permission, Role, Scope, User
from kb.accounts.people import INVITATION_LIFE, People
from kb.accounts.secrets import PLACES, HashingBusyError, PasswordFault, Passwords, WeakPasswordError
from kb.accounts.sign_in import (
    DEVICE,
    EVERYBODY,
    FRESH,
    IDLE_LIFE,
    LOGIN,
    LOGIN_FROM_NETWORK,
    LONGEST_LIFE,
    NETWORK,
    PACE_MINUTES,
    PROOF,
    Caller,
    KnownDevice,
    OpenedSession,
    Refusal,
    SignIn,
)
from kb.accounts.tokens import ApiTokens
from kb.clock import FixedClock
from kb.errors import UserError
from kb.model import Language
from kb.pacing.pacer import Pacer
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
    return SignIn(engine, clock, CHEAP, Pacer(clock))


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


def tries(sign_in: SignIn, login: str, callers: Iterable[Caller], password: str = "wrong password") -> Counter[object]:
    """Return how often each answer came."""
    answers = (sign_in.with_password(login, password, caller) for caller in callers)
    return Counter(answer if isinstance(answer, Refusal) else "in" for answer in answers)


def device_of(people: People, user: User, name: str = "laptop") -> KnownDevice:
    """Return a browser in which a person has signed in since the last change of their credentials."""
    known = people.get(user.id)
    assert known is not None
    return KnownDevice(known.id, known.stamp, name)


def test_failures_slow_a_login_down_and_are_forgotten(sign_in: SignIn, reem: User, clock: FixedClock) -> None:
    for _ in range(LOGIN_FROM_NETWORK.most):
        assert sign_in.with_password(reem.login, "wrong password") is Refusal.WRONG
    assert sign_in.with_password(reem.login, PASSWORD) is Refusal.SLOWED_DOWN
    clock.instant += timedelta(minutes=PACE_MINUTES, seconds=1)
    assert isinstance(sign_in.with_password(reem.login, PASSWORD), OpenedSession)


def test_signing_in_begins_the_count_anew(sign_in: SignIn, reem: User) -> None:
    for _ in range(3):
        assert tries(sign_in, reem.login, [Caller("198.51.100.1")] * 4) == {Refusal.WRONG: 4}
        assert isinstance(sign_in.with_password(reem.login, PASSWORD, Caller("198.51.100.1")), OpenedSession)


def test_whoever_tries_from_elsewhere_keeps_nobody_out(people: People, sign_in: SignIn, reem: User) -> None:
    """Nobody locks `admin`: neither its known browsers nor, before all the world tries, its other networks."""
    attackers = [Caller(f"198.51.100.{number}") for number in range(9) for _ in range(LOGIN_FROM_NETWORK.most + 2)]
    assert tries(sign_in, reem.login, attackers)[Refusal.WRONG] == 9 * LOGIN_FROM_NETWORK.most
    assert isinstance(sign_in.with_password(reem.login, PASSWORD, Caller("203.0.113.7")), OpenedSession)

    world = [Caller(f"198.51.{number}.1") for number in range(200)]
    assert tries(sign_in, reem.login, world)[Refusal.WRONG] <= LOGIN.most
    assert sign_in.with_password(reem.login, PASSWORD, Caller("203.0.113.8")) is Refusal.SLOWED_DOWN
    known = Caller("198.51.100.1", device_of(people, reem))
    assert isinstance(sign_in.with_password(reem.login, PASSWORD, known), OpenedSession)


def test_a_known_browser_is_paced_as_well(people: People, sign_in: SignIn, reem: User) -> None:
    known = Caller("203.0.113.7", device_of(people, reem))
    assert tries(sign_in, reem.login, [known] * 30) == {
        Refusal.WRONG: DEVICE.most,
        Refusal.SLOWED_DOWN: 30 - DEVICE.most,
    }


def test_a_browser_is_known_for_its_own_person_and_credentials(people: People, sign_in: SignIn, reem: User) -> None:
    other = people.add("omar", "Omar", [Role.AGENT])
    people.set_password(other.id, PASSWORD)
    before = device_of(people, reem)
    people.set_password(reem.id, "another long password")
    for number, device in enumerate((device_of(people, other), before, KnownDevice(reem.id, "", "forged"))):
        caller = Caller(f"198.51.100.{number}", device)
        assert tries(sign_in, reem.login, [caller] * 9)[Refusal.WRONG] == LOGIN_FROM_NETWORK.most


def test_one_network_tries_few_logins_and_all_together_not_too_many(sign_in: SignIn, reem: User) -> None:
    logins = (f"person{number}" for number in range(NETWORK.most + 5))
    answers = [sign_in.with_password(login, "wrong password", Caller("2001:db8::/64")) for login in logins]
    assert answers.count(Refusal.WRONG) == NETWORK.most

    many = EVERYBODY.most + 20
    answers = [sign_in.with_password(f"p{n}", "wrong password", Caller(f"net{n}")) for n in range(many)]
    assert answers.count(Refusal.WRONG) == EVERYBODY.most - NETWORK.most


def test_of_tries_at_the_same_time_no_more_pass_than_one_after_the_other(sign_in: SignIn, reem: User) -> None:
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: sign_in.with_password(reem.login, "wrong password"), range(64)))
    assert answers.count(Refusal.WRONG) <= LOGIN_FROM_NETWORK.most
    assert set(answers) <= {Refusal.WRONG, Refusal.SLOWED_DOWN, Refusal.BUSY}


def test_few_wait_for_a_hash_and_strangers_do_not_take_the_places_of_known_browsers() -> None:
    with ExitStack() as taken:
        for _ in range(PLACES):
            taken.enter_context(CHEAP.place())
        with pytest.raises(HashingBusyError), CHEAP.place():
            pass
        with CHEAP.place(known=True):
            pass
    with CHEAP.place():
        pass


def test_a_try_that_found_no_place_does_not_count(engine: Engine, clock: FixedClock, reem: User) -> None:
    passwords = Passwords(memory_kib=64, rounds=1)
    sign_in = SignIn(engine, clock, passwords, Pacer(clock))
    with ExitStack() as taken:
        for _ in range(PLACES):
            taken.enter_context(passwords.place())
        assert tries(sign_in, reem.login, [Caller()] * 20) == {Refusal.BUSY: 20}
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


def _new_password(people: People, sign_in: SignIn, user: User) -> None:
    people.set_password(user.id, "another long password")


def _recovery(people: People, sign_in: SignIn, user: User) -> None:
    opened(sign_in.accept_invitation(people.invite(user.id), "another long password"))


def _everywhere(people: People, sign_in: SignIn, user: User) -> None:
    people.end_everything(user.id)


def _blocked(people: People, sign_in: SignIn, user: User) -> None:
    people.change(user.id, name=user.name, roles=user.roles, lang=user.lang, active=False)
    people.change(user.id, name=user.name, roles=user.roles, lang=user.lang, active=True)


def _other_login(people: People, sign_in: SignIn, user: User) -> None:
    people.change(user.id, name=user.name, roles=user.roles, lang=user.lang, active=True, login="reem@new.example")


@pytest.mark.parametrize("change", [_new_password, _recovery, _everywhere, _blocked, _other_login])
def test_a_change_of_credentials_ends_everything_that_rested_on_the_old(
    people: People,
    sign_in: SignIn,
    tokens: ApiTokens,
    reem: User,
    change: Callable[[People, SignIn, User], None],
) -> None:
    sessions = [opened(sign_in.with_password(reem.login, PASSWORD)).secret for _ in range(2)]
    token, invitation = tokens.issue(reem, "script", [Scope.AGENT]), people.invite(reem.id)
    before = device_of(people, reem)

    change(people, sign_in, reem)

    assert [sign_in.session(secret) for secret in sessions] == [None, None]
    assert tokens.bearer(token) is None
    assert people.invited(invitation) is None
    assert device_of(people, reem).stamp != before.stamp  # so that panels and known browsers end, too
    others = people.add("omar", "Omar", [Role.AGENT])
    assert others.stamp
    assert others.stamp != device_of(people, reem).stamp


def test_what_others_have_does_not_end(people: People, sign_in: SignIn, tokens: ApiTokens, reem: User) -> None:
    omar = people.add("omar", "Omar", [Role.AGENT])
    session, token, invitation = sign_in.open(omar), tokens.issue(omar, "x", [Scope.AGENT]), people.invite(omar.id)
    people.set_password(reem.id, "another long password")
    assert sign_in.session(session.secret) is not None
    assert tokens.bearer(token) is not None
    assert people.invited(invitation) is not None


def test_a_profile_changed_keeps_everything(people: People, sign_in: SignIn, tokens: ApiTokens, reem: User) -> None:
    session, token = opened(sign_in.with_password(reem.login, PASSWORD)), tokens.issue(reem, "x", [Scope.AGENT])
    people.change(reem.id, name="New name", roles=reem.roles, lang=Language.EN, active=True, login=" REEM@example.com ")
    assert sign_in.session(session.secret) is not None
    assert tokens.bearer(token) is not None


def test_a_login_is_changed_to_one_that_is_free(people: People, reem: User) -> None:
    people.add("omar", "Omar", [Role.AGENT])
    for taken in ("omar", " OMAR ", "two words"):
        with pytest.raises(UserError):
            people.change(reem.id, name="", roles=reem.roles, lang=reem.lang, active=True, login=taken)
    people.change(reem.id, name="", roles=reem.roles, lang=reem.lang, active=True, login="Reem2")
    assert people.by_login("reem2") == people.get(reem.id)


def test_the_password_is_asked_for_again_at_a_pace_of_the_session(sign_in: SignIn, reem: User) -> None:
    session = opened(sign_in.with_password(reem.login, PASSWORD)).session
    assert sign_in.prove(session, PASSWORD) is None
    answers = [sign_in.prove(session, "wrong password") for _ in range(PROOF.most + 1)]
    assert answers == [Refusal.WRONG] * PROOF.most + [Refusal.SLOWED_DOWN]
    assert sign_in.prove(session, PASSWORD) is Refusal.SLOWED_DOWN
    assert sign_in.prove(sign_in.open(reem).session, PASSWORD) is None


def test_a_sign_in_is_fresh_for_a_while_counted_from_what_the_provider_says(
    sign_in: SignIn, reem: User, clock: FixedClock
) -> None:
    def is_fresh(secret: str) -> bool:
        session = sign_in.session(secret)
        assert session is not None
        return sign_in.is_fresh(session)

    now, earlier = sign_in.open(reem), sign_in.open(reem, clock.now() - timedelta(hours=3))
    later = sign_in.open(reem, clock.now() + timedelta(days=3))
    assert [is_fresh(each.secret) for each in (now, earlier, later)] == [True, False, True]
    clock.instant += FRESH + timedelta(seconds=1)
    assert [is_fresh(each.secret) for each in (now, later)] == [False, False]


GUESSABLE = [
    "password1234",
    "Passw0rd!Passw0rd!",
    "qwertyuiop[]",
    "123456789012",
    "\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668\u0669\u0660\u0661\u0662",  # 1 to 9, 0 to 2 in Arabic digits
    "iloveyou12345",
    "aaaaaaaaaaaaaaaa",
    "abcdefghijklm",
    "reem@example.com",
    "REEM@EXAMPLE.COM",
    "reemreemreem",
    "moc.elpmaxe@meer",
    "p a s s w o r d 1 2 3",
]
BLANK = [" " * 20, "\u00a0" * 20, "\u200b" * 20, "a" + " " * 20, "\t\n" * 10, "\u202e\u202c" * 10, "short"]


@pytest.mark.parametrize("password", GUESSABLE)
def test_passwords_that_anybody_would_try_are_refused(people: People, reem: User, password: str) -> None:
    with pytest.raises(WeakPasswordError) as refused:
        people.set_password(reem.id, password)
    assert refused.value.fault is PasswordFault.GUESSABLE


@pytest.mark.parametrize("password", BLANK)
def test_passwords_with_nothing_to_see_are_refused(people: People, reem: User, password: str) -> None:
    with pytest.raises(WeakPasswordError) as refused:
        people.set_password(reem.id, password)
    assert refused.value.fault is PasswordFault.TOO_SHORT


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery",
        "\u0644\u0648\u062d\u0629 \u0645\u0641\u0627\u062a\u064a\u062d \u062e\u0636\u0631\u0627\u0621",
        "k7#vq!Zr2m$w",
        "x" * 3 + "Tr0ub4dor&3" * 6,
    ],
)  # the second: a green keyboard
def test_passwords_that_nobody_would_guess_are_taken(
    people: People, sign_in: SignIn, reem: User, password: str
) -> None:
    people.set_password(reem.id, password)
    assert isinstance(sign_in.with_password(reem.login, password), OpenedSession)


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
    stronger = SignIn(engine, clock, Passwords(memory_kib=128, rounds=1), Pacer(clock))
    opened(stronger.with_password(reem.login, PASSWORD))
    with engine.connect() as connection:
        stored = connection.execute(text("SELECT password FROM users")).scalar()
    assert stored is not None
    assert "m=128" in stored
