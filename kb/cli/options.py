"""Options that several commands have: `--lang`, in any form that `LANG` and browsers write, and `--mode`."""

from __future__ import annotations

import click

from kb.model import Language
from kb.results import SearchMode


class LanguageTag(click.ParamType[Language]):
    """Reads ``ar``, ``AR-SA``, ``en_GB.UTF-8``."""

    name = "ar|en"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Language:
        """Return the language that a tag names."""
        language = Language.of_tag(str(value))
        if language is None:
            self.fail(f"{value!r} is neither Arabic (ar) nor English (en).", param, ctx)
        return language


LANGUAGE = LanguageTag()

mode_option = click.option(
    "--mode",
    type=click.Choice([str(mode) for mode in SearchMode]),
    default=str(SearchMode.HYBRID),
    show_default=True,
    help="Which retrievers answer.",
)
"""Adds `--mode` to a command that searches."""
