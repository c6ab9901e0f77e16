"""Signing in through an OpenID Connect provider that runs in the test."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from sqlalchemy import Engine
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from kb.accounts.model import Role
from kb.clock import FixedClock
from kb.errors import OperatorError
from kb.settings import load_settings
from kb.storage.database import open_database
from tests.web.conftest import MakeSite
from tests.web.desk import make_person, with_desk

CLIENT, SECRET = "dalil", "client-secret"


@dataclass
class Provider:
    """The provider's side of the protocol: authorisation code with PKCE and a signed identity token."""

    address: str = ""
    email: str = "reem@example.com"
    verified: bool = True
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "k", "alg": "RS256", "use": "sig"}))
    signing_key: RSAKey | None = None
    asked: dict[str, str] = field(default_factory=dict)

    def __call__(self, environ: Any, start_response: Any) -> Any:
        request = Request(environ)
        answer = {
            "/.well-known/openid-configuration": self.metadata,
            "/keys": lambda _: KeySet([self.key]).as_dict(private=False),
            "/token": self.token,
        }[request.path](request)
        status = 400 if "error" in answer else 200
        return Response(json.dumps(answer), status, content_type="application/json")(environ, start_response)

    def metadata(self, _: Request) -> dict[str, Any]:
        return {
            "issuer": self.address,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "jwks_uri": f"{self.address}/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
        }

    def consent(self, location: str) -> str:
        """Return where the provider sends the browser back to once its user agreed."""
        self.asked = {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
        return f"{self.asked['redirect_uri']}?{urlencode({'code': 'c', 'state': self.asked['state']})}"

    def token(self, request: Request) -> dict[str, Any]:
        digest = hashlib.sha256(request.form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        credentials = base64.b64decode(request.headers["Authorization"].removeprefix("Basic ")).decode()
        if challenge != self.asked["code_challenge"] or credentials != f"{CLIENT}:{SECRET}":
            return {"error": "invalid_grant"}
        now = int(time.time())
        claims = {
            "iss": self.address, "aud": CLIENT, "sub": "7", "iat": now, "exp": now + 60, "nonce": self.asked["nonce"],
            "email": self.email, "email_verified": self.verified,
        }  # fmt: skip
        identity = jwt.encode({"alg": "RS256", "kid": "k"}, claims, self.signing_key or self.key)
        return {"access_token": "a", "token_type": "Bearer", "id_token": identity}


@pytest.fixture
def provider() -> Iterator[Provider]:
    provider = Provider()
    server = make_server("127.0.0.1", 0, provider, threaded=True)
    provider.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield provider
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(f"sqlite:///{tmp_path / 'dalil.db'}")
    yield engine
    engine.dispose()


@pytest.fixture
def desk(make_site: MakeSite, engine: Engine, clock: FixedClock, provider: Provider) -> Flask:
    site = make_site(
        site_url="http://localhost",
        oidc_issuer=provider.address,
        oidc_client_id=CLIENT,
        oidc_client_secret=SECRET,
    )
    return with_desk(site.extensions["dalil"], engine, clock)


def sign_in(client: FlaskClient, provider: Provider, wanted: str = "/desk/account") -> Any:
    location = client.get("/desk/sign-in/provider", query_string={"next": wanted}).location
    assert location.startswith(f"{provider.address}/authorize?")
    return client.get(provider.consent(location))


def test_a_person_with_an_account_comes_in(desk: Flask, provider: Provider) -> None:
    make_person(desk, Role.AGENT, login="reem@example.com")
    client = desk.test_client()
    assert "/desk/sign-in/provider" in client.get("/desk/sign-in").get_data(as_text=True)
    answer = sign_in(client, provider)
    assert (answer.status_code, answer.location) == (303, "/desk/account")
    assert client.get("/desk/account").status_code == 200


def test_nobody_gets_an_account_by_the_provider_alone(desk: Flask, provider: Provider) -> None:
    client = desk.test_client()
    assert sign_in(client, provider).status_code == 403
    assert client.get("/desk/").status_code == 303


def test_an_address_that_the_provider_did_not_verify_opens_nothing(desk: Flask, provider: Provider) -> None:
    make_person(desk, Role.ADMIN, login="reem@example.com")
    provider.verified = False
    assert sign_in(desk.test_client(), provider).status_code == 403


def test_a_token_of_another_signer_is_refused(desk: Flask, provider: Provider) -> None:
    make_person(desk, Role.ADMIN, login="reem@example.com")
    provider.signing_key = RSAKey.generate_key(2048, {"kid": "k"})
    assert sign_in(desk.test_client(), provider).status_code == 401


def test_an_answer_that_nobody_asked_for_is_refused(desk: Flask, provider: Provider) -> None:
    make_person(desk, Role.ADMIN, login="reem@example.com")
    location = desk.test_client().get("/desk/sign-in/provider").location
    stranger = desk.test_client()
    assert stranger.get(provider.consent(location)).status_code == 401
    assert stranger.get("/desk/").status_code == 303


def test_a_provider_out_of_reach_leaves_the_password(make_site: MakeSite, engine: Engine, clock: FixedClock) -> None:
    site = make_site(oidc_issuer="http://127.0.0.1:9", oidc_client_id=CLIENT, oidc_client_secret=SECRET)
    client = with_desk(site.extensions["dalil"], engine, clock).test_client()
    answer = client.get("/desk/sign-in/provider")
    assert answer.status_code == 503
    assert 'name="password"' in answer.get_data(as_text=True)


def test_without_a_provider_there_is_no_way_to_it(make_site: MakeSite, engine: Engine, clock: FixedClock) -> None:
    client = with_desk(make_site().extensions["dalil"], engine, clock).test_client()
    assert client.get("/desk/sign-in/provider").status_code == 404


def test_half_a_provider_is_a_fault_of_the_settings() -> None:
    with pytest.raises(OperatorError, match="belong together"):
        load_settings({"KB_OIDC_ISSUER": "https://login.example"})
