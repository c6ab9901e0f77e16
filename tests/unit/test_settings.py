"""Settings: one place, all faults at once, names that are not settings refused with a suggestion."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.errors import OperatorError
from kb.settings import Settings, load_settings


def test_without_variables_the_defaults_hold() -> None:
    assert load_settings({}) == Settings.model_validate({})


def test_a_variable_wins_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "dalil.toml"
    file.write_text('port = 9000\nhost = "0.0.0.0"\n', "utf-8")
    settings = load_settings({"KB_SETTINGS_FILE": str(file), "KB_PORT": "9100"})
    assert (settings.port, settings.host) == (9100, "0.0.0.0")


def test_every_fault_is_named_at_once() -> None:
    with pytest.raises(OperatorError) as caught:
        load_settings({"KB_PROT": "1", "KB_PORT": "70000", "KB_SITE_URL": "example.com/", "KB_RETENTION_DAYS": "x"})
    message = str(caught.value)
    assert "KB_PROT is not a setting (did you mean KB_PORT?)" in message
    assert all(name in message for name in ("KB_PORT:", "KB_SITE_URL:", "KB_RETENTION_DAYS:"))
    assert "kb settings" in message


@pytest.mark.parametrize("content", [None, b"port = ", b"\xff\xfe"])
def test_a_file_that_cannot_be_read_is_named_with_the_remedy(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "dalil.toml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(OperatorError, match=r"dalil\.toml.*KB_SETTINGS_FILE"):
        load_settings({"KB_SETTINGS_FILE": str(file)})


def test_an_edit_url_has_a_place_for_the_file() -> None:
    with pytest.raises(OperatorError, match=r"\{path\}"):
        load_settings({"KB_EDIT_URL": "https://git.example/edit"})
    address = "https://git.example/edit/{path}"
    assert load_settings({"KB_EDIT_URL": address}).edit_url == address


def test_values_of_secrets_are_not_in_messages() -> None:
    with pytest.raises(OperatorError) as caught:
        load_settings({"KB_METRICS_TOKEN": "tooshort-secret"})
    assert "tooshort-secret" not in str(caught.value)


def test_every_setting_says_what_it_means() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []
