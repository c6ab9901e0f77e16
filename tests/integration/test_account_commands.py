"""`kb user` and `kb token`, typed as a person does."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.cli import main


@pytest.fixture(autouse=True)
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KB_VAR_DIR", str(tmp_path))
    monkeypatch.setenv("KB_SITE_URL", "https://help.example")


def kb(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    status = main(list(arguments))
    printed = capsys.readouterr()
    return status, printed.out + printed.err


def test_a_person_is_made_listed_and_blocked(capsys: pytest.CaptureFixture[str]) -> None:
    status, text = kb(capsys, "user", "add", "reem", "--name", "ريم", "--role", "agent", "--role", "editor")
    assert status == 0
    assert "https://help.example/desk/invitation/" in text
    assert "reem\tريم\tagent, editor" in kb(capsys, "user", "list")[1]
    assert kb(capsys, "user", "block", "reem")[0] == 0
    assert "(blocked)" in kb(capsys, "user", "list")[1]


def test_a_token_is_issued_within_the_roles_and_revoked(capsys: pytest.CaptureFixture[str]) -> None:
    kb(capsys, "user", "add", "omar", "--name", "Omar", "--role", "agent")
    status, secret = kb(capsys, "token", "issue", "omar", "--name", "script", "--scope", "agent")
    assert (status, secret[:6]) == (0, "dalil_")
    status, refusal = kb(capsys, "token", "issue", "omar", "--name", "report", "--scope", "statistics")
    assert (status, "statistics" in refusal) == (2, True)
    token_id = kb(capsys, "token", "list", "omar")[1].split("\t")[0]
    assert kb(capsys, "token", "revoke", "omar", token_id)[0] == 0
    assert kb(capsys, "token", "revoke", "omar", token_id)[0] == 2


def test_a_person_is_signed_out_everywhere(capsys: pytest.CaptureFixture[str]) -> None:
    kb(capsys, "user", "add", "omar", "--name", "Omar", "--role", "agent")
    kb(capsys, "token", "issue", "omar", "--name", "script", "--scope", "agent")
    assert "script" in kb(capsys, "token", "list", "omar")[1]
    assert kb(capsys, "user", "sign-out", "omar")[0] == 0
    assert kb(capsys, "token", "list", "omar")[1] == ""
    assert kb(capsys, "user", "sign-out", "nobody")[0] == 2


def test_a_password_that_anybody_would_try_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    kb(capsys, "user", "add", "omar", "--name", "Omar", "--role", "agent")
    assert kb(capsys, "user", "password", "omar", "--password", "omar12345678")[0] == 2
    assert kb(capsys, "user", "password", "omar", "--password", "seven lamps in the yard")[0] == 0


def test_an_unknown_person_is_named_with_the_remedy(capsys: pytest.CaptureFixture[str]) -> None:
    status, text = kb(capsys, "user", "invite", "nobody")
    assert status == 2
    assert "kb user list" in text
