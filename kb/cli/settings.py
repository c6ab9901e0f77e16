"""`kb settings`: every setting with its value, default and meaning."""

from __future__ import annotations

import click

from kb.settings import PREFIX, Settings, load_settings


@click.command()
def settings() -> None:
    """List every setting, its value and its meaning.

    Secrets are not shown. Values come from KB_* variables or from the TOML file that KB_SETTINGS_FILE names.
    """
    values = load_settings()
    for name, field in Settings.model_fields.items():
        value, default = _shown(name, getattr(values, name)), _shown(name, field.default)
        click.echo(f"{PREFIX}{name.upper()} = {value}" + ("" if value == default else f"   (default: {default})"))
        click.echo(f"    {field.description}")


def _shown(name: str, value: object) -> str:
    if value is None or value == "":
        return "(empty)"
    hidden = any(word in name for word in ("secret", "password", "token", "key", "database_url"))
    return "(set)" if hidden else str(value)
