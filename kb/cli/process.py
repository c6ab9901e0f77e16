"""What `kb` makes sure of before it runs a command: UTF-8, signals that end it, files that are private to its user."""

from __future__ import annotations

import locale
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from kb.errors import OperatorError
from kb.private_files import OTHERS

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_UTF_8 = {"utf-8", "utf8"}


class TerminatedError(KeyboardInterrupt):
    """The process was told to end by SIGTERM; like Ctrl+C, it passes through everything that catches exceptions."""


def prepare_process() -> None:
    """Make a process of `kb` independent of how it was started.

    Raises:
        OperatorError: An argument is not UTF-8.
    """
    speak_utf8()
    heed_signals()
    os.umask(OTHERS)


def speak_utf8() -> None:
    """Read and write UTF-8 whatever the locale says: start again in Python's UTF-8 mode unless both agree.

    Raises:
        OperatorError: An argument is not UTF-8.
    """
    ours = {sys.getfilesystemencoding().lower(), locale.getencoding().lower()}
    if not sys.flags.utf8_mode and not ours <= _UTF_8:
        sys.stdout.flush()
        os.execv(sys.executable, [sys.executable, "-X", "utf8", *sys.orig_argv[1:]])  # noqa: S606 - itself again
    for stream in (sys.stdout, sys.stderr):  # PYTHONIOENCODING may have said otherwise
        if stream.encoding.lower() not in _UTF_8:
            stream.reconfigure(encoding="utf-8")  # type: ignore[union-attr]  # a TextIOWrapper at the start of a process
    for argument in sys.argv[1:]:
        if not argument.isprintable() and any("\udc80" <= each <= "\udcff" for each in argument):
            raise OperatorError(
                f"{argument!r} is not UTF-8.", "use a terminal with UTF-8, and a locale such as LC_ALL=C.UTF-8."
            )


def heed_signals() -> None:
    """Let Ctrl+C and SIGTERM end this process, also where it inherited that they are ignored or is a container's first.

    A shell starts background jobs of scripts with SIGINT ignored, and the first process of a container gets no signal
    that it has no handler for.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, _terminate)


@contextmanager
def finishing_first() -> Iterator[Callable[[], bool]]:
    """Give a function that tells whether the process was told to end, for work that must not be broken off.

    The second signal ends it at once.
    """
    told: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        if told:
            _terminate(number, frame)
        told.append(number)

    before = {each: signal.signal(each, note) for each in _SIGNALS}
    try:
        yield lambda: bool(told)
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _terminate(_number: int, _frame: FrameType | None) -> None:
    raise TerminatedError
