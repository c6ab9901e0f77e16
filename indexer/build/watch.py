"""Watches the articles and asks for a new index whenever they change."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Event

# Milliseconds: how long files must be quiet, and at most, before a change counts.
QUIET = 100
PATIENCE = 800


def watch(articles_dir: Path, rebuild: Callable[[], None], stop: Event | None = None) -> None:
    """Call `rebuild` after every change below a directory, until stopped.

    Args:
        articles_dir: What to watch.
        rebuild: Builds an index; called by this thread, never twice at once; changes meanwhile lead to one more call.
        stop: Ends the watch when set.

    Raises:
        KeyboardInterrupt: A signal ended it; a build in progress is broken off, and nothing of it is published.
    """
    from watchfiles import DefaultFilter
    from watchfiles import watch as changes

    for _ in changes(
        articles_dir,
        watch_filter=DefaultFilter(),
        debounce=PATIENCE,
        step=QUIET,
        stop_event=stop,
    ):
        rebuild()
