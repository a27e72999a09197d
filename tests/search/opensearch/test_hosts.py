"""Which host is asked, and for how long."""

from __future__ import annotations

from search.backends.opensearch.hosts import MAX_REST_SECONDS, Hosts, slice_of


def test_each_has_its_turn():
    hosts = Hosts(3)
    assert [hosts.order(now=0.0) for _ in range(4)] == [[1, 2, 0], [2, 0, 1], [0, 1, 2], [1, 2, 0]]


def test_one_that_failed_rests_twice_as_long_each_time_and_is_asked_last():
    hosts = Hosts(2)
    hosts.failed(1, now=0.0)
    assert {tuple(hosts.order(now=0.9)) for _ in range(2)} == {(0, 1)}
    assert {tuple(hosts.order(now=1.0)) for _ in range(2)} == {(0, 1), (1, 0)}
    hosts.failed(1, now=1.0)
    assert {tuple(hosts.order(now=2.9)) for _ in range(2)} == {(0, 1)}
    assert {tuple(hosts.order(now=3.0)) for _ in range(2)} == {(0, 1), (1, 0)}


def test_the_rest_has_an_end_and_one_success_ends_it():
    hosts = Hosts(2)
    for _ in range(100):
        hosts.failed(0, now=0.0)
    assert {tuple(hosts.order(now=MAX_REST_SECONDS)) for _ in range(2)} == {(0, 1), (1, 0)}
    hosts.failed(0, now=100.0)
    hosts.succeeded(0)
    assert {tuple(hosts.order(now=100.0)) for _ in range(2)} == {(0, 1), (1, 0)}


def test_when_all_rest_the_soonest_up_is_asked_first():
    hosts = Hosts(3)
    for number, now in ((2, 0.0), (0, 0.1), (1, 0.2)):
        hosts.failed(number, now=now)
    assert hosts.order(now=0.3) == [2, 0, 1]


def test_of_one_deadline_every_host_gets_a_part():
    left, parts = 0.8, []
    for others in (2, 1, 0):
        parts.append(slice_of(left, others=others))
        left -= parts[-1]
    assert (parts, left) == ([0.4, 0.2, 0.2], 0.0)
