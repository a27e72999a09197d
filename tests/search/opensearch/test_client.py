"""The client over TLS, with a user, with several hosts of which some do not answer."""

from __future__ import annotations

import socket
from contextlib import contextmanager, suppress

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
