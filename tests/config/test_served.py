"""What only the real server can show: limits over its processes, and bytes that no client library would send."""

from __future__ import annotations

import json
import socket
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv6Address
from urllib.parse import urlsplit

import pytest
import requests

pytestmark = [pytest.mark.processes, pytest.mark.slow]

GET = b"GET /v1/nothing HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
RAW = {
    "path-not-utf-8": b"GET /v1/%ff%fe HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    "path-nul": b"GET /v1/places/%00 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    "path-raw-bytes": b"GET /v1/\xe6\xb1\x89 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    "query-raw-bytes": b"GET /v1/search?q=\xff\xfe HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    "query-long": b"GET /v1/search?q=" + b"a" * 30_000 + b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    "dots": b"GET /static/../../../../etc/passwd HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    "dots-encoded": b"GET /static/..%2f..%2f..%2fetc/passwd HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    "absolute": b"GET http://evil.example/v1/nothing HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    "other-host": b"GET /v1/nothing/ HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
    "host-nonsense": b"GET /v1/nothing HTTP/1.1\r\nHost: a b\xff\r\nConnection: close\r\n\r\n",
    "no-host": b"GET /v1/nothing HTTP/1.0\r\n\r\n",
    "odd-method": b"BREW /v1/search HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    "header-not-utf-8": GET + b"X-Request-ID: \xff\xfe\r\nUser-Agent: \xff\r\n\r\n",
    "length-nonsense": GET + b"Content-Length: x\r\n\r\n",
    "length-twice": GET + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "body-of-a-get": GET + b'Content-Length: 5\r\n\r\n{"a":',
    "chunks-nonsense": GET + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
    "many-headers": GET + b"".join(b"X-%d: a\r\n" % n for n in range(90)) + b"\r\n",
    "not-http": b"\x16\x03\x01\x02\x00\x01\x00",
}


def test_two_processes_let_exactly_the_limit_through(served):
    client = str(IPv6Address(uuid.uuid4().int | 1))

    def ask(number: int) -> int:
        # One proxy is trusted: what it appended counts, what the caller wrote before it does not.
        forwarded = {"X-Forwarded-For": f"198.51.100.{number}, {client}"}
        return requests.get(f"{served}/v1/openapi.json", headers=forwarded, timeout=30).status_code

    with ThreadPoolExecutor(16) as pool:
        codes = list(pool.map(ask, range(120)))
    assert Counter(codes) == {200: 50, 429: 70}


def send(url: str, request: bytes) -> bytes:
    address = urlsplit(url)
    with socket.create_connection((address.hostname, address.port), timeout=60) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        try:
            while piece := connection.recv(65_536):
                answer += piece
        except ConnectionResetError:
            pass
    return answer


def test_bytes_that_no_client_library_would_send(served):
    for name, request in RAW.items():
        head, _, body = send(served, request).partition(b"\r\n\r\n")
        assert not head or b" 4" in head.splitlines()[0], (name, head)
        if b"application/problem+json" in head and b"}" in body:  # a reset may cut the body off
            problem = json.loads(body[body.index(b"{") : body.rindex(b"}") + 1])
            assert problem["code"] in {"bad_request", "not_found", "method_not_allowed", "invalid_parameter"}, name
        assert b"root:" not in body
        assert requests.get(f"{served}/livez", timeout=60).status_code == 200, name
