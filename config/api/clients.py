"""Who is asking: the network address that a limit or an allow-list is applied to."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

from django.conf import settings


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(text.strip())
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found


def client_address(request: Any) -> str:
    """The caller's address in canonical text; '' where the server tells none (a unix socket without a proxy).

    Each of the TRUSTED_PROXIES in front appends the address it saw to X-Forwarded-For, so the caller is that many
    entries from the right. What a caller writes there itself is further left and is never read. With fewer entries than
    proxies the request came round a proxy, and the peer's own address counts. An entry that is no address is nobody's
    (''): the proxy's own, often loopback, may be allowed more than a stranger.
    """
    peer = _address(request.META.get("REMOTE_ADDR") or "")
    count = settings.TRUSTED_PROXIES
    if count > 0:
        forwarded = [entry for entry in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if entry.strip()]
        if len(forwarded) >= count:
            peer = _address(forwarded[-count])
    return str(peer) if peer else ""


def client_network(request: Any) -> str:
    """What a rate limit counts by: an IPv4 address, or the /64 of an IPv6 one (one subscriber has a whole /64)."""
    address = client_address(request)
    if ":" in address:
        return str(ip_network(f"{address}/64", strict=False).network_address)
    return address or "unknown"
