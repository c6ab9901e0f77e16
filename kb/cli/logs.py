"""Where log messages go: to standard error, with time and request, without personal data in them."""

from __future__ import annotations

import logging
import queue
from logging.handlers import QueueHandler, QueueListener

from kb.log_lines import LineFormatter, name_request
from kb.privacy import MaskingFilter

LONGEST_LAG = 10_000
"""Lines of the access log that may wait to be written."""


def write_masked_logs() -> None:
    """Write warnings and errors of this process, and mask what they hold; called again it changes nothing."""
    logging.basicConfig(level=logging.WARNING)
    for handler in logging.getLogger().handlers:
        if not any(isinstance(each, MaskingFilter) for each in handler.filters):
            handler.addFilter(MaskingFilter())
            handler.setFormatter(LineFormatter())


def write_access_log() -> None:
    """Write a line for each request, too: method, name of the view, status, time; nothing about who asked or what.

    A thread writes them, so that no request waits for whoever reads the log; if that one lags far behind, lines are
    left out.
    """
    access, target = logging.getLogger("access"), logging.StreamHandler()
    target.setFormatter(LineFormatter())
    lines: queue.Queue[object] = queue.Queue(LONGEST_LAG)
    QueueListener(lines, target).start()
    access.addHandler(_Lines(lines))
    access.setLevel(logging.INFO)
    access.propagate = False


class _Lines(QueueHandler):
    def prepare(self, record: logging.LogRecord) -> logging.LogRecord:
        """Name the request here, where it is known."""
        return name_request(super().prepare(record))

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the name that logging calls
        """Leave the line out: the queue is full."""
