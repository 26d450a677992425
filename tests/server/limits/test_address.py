"""Whose address counts: the socket's, or the one that a proxy of ours wrote down; never what a stranger wrote."""

import random

import pytest

from server.limits.address import UNKNOWN, ClientAddresses, proxies_from
from tests.server.limits.parts import scope_from

DIRECT = ClientAddresses()
BEHIND = ClientAddresses(proxies_from(["10.0.0.0/8", "192.0.2.7", "fd00::/8"]))


def forged(count: int) -> list[str]:
    """What people try: addresses of all kinds, of our proxies too, lists, junk, ports, brackets, long ones."""
    chance = random.Random(3)
    junk = ["", ",", ",,,", "unknown", "_hidden", "localhost", "0x7f.1", "127.1", "1.2.3.4.5", "::ffff:1.2.3.4", "%00"]
    made = []
    for _ in range(count):
        address = ".".join(str(chance.randrange(256)) for _ in range(4))
        network = f"2001:db8:{chance.randrange(65536):x}::1"
        ours = f"10.{chance.randrange(256)}.0.1"
        parts = [address, network, ours, f"{address}:80", f"[{network}]:443", chance.choice(junk), "9" * 500]
        made.append(", ".join(chance.choices(parts, k=chance.randrange(1, 30))).strip())
    return made


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "True-Client-IP", "CF-Connecting-IP"])
def test_a_thousand_forged_headers_change_nothing(header: str) -> None:
    for value in forged(1000):
        told = f"for={value}" if header == "Forwarded" else value
        assert DIRECT.group_of(scope_from("203.0.113.9", (header, told))) == "203.0.113.9"
        assert BEHIND.group_of(scope_from("203.0.113.9", (header, told))) == "203.0.113.9"  # no proxy of ours


def test_a_thousand_forged_headers_change_nothing_behind_the_proxy() -> None:
    for value in forged(1000):
        added = ("X-Forwarded-For", f"{value}, 203.0.113.9")
        apart = [("X-Forwarded-For", value), ("X-Forwarded-For", "203.0.113.9")]
        others = [("Forwarded", "for=198.51.100.1"), ("X-Real-IP", "198.51.100.1")]
        assert BEHIND.group_of(scope_from("10.0.0.1", added, *others)) == "203.0.113.9"
        assert BEHIND.group_of(scope_from("10.0.0.1", *apart, *others)) == "203.0.113.9"
        assert BEHIND.group_of(scope_from("10.0.0.1", ("X-Forwarded-For", f"{value}, 203.0.113.9, 10.1.1.1"))) == (
            "203.0.113.9"
        )


@pytest.mark.parametrize(
    ("told", "client"),
    [
        ("198.51.100.4", "198.51.100.4"),
        ("198.51.100.4:51234", "198.51.100.4"),
        (" 198.51.100.4 , 192.0.2.7", "198.51.100.4"),
        ("[2001:db8::5]:443", "20010db800000000/64"),
        ("::ffff:198.51.100.4", "198.51.100.4"),
        ("10.9.9.9, 10.8.8.8", "10.9.9.9"),  # everybody on the road is ours: the first is who began it
        ("198.51.100.4, unknown", "10.0.0.1"),  # a proxy that does not say: all it brings share one address
        ("", "10.0.0.1"),
        (", ".join(["10.0.0.2"] * 10_000), "10.0.0.2"),
    ],
)
def test_the_first_from_the_right_that_is_no_proxy(told: str, client: str) -> None:
    assert BEHIND.group_of(scope_from("10.0.0.1", ("X-Forwarded-For", told))) == client


def test_without_the_header_a_proxy_is_a_client() -> None:
    assert BEHIND.group_of(scope_from("10.0.0.1")) == "10.0.0.1"


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("2001:db8:0:1::1", "2001:db8:0:1:ffff:ffff:ffff:ffff", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("::ffff:198.51.100.4", "198.51.100.4", True),
        ("::ffff:198.51.100.4", "::ffff:198.51.100.5", False),
        ("fe80::1%eth0", "fe80::2%eth1", True),
        ("198.51.100.4", "198.51.100.5", False),
    ],
)
def test_one_group_for_64_bits_of_ipv6(first: str, second: str, same: bool) -> None:
    assert (DIRECT.group_of(scope_from(first)) == DIRECT.group_of(scope_from(second))) is same


def test_a_client_nobody_can_name_shares_one_group() -> None:
    assert DIRECT.group_of(scope_from(None)) == UNKNOWN
    assert DIRECT.group_of(scope_from("testclient")) == UNKNOWN


@pytest.mark.parametrize(
    "name", ["*", "0.0.0.0/0", "::/0", "0.0.0.0/1", "proxy.example", "10.0.0.1/8", "", "10.0.0.0/33"]
)
def test_proxies_that_are_everybody_or_nobody_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"must be a list|too wide") as refused:
        proxies_from(["192.0.2.7", name])
    assert not name or name not in str(refused.value)
