"""Headers, cookies, tokens: what keeps readers safe."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from kb.settings import Settings
from tests.web.conftest import MakeSite
from web.security import secret_key
from web.theme import local_path

PAGES = ("/en/", "/ar/articles/reset-password", "/en/search?q=order", "/en/nothing", "/api/v1/categories")


@pytest.mark.parametrize("path", PAGES)
def test_every_answer_carries_the_security_headers(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers

    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"


@pytest.mark.parametrize("path", PAGES[:4])
def test_no_page_has_inline_scripts_or_styles(client: FlaskClient, path: str) -> None:
    html = client.get(path).get_data(as_text=True)

    assert "<script>" not in html
    assert "style=" not in html
    assert " on" + "click=" not in html


def test_https_sites_insist_on_it_and_others_do_not(make_site: MakeSite) -> None:
    secure = make_site(site_url="https://help.example").test_client()
    plain = make_site(site_url="http://127.0.0.1:8000").test_client()

    # A proxy in front ends TLS, so the application sees http; the header is for what it says it is.
    assert "Strict-Transport-Security" in secure.get("/en/", base_url="https://help.example").headers
    assert "Strict-Transport-Security" not in plain.get("/en/").headers


def test_forms_need_a_token(make_site: MakeSite) -> None:
    site = make_site()
    site.add_url_rule("/<lang:lang>/write", "write", lambda lang: "written", methods=["POST"])

    assert site.test_client().post("/en/write", data={"text": "x"}).status_code == 400


def test_the_theme_is_kept_in_a_cookie_and_shown_without_a_script(client: FlaskClient) -> None:
    before = client.get("/en/").get_data(as_text=True)
    answer = client.post("/theme", data={"theme": "dark", "next": "/en/search?q=x"})

    assert 'data-theme="system"' in before
    assert (answer.status_code, answer.headers["Location"]) == (303, "/en/search?q=x")
    assert 'data-theme="dark"' in client.get("/en/").get_data(as_text=True)


def test_an_unknown_theme_is_refused_or_ignored(client: FlaskClient) -> None:
    client.set_cookie("theme", "pink")

    assert client.post("/theme", data={"theme": "pink"}).status_code == 400
    assert 'data-theme="system"' in client.get("/en/").get_data(as_text=True)


@pytest.mark.parametrize(
    "target", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:x", "", "\\\\x"]
)
def test_the_way_back_never_leads_to_another_site(target: str) -> None:
    assert local_path(target) == "/"


def test_the_secret_key_is_made_once_and_readable_by_its_owner_alone(tmp_path: Path) -> None:
    settings = Settings.model_validate({"var_dir": tmp_path / "var"})

    first, second = secret_key(settings), secret_key(settings)

    assert first == second
    assert len(first) == 64
    kept = [path for path in (tmp_path / "var").iterdir() if path.is_file()]
    assert [stat.S_IMODE(path.stat().st_mode) for path in kept] == [0o600]


def test_a_secret_key_of_the_settings_is_used_and_nothing_is_written(tmp_path: Path) -> None:
    assert secret_key(Settings.model_validate({"var_dir": tmp_path / "var", "secret_key": "mine"})) == "mine"
    assert not (tmp_path / "var").exists()


def test_addresses_behind_a_trusted_proxy_are_told_apart(make_site: MakeSite) -> None:
    client = make_site(api_requests_per_minute=1, trusted_proxies=1).test_client()

    def ask(address: str) -> int:
        return client.get("/api/v1/suggest?q=x", headers={"X-Forwarded-For": address}).status_code

    assert [ask("198.51.100.1"), ask("198.51.100.2"), ask("198.51.100.1")] == [200, 200, 429]
