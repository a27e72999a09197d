"""Many of one request at once, with web processes killed under them: one effect, one answer in the same bytes (R6)."""

from __future__ import annotations

import json
import os
import random
import signal
import threading
import time
from collections import Counter, defaultdict
from contextlib import suppress

import psycopg
import pytest
import requests

from booking import idempotency
from booking.idempotency import Answer, InFlight, once
from booking.models import Booking
from tests.booking.world import held, start_in
from tests.concurrency.rivals import all_at_once, children, dsn, served, tally
from tests.factories import ServiceFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

KEYS = int(os.environ.get("VICINITY_KEYS", "6"))
DUPLICATES = 50
KILLS = int(os.environ.get("VICINITY_WEB_KILLS", "1"))
"""Spread over the requests: each waits until so many more were answered."""
PATIENCE_SECONDS = 300


def until_answered(session, url, body, key, seen) -> bytes:
    """What a good client does: asks again after 409 in flight, after no answer, and after an outage."""
    headers = {"Content-Type": "application/json", "Idempotency-Key": key}
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            answer = session.post(f"{url}/v1/holds", data=body, headers=headers, timeout=60)
        except requests.RequestException:
            seen["no answer"] += 1
            time.sleep(0.3)
            continue
        replayed = answer.headers.get("Idempotent-Replayed", "")
        seen[answer.status_code, replayed] += 1
        if answer.status_code == 201:
            return answer.content
        assert answer.status_code in {409, 503}, answer.content
        time.sleep(0.05)
    raise AssertionError("never answered")


def test_fifty_of_each_key_have_one_effect_and_one_answer(tmp_path):
    service = ServiceFactory(capacity=KEYS * DUPLICATES)
    answers, seen, stop = defaultdict(set), Counter(), threading.Event()
    bodies = {
        f"key-{n:012d}": json.dumps(
            {"service_id": str(service.id), "starts_at": start_in().isoformat(), "trace_id": f"key-{n:012d}"}
        )
        for n in range(KEYS)
    }

    with served(tmp_path) as (url, process):

        def kill():
            chance = random.Random(3)
            while seen["killed"] < KILLS and not stop.wait(0.02):
                answered = sum(seen[201, replayed] for replayed in ("", "true"))
                if answered >= (seen["killed"] + 1) * KEYS * DUPLICATES / (KILLS + 1):
                    with suppress(ProcessLookupError):
                        os.kill(chance.choice(children(process.pid)), signal.SIGKILL)
                        seen["killed"] += 1

        killer = threading.Thread(target=kill)
        killer.start()

        def work(_) -> dict:
            with requests.Session() as session:
                return {key: until_answered(session, url, body, key, seen) for key, body in bodies.items()}

        try:
            for told in all_at_once(work, workers=DUPLICATES):
                for key, body in told.items():
                    answers[key].add(body)
        finally:
            stop.set()
            killer.join(20)

    with psycopg.connect(dsn()) as database:
        effects = Counter(row[0] for row in database.execute("SELECT trace_id FROM booking_booking"))
    print(f"{KEYS} keys x {DUPLICATES}: {dict(seen)}")  # noqa: T201  -rP shows it
    assert effects == dict.fromkeys(bodies, 1)
    assert {len(each) for each in answers.values()} == {1}
    assert tally() == (KEYS, 0, 0)


def hold_many_at_once() -> int:
    """Sixteen requests of one key at the same moment, by the mechanism alone; how many effects there were."""
    service = ServiceFactory(capacity=100)

    def effect() -> Answer:
        return Answer(201, str(held(service).booking.id))

    def work(_) -> None:
        with suppress(InFlight):
            once(key="k" * 16, operation="hold", caller="guest", asks=b"", work=effect)

    all_at_once(work)
    return Booking.objects.count()


def test_one_key_at_once_has_one_effect():
    assert hold_many_at_once() == 1


def test_control_without_lock_and_key_it_has_many(monkeypatch):
    monkeypatch.setattr(idempotency, "_lock", lambda _: None)
    monkeypatch.setattr(idempotency, "_keep", lambda *_: None)
    assert hold_many_at_once() > 1


def test_the_primary_key_alone_would_do(monkeypatch):
    """The lock is there to answer at once; behind it nothing is done twice."""
    monkeypatch.setattr(idempotency, "_lock", lambda _: None)
    assert hold_many_at_once() == 1
