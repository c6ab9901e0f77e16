"""The command line `kb`: names its commands, imports one only when it is used, turns errors into a line and a status.

Exit status: 0 done, 1 faults found by a check, 2 wrong use, settings or articles, 3 another process is building,
130 interrupted, 143 told to end. `kb serve` and `kb index --watch` are told to end when all is well: 0.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module

import click

from kb import __version__
from kb.cli.logs import write_masked_logs
from kb.cli.process import TerminatedError, prepare_process
from kb.errors import DalilError


@dataclass(frozen=True, slots=True)
class CommandEntry:
    """Where a command lives, and its line in `kb --help`.

    Attributes:
        target: ``module:attribute`` of the click command.
        summary: What it does, in one line.
    """

    target: str
    summary: str


COMMANDS = {
    "backup": CommandEntry("kb.cli.backup:backup", "Copy the database to a file while the server runs."),
    "check": CommandEntry("kb.cli.check:check", "Report everything that is wrong with the articles."),
    "evaluate": CommandEntry("kb.cli.evaluate:evaluate", "Measure the ranking against judged questions."),
    "export": CommandEntry("kb.cli.export:export", "Write figures as CSV or JSON."),
    "index": CommandEntry("kb.cli.index:index", "Build the search index from the articles and publish it."),
    "init": CommandEntry("kb.cli.init:init", "Lay the sample articles, to start from."),
    "model": CommandEntry("kb.cli.model:model", "Inspect, verify, export or calibrate the embedding model."),
    "morphology": CommandEntry("kb.cli.morphology:morphology", "Show or install the database of Arabic word forms."),
    "outbox": CommandEntry("kb.cli.outbox:outbox", "See and deliver the tickets of the contact form."),
    "replay": CommandEntry("kb.cli.replay:replay", "Compare what readers opened with what another state would show."),
    "restore": CommandEntry("kb.cli.backup:restore", "Replace the database by a backup."),
    "search": CommandEntry("kb.cli.search:search", "Search the published articles, as a reader would."),
    "serve": CommandEntry("kb.cli.serve:serve", "Serve the site."),
    "settings": CommandEntry("kb.cli.settings:settings", "List every setting, its value and its meaning."),
    "stats": CommandEntry("kb.cli.stats:stats", "Print the figures of a period; roll up, prune."),
    "token": CommandEntry("kb.cli.token:token", "Make and revoke API tokens of a person."),
    "user": CommandEntry("kb.cli.user:user", "Manage the people of the desk."),
}


class LazyGroup(click.Group):
    """A group whose commands are imported when they are used, so that `kb --help` is instant."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a command, None if there is none of that name."""
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        module, _, attribute = entry.target.partition(":")
        command = getattr(import_module(module), attribute)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name].summary) for name in self.list_commands(ctx)])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="Dalil")
def kb() -> None:
    """Dalil, a knowledge base that understands Arabic and English.

    Settings are KB_* variables; `kb settings` lists them.
    """


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        arguments: Without the program's name; None means those of the process.

    Returns:
        The exit status.
    """
    write_masked_logs()
    try:
        if arguments is None:
            prepare_process()
        status = kb.main(arguments, prog_name="kb", standalone_mode=False)
    except (click.Abort, KeyboardInterrupt) as error:
        click.echo("Interrupted.", err=True)
        terminated = isinstance(error, TerminatedError) or isinstance(error.__cause__, TerminatedError)
        return 128 + (signal.SIGTERM if terminated else signal.SIGINT)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except DalilError as error:
        click.echo(f"Error: {error}", err=True)
        return error.exit_status
    except BrokenPipeError:  # the reader of our output has gone, e.g. `kb check | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return status if isinstance(status, int) else 0
