"""Writes docs/REFERENCE.md: every setting, command and event, from where they are declared; a test compares it.

python -m scripts.reference
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import click

from kb import events
from kb.cli import kb
from kb.settings import PREFIX, Settings

DOCUMENT = Path(__file__).parent.parent / "docs" / "REFERENCE.md"

_HEAD = """\
# Reference: settings, commands, events

Written by `python -m scripts.reference` from where they are declared; what they are for is in the other pages.
"""


def reference() -> str:
    """Return the whole page."""
    return "\n".join(
        (
            _HEAD,
            "## Settings\n",
            "A setting is a variable of the environment or, without `KB_` and in small letters, a line of the TOML",
            "file that `KB_SETTINGS_FILE` names; the variable wins. All are checked together.\n",
            *_table(("setting", "default", "meaning"), _settings()),
            "\n## Commands\n",
            *_table(("command", "what it does"), _commands(kb, "kb")),
            "\n## Events\n",
            "What the event log records (`kb/events.py`). What is made of it: [STATISTICS](STATISTICS.md).\n",
            *_table(("event", "what happened"), _events()),
            "",
        )
    )


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    for cells in (heads, ["---"] * len(heads), *rows):
        yield f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |"


def _settings() -> Iterator[tuple[str, str, str]]:
    for name, field in Settings.model_fields.items():
        default = "" if field.default in (None, "") else f"`{str(field.default).replace('False', 'false')}`"
        yield f"`{PREFIX}{name.upper()}`", default, field.description or ""


def _commands(command: click.Command, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(command, click.Group):
        context = click.Context(command)
        if command.invoke_without_command:
            yield f"`{path}`", _first_line(command)
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            assert child is not None
            yield from _commands(child, f"{path} {name}")
    else:
        yield f"`{' '.join((path, *_arguments(command)))}`", _first_line(command)


def _arguments(command: click.Command) -> Iterator[str]:
    for each in command.params:
        if isinstance(each, click.Argument):
            assert each.name is not None
            yield each.name.upper() + ("…" if each.nargs == -1 else "")


def _first_line(command: click.Command) -> str:
    return command.get_short_help_str(limit=200)


def _events() -> Iterator[tuple[str, str]]:
    for name, kind in vars(events).items():
        if isinstance(kind, type) and issubclass(kind, events.Event) and kind is not events.Event:
            yield f"`{name}`", (inspect.getdoc(kind) or "").partition("\n")[0]


if __name__ == "__main__":
    DOCUMENT.write_text(reference(), "utf-8")
