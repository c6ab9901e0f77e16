"""What a log line looks like: when, how bad, who says it, for which request, and what."""

from __future__ import annotations

import logging
import time
from contextvars import ContextVar

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""Name of the request that this thread works on; empty outside of requests."""


class LineFormatter(logging.Formatter):
    """Writes times in UTC with milliseconds, and the request's name where there is one."""

    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s%(request)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        return super().format(name_request(record))


def name_request(record: logging.LogRecord) -> logging.LogRecord:
    """Add the name of the request that this thread works on, unless it is there already; returns the same record."""
    if not hasattr(record, "request"):
        name = request_id.get()
        record.request = f" [{name}]" if name else ""
    return record
