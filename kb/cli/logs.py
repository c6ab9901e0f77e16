"""Where log messages go: to standard error, without personal data in them."""

from __future__ import annotations

import logging

from kb.privacy import MaskingFilter


def write_masked_logs() -> None:
    """Write warnings and errors of this process, and mask what they hold; called again it changes nothing."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    for handler in logging.getLogger().handlers:
        if not any(isinstance(each, MaskingFilter) for each in handler.filters):
            handler.addFilter(MaskingFilter())
