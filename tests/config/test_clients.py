from __future__ import annotations

import pytest
from django.test import RequestFactory

from config.api.clients import client_address, client_network


def request(peer: str, forwarded: str | None = None):
    headers = {} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded}
    return RequestFactory().get("/", REMOTE_ADDR=peer, **headers)


@pytest.mark.parametrize(
    ("proxies", "peer", "forwarded", "expected"),
    [
        (0, "192.0.2.1", None, "192.0.2.1"),
        (0, "192.0.2.1", "203.0.113.9", "192.0.2.1"),
        (1, "10.0.0.1", "203.0.113.9", "203.0.113.9"),
        (1, "10.0.0.1", "6.6.6.6, 203.0.113.9", "203.0.113.9"),
        (2, "10.0.0.1", "6.6.6.6, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        (2, "10.0.0.1", "203.0.113.9", "10.0.0.1"),
        (1, "10.0.0.1", None, "10.0.0.1"),
        (1, "127.0.0.1", "not an address", ""),
        (1, "127.0.0.1", "203.0.113.9:4711", ""),
        (1, "10.0.0.1", "", "10.0.0.1"),
        (0, "::ffff:192.0.2.1", None, "192.0.2.1"),
        (0, "2001:DB8::0:1", None, "2001:db8::1"),
        (0, "", None, ""),
    ],
)
def test_address(settings, proxies, peer, forwarded, expected):
    settings.TRUSTED_PROXIES = proxies
    assert client_address(request(peer, forwarded)) == expected


@pytest.mark.parametrize(
    ("peer", "expected"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::"),
        ("", "unknown"),
    ],
)
def test_network(settings, peer, expected):
    settings.TRUSTED_PROXIES = 0
    assert client_network(request(peer)) == expected
