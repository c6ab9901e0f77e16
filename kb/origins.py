"""Lists of web origins in the settings: which websites may carry the widget, which help desks may show the panel."""

from __future__ import annotations

import re
from collections.abc import Iterable

_ORIGIN = re.compile(r"(https?)://(\*\.)?([a-z0-9-]+(?:\.[a-z0-9-]+)*)(:[0-9]{1,5})?")
_ANY_SUBDOMAIN = "://*."


def parse_origins(text: str) -> tuple[str, ...]:
    """Return the origins that a setting lists, separated by spaces or commas.

    Raises:
        ValueError: Names what is not an origin, such as an address with a path.
    """
    listed = tuple(text.lower().replace(",", " ").split())
    wrong = [each for each in listed if not _ORIGIN.fullmatch(each)]
    if wrong:
        raise ValueError(
            f"{', '.join(wrong)}: write origins as https://shop.example or https://*.shop.example, without a path"
        )
    return listed


def is_listed(origin: str, listed: Iterable[str]) -> bool:
    """Tell whether a browser's origin is in a list; ``https://*.shop.example`` stands for every subdomain."""
    return any(_stands_for(each, origin) for each in listed)


def _stands_for(pattern: str, origin: str) -> bool:
    if _ANY_SUBDOMAIN not in pattern:
        return origin == pattern
    scheme, parent = pattern.split("*", 1)
    return origin.startswith(scheme) and origin.endswith(parent) and bool(_ORIGIN.fullmatch(origin))
