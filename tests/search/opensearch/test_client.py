"""The client over TLS, with a user, with several hosts of which some do not answer."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from indexing import comparing
from indexing.follower import follow_all
from search.backends.opensearch import hosts
from search.backends.opensearch.client import Client, SearchEngineRefused, SearchEngineUnavailable
from search.backends.postgis import projection
from search.models import Generation
from tests.contracts.documents import document
from tests.search.opensearch.tls_gate import gate, make_certificate

pytestmark = pytest.mark.opensearch


@contextmanager
def mute():
    """(url, how many have asked) of a host that takes connections and never says a word."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen(64)
        held.setblocking(False)
        calls = []

        def asked():
            with suppress(BlockingIOError):
                while True:
                    calls.append(held.accept()[0])
            return len(calls)

        yield f"http://127.0.0.1:{held.getsockname()[1]}", asked
        for call in calls:
            call.close()


@contextmanager
def absent():
    """A port where nobody listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{held.getsockname()[1]}"


@contextmanager
def saying(status):
    """(url, how many have asked) of a host that answers so to everybody."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(status)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        do_POST = do_GET  # noqa: N815 - the name that the library looks for

        def log_message(self, *words):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", lambda: len(asked)
        server.shutdown()
        thread.join()


@pytest.mark.django_db
def test_an_index_is_followed_and_compared_over_tls_as_a_user_with_one_host_gone(cluster, opensearch_url, tmp_path):
    certificate = make_certificate(tmp_path)
    with absent() as gone, gate(opensearch_url, certificate, user="vicinity", password="secret") as (url, passed):
        client = Client([gone, url], ca_file=str(certificate))
        projection.apply([document(n) for n in range(3)], gone=[], version=1)
        for _ in range(2):  # making an index is not repeated on another host: the next pass does it
            try:
                follow_all(client)
            except SearchEngineUnavailable:
                continue
        assert comparing.compare(client, Generation.objects.get(is_serving=True)) == comparing.Differences(3)
        assert any(path.endswith("filter_path=items.%2A.status%2Citems.%2A.error") for path in passed)


def test_a_certificate_that_nobody_vouches_for_and_a_wrong_password_are_refused(opensearch_url, tmp_path):
    certificate = make_certificate(tmp_path)
    with gate(opensearch_url, certificate, user="vicinity", password="secret") as (url, passed):
        assert not Client([url]).answers(timeout_seconds=5)
        wrong = url.replace("secret", "guess")
        with pytest.raises(SearchEngineRefused, match="401"):
            Client([wrong], ca_file=str(certificate)).indexes("none-*")
        assert passed == []
        assert Client([url], ca_file=str(certificate)).answers(timeout_seconds=20)


def test_a_mute_host_costs_a_part_of_one_deadline_and_rests_then(opensearch_url, monkeypatch):
    monkeypatch.setattr(hosts, "REST_SECONDS", 600.0)
    monkeypatch.setattr(hosts, "MAX_REST_SECONDS", 600.0)
    with mute() as (silent, asked):
        client = Client([silent, opensearch_url])
        assert all(client.answers(timeout_seconds=6) for _ in range(6))
        assert asked() == 1


def test_when_nobody_answers_every_host_was_asked_within_one_deadline():
    with mute() as (one, first), mute() as (other, second), mute() as (third, last):
        with pytest.raises(SearchEngineUnavailable):
            Client([one, other, third]).search("none", {}, timeout_seconds=1)
        assert (first(), second(), last()) == (1, 1, 1)


@pytest.mark.parametrize(("status", "times"), [(500, 3), (504, 3), (502, 1), (503, 1)])
def test_what_one_host_cannot_finish_another_does_and_only_an_ill_host_rests(
    opensearch_url, monkeypatch, status, times
):
    monkeypatch.setattr(hosts, "REST_SECONDS", 600.0)
    monkeypatch.setattr(hosts, "MAX_REST_SECONDS", 600.0)
    with saying(status) as (failing, asked):
        client = Client([failing, opensearch_url])
        assert all(client.answers(timeout_seconds=60) for _ in range(6))
        assert asked() == times


@pytest.mark.parametrize("status", [408, 429])
def test_a_host_without_room_is_not_passed_over(opensearch_url, status):
    with saying(status) as (full, asked):
        client = Client([full, opensearch_url])
        assert [client.answers(timeout_seconds=60) for _ in range(4)].count(False) == asked() == 2


def test_when_no_host_can_finish_it_is_told_as_what_the_last_one_said():
    with saying(500) as (one, first), saying(504) as (other, second):
        with pytest.raises(SearchEngineUnavailable, match=r"could not finish: 50[04]"):
            Client([one, other]).search("none", {}, timeout_seconds=5)
        assert (first(), second()) == (1, 1)
