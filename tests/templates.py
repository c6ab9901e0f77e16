"""Compiled templates, shared by all applications of a test run: every site that a test builds would compile its own."""

from __future__ import annotations

from types import CodeType

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket


class SharedTemplates(BytecodeCache):
    """Keeps compiled templates in memory; a template whose text is another is compiled again."""

    def __init__(self) -> None:
        self._codes: dict[str, tuple[str, CodeType]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill in what is known of a template."""
        checksum, code = self._codes.get(bucket.key, ("", None))
        if checksum == bucket.checksum:
            bucket.code = code

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a template that was compiled."""
        if bucket.code is not None:
            self._codes[bucket.key] = (bucket.checksum, bucket.code)


def share_templates() -> None:
    """Let every application that is made from here on use what others compiled."""
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": SharedTemplates()}
