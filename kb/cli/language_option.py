"""The type of `--lang`: a language in any form of its tag, as `LANG` and browsers write it."""

from __future__ import annotations

import click

from kb.model import Language


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
