"""What proxies write instead of an address, and what of an address is one caller."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.addresses import network_of, plain_address


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("203.0.113.5", "203.0.113.5"),
        ("203.0.113.5:49152", "203.0.113.5"),
        ('"203.0.113.5:49152"', "203.0.113.5"),
        (" 203.0.113.5 ", "203.0.113.5"),
        ("2001:db8::17", "2001:db8::17"),
        ("[2001:db8::17]", "2001:db8::17"),
        ("[2001:db8::17]:8443", "2001:db8::17"),
        ('"[2001:db8::17]:8443"', "2001:db8::17"),
        ("2001:DB8:0:0::17", "2001:db8::17"),
        ("::ffff:203.0.113.5", "203.0.113.5"),
        ("[::ffff:203.0.113.5]:80", "203.0.113.5"),
        ("fe80::1%eth0", "fe80::1"),
        ("unknown", None),
        ("_hidden", None),
        ("_SEVKISEK:4711", None),
        ("", None),
        ("for=203.0.113.5", None),
        ("203.0.113.5:port", None),
        ("203.0.113.256", None),
        ("[203.0.113.5", None),
        ("localhost", None),
    ],
)
def test_an_address_is_read_however_a_proxy_writes_it(written: str, address: str | None) -> None:
    assert plain_address(written) == address


@given(st.ip_addresses(), st.integers(0, 65_535))
def test_the_port_never_counts(address: IPv4Address | IPv6Address, port: int) -> None:
    host = f"[{address}]" if isinstance(address, IPv6Address) else str(address)

    assert plain_address(f"{host}:{port}") == plain_address(str(address))


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("not an address", "not an address"),
        ("", ""),
    ],
)
def test_the_rest_of_an_ipv6_network_is_the_same_caller(address: str, network: str) -> None:
    assert network_of(address) == network


@given(st.text(max_size=60))
def test_any_text_is_read(text: str) -> None:
    plain_address(text)
    network_of(text)
