"""Network addresses as proxies write them, and what of an address counts as one caller."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address, ip_address

_WITH_PORT = re.compile(r"\[(?P<bracketed>[^\[\]]*)\](?::\d{1,5})?|(?P<dotted>[\d.]+):\d{1,5}")
_SITE_BITS = 64
"""Of an IPv6 address: every home and every rented machine gets at least this network for itself (RFC 6177)."""


def plain_address(written: str) -> str | None:
    """Return the address in a form of RFC 7239: quoted, with a port, IPv6 in brackets; None if it names none.

    Args:
        written: One entry, as ``198.51.100.9:50001``, ``"[2001:db8::1]:443"``, ``unknown`` or ``_hidden``.
    """
    bare = written.strip().strip('"').strip()
    if found := _WITH_PORT.fullmatch(bare):
        bare = found["bracketed"] or found["dotted"] or ""
    parsed = _parsed(bare)
    return None if parsed is None else str(parsed)


def network_of(address: str) -> str:
    """Return what counts as one caller: an IPv4 address, the /64 of an IPv6 address, else the text itself."""
    parsed = _parsed(address)
    if isinstance(parsed, IPv6Address):
        return f"{IPv6Address(int(parsed) >> (128 - _SITE_BITS) << (128 - _SITE_BITS))}/{_SITE_BITS}"
    return address if parsed is None else str(parsed)


def _parsed(text: str) -> IPv4Address | IPv6Address | None:
    try:
        parsed = ip_address(text.partition("%")[0])  # without the zone, which is the machine's own affair
    except ValueError:
        return None
    mapped = parsed.ipv4_mapped if isinstance(parsed, IPv6Address) else None
    return mapped or parsed
