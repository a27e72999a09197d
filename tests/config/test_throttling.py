from __future__ import annotations

import os
import uuid
from ipaddress import IPv6Address

import pytest
import redis
from django.urls import path
from rest_framework.response import Response
from rest_framework.views import APIView

from config.api.throttling import UNCHECKED, SearchThrottle, SuggestThrottle


class Limited(APIView):
    throttle_classes = [SearchThrottle]

    def get(self, _request):
        return Response({})


class Routes:
    urlpatterns = [path("limited", Limited.as_view())]


@pytest.fixture(autouse=True)
def _limited(settings):
    settings.ROOT_URLCONF = Routes
    settings.TRUSTED_PROXIES = 0
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "search": "2/hour"}


@pytest.fixture
def address():
    """An address nobody else has."""
    found = IPv6Address(uuid.uuid4().int & ~((1 << 64) - 1) | 1)
    yield str(found)
    connection = redis.Redis.from_url(os.environ["REDIS_URL"])
    for key in connection.scan_iter(match=f"vicinity:limit:*{str(found).removesuffix('1')}*"):
        connection.delete(key)
    connection.close()


def unchecked() -> float:
    samples = (sample for metric in UNCHECKED.collect() for sample in metric.samples)
    return sum(each.value for each in samples if each.name.endswith("_total") and each.labels == {"scope": "search"})


def test_the_limit_is_told_and_kept(client, address):
    answers = [client.get("/limited", REMOTE_ADDR=address) for _ in range(3)]
    assert [each.status_code for each in answers] == [200, 200, 429]
    assert [each["RateLimit-Policy"] for each in answers] == ['"search";q=2;w=3600'] * 3
    assert [each["RateLimit"].split(";")[1] for each in answers] == ["r=1", "r=0", "r=0"]
    body = answers[2].json()
    assert (body["code"], body["limit"], body["window_seconds"], body["scope"]) == ("rate_limited", 2, 3600, "search")
    assert body["detail"] == "2 requests in 3600 seconds are allowed to one client."
    assert 3590 <= int(answers[2]["Retry-After"]) <= 3600
    assert "Retry-After" not in answers[1]


def test_a_header_of_the_callers_own_makes_no_new_client(client, address):
    codes = [
        client.get("/limited", REMOTE_ADDR=address, headers={"X-Forwarded-For": f"198.51.100.{n}"}).status_code
        for n in range(3)
    ]
    assert codes == [200, 200, 429]


def test_behind_a_proxy_its_clients_are_counted_apart(client, settings, address):
    settings.TRUSTED_PROXIES = 1
    other = str(IPv6Address(address) + (1 << 64))
    for forwarded, status in [
        (address, 200),
        (address, 200),
        (address, 429),
        (other, 200),
        (f"{other}, {address}", 429),
    ]:
        response = client.get("/limited", REMOTE_ADDR="10.0.0.1", headers={"X-Forwarded-For": forwarded})
        assert response.status_code == status


def test_off_means_off(client, settings, address):
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "search": "off"}
    answers = [client.get("/limited", REMOTE_ADDR=address) for _ in range(5)]
    assert [each.status_code for each in answers] == [200] * 5
    assert "RateLimit" not in answers[0]


@pytest.mark.parametrize("url", ["", "redis://127.0.0.1:1/0"])
def test_without_redis_requests_pass_and_are_counted_as_unchecked(client, settings, address, url):
    settings.REDIS_URL = url
    before = unchecked()
    answers = [client.get("/limited", REMOTE_ADDR=address) for _ in range(4)]
    assert [each.status_code for each in answers] == [200] * 4
    assert unchecked() - before == 4


class Suggesting(APIView):
    throttle_classes = [SuggestThrottle]

    def get(self, _request):
        return Response({})


Routes.urlpatterns.append(path("suggesting", Suggesting.as_view()))


def test_a_session_of_typing_and_its_search_count_once(client, address):
    one, other = "session-of-typing-1", "session-of-typing-2"

    def status(path, token):
        return client.get(f"/{path}", {"session": token} if token else {}, REMOTE_ADDR=address).status_code

    assert [status("suggesting", one) for _ in range(6)] == [200] * 6
    assert status("limited", one) == 200  # ends the session: counted already
    assert status("suggesting", other) == 200
    assert [status("suggesting", other), status("suggesting", one)] == [200, 429]  # two sessions used two places
    assert status("suggesting", "") == 429
    assert status("limited", other) == 200
    assert status("limited", other) == 429


def test_a_session_that_was_not_paid_for_does_not_go_on(client, address):
    for _ in range(2):
        assert client.get("/limited", REMOTE_ADDR=address).status_code == 200
    for _ in range(3):
        answer = client.get("/suggesting", {"session": "session-of-typing-1"}, REMOTE_ADDR=address)
        assert answer.status_code == 429


def test_a_session_is_bounded_in_requests(client, address, monkeypatch):
    monkeypatch.setattr("config.api.throttling.SESSION_REQUESTS", 3)
    asked = [
        client.get("/suggesting", {"session": "session-of-typing-1"}, REMOTE_ADDR=address).status_code for _ in range(5)
    ]
    assert asked == [200, 200, 200, 200, 429]


def test_tokens_of_one_client_are_not_those_of_another(client, address):
    token = {"session": "session-of-typing-1"}
    assert client.get("/suggesting", token, REMOTE_ADDR=address).status_code == 200
    other = address.removesuffix("1").removesuffix("::") + "::1"
    foreign = str(IPv6Address(int(IPv6Address(other)) ^ (1 << 64)))
    for _ in range(2):
        assert client.get("/limited", token, REMOTE_ADDR=foreign).status_code == 200
    assert client.get("/limited", token, REMOTE_ADDR=foreign).status_code == 429
