"""When an engine that fails is not asked, and when it is looked at again."""

from __future__ import annotations

from search.backends.breaker import Breaker


def test_it_opens_after_failures_in_a_row_only():
    breaker = Breaker(failures=2)
    breaker.failed(now=0.0)
    breaker.succeeded()
    breaker.failed(now=1.0)
    assert not breaker.is_open
    breaker.failed(now=2.0)
    assert breaker.is_open


def test_one_caller_probes_at_a_time_and_success_closes_it():
    breaker = Breaker(failures=1, look_after_seconds=5)
    assert not breaker.take_probe(now=0.0)
    breaker.failed(now=10.0)
    assert [breaker.take_probe(now=at) for at in (14.9, 15.0, 15.1, 19.9, 20.0)] == [False, True, False, False, True]
    breaker.succeeded()
    assert not breaker.is_open
    assert not breaker.take_probe(now=99.0)
