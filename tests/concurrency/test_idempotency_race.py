"""Many of one request at once, with web processes killed under them: one effect, one answer in the same bytes (R6)."""

from __future__ import annotations

import json
import os
import random
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
import requests
from django.utils import timezone

from booking import idempotency
from booking.idempotency import Answer, InFlight, once
from booking.models import Booking
from booking.services import book
from tests.booking.world import AINO, held, start_in
from tests.concurrency.rivals import Reaper, all_at_once, dsn, served, tally
from tests.factories import ServiceFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

KEYS = int(os.environ.get("VICINITY_KEYS", "6"))
DUPLICATES = 50
KILLS = int(os.environ.get("VICINITY_WEB_KILLS", "1"))
"""Spread over the requests: each waits until so many more were answered."""
PATIENCE_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, and the key that each of its duplicates carries."""

    key: str
    path: str
    body: bytes = b"{}"
    token: str = ""


def until_answered(session, url, asked, seen) -> bytes:
    """What a good client does: asks again after 409 in flight, after no answer, and after an outage."""
    headers = {"Content-Type": "application/json", "Idempotency-Key": asked.key}
    if asked.token:
        headers["Authorization"] = f"Bearer {asked.token}"
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            answer = session.post(url + asked.path, data=asked.body, headers=headers, timeout=60)
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


def fifty_of_each(folder: Path, requests_: Sequence[Asked]) -> dict[str, set[bytes]]:
    """By key, the different answers with success that fifty clients got, each asking all while web processes die."""
    answers: dict[str, set[bytes]] = defaultdict(set)
    seen: Counter = Counter()
    stop = threading.Event()
    with served(folder, BASE_URL="http://vicinity.test") as (url, process):

        def kill():
            chance, reaper = random.Random(3), Reaper(process)
            while seen["killed"] < KILLS and not stop.wait(0.02):
                answered = sum(seen[201, replayed] for replayed in ("", "true"))
                if answered >= (seen["killed"] + 1) * len(requests_) * DUPLICATES / (KILLS + 1):
                    seen["killed"] += reaper.kill_one(chance)

        killer = threading.Thread(target=kill)
        with ExitStack() as closing:
            sessions = [closing.enter_context(requests.Session()) for _ in range(DUPLICATES)]
            for session in sessions:  # connected before they are let go: a handshake would set them apart
                session.get(f"{url}/livez", timeout=60)
            killer.start()

            def work(number) -> dict:
                return {each.key: until_answered(sessions[number], url, each, seen) for each in requests_}

            try:
                for told in all_at_once(work, workers=DUPLICATES):
                    for key, body in told.items():
                        answers[key].add(body)
            finally:
                stop.set()
                killer.join(20)
    print(f"{len(requests_)} keys x {DUPLICATES}: {dict(seen)}")  # noqa: T201  -rP shows it
    return answers


def test_fifty_holds_of_each_key_have_one_effect_and_one_answer(tmp_path):
    service = ServiceFactory(capacity=KEYS * DUPLICATES)
    when = {"service_id": str(service.id), "starts_at": start_in().isoformat()}
    asked = [
        Asked(f"key-{n:012d}", "/v1/holds", json.dumps({**when, "trace_id": f"key-{n:012d}"}).encode())
        for n in range(KEYS)
    ]
    answers = fifty_of_each(tmp_path, asked)
    with psycopg.connect(dsn()) as database:
        effects = Counter(row[0] for row in database.execute("SELECT trace_id FROM booking_booking"))
    assert effects == dict.fromkeys((each.key for each in asked), 1)
    assert [len(answers[each.key]) for each in asked] == [1] * KEYS
    assert tally() == (KEYS, 0, 0)


def test_fifty_payments_of_each_key_are_one_payment_one_charge_and_one_answer(tmp_path):
    """The provider is called between transactions here, so that more than the key has to hold."""
    service = ServiceFactory(capacity=KEYS)
    asked = []
    for n in range(KEYS):
        mine = held(service)
        book(booking_id=mine.booking.id, contact=AINO, user_id=None, now=timezone.now())
        asked.append(Asked(f"key-{n:012d}", f"/v1/bookings/{mine.booking.id}/payment", token=mine.token))
    answers = fifty_of_each(tmp_path, asked)
    with psycopg.connect(dsn()) as database:
        payments = database.execute("SELECT booking_id::text, count(*) FROM payments_payment GROUP BY 1").fetchall()
        charges = database.execute(
            "SELECT payment_id::text, count(*) FROM payment_simulator_simulatedcharge GROUP BY 1"
        ).fetchall()
    assert sorted(payments) == sorted((each.path.split("/")[3], 1) for each in asked)
    assert sorted(charges) == sorted((json.loads(next(iter(answers[each.key])))["id"], 1) for each in asked)
    assert [len(answers[each.key]) for each in asked] == [1] * KEYS


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
