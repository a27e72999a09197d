"""No slot is ever sold beyond its capacity, by SQL or over HTTP; a guard that reads and then writes does (R1)."""

from __future__ import annotations

import json
import os
import random
import uuid
from collections import Counter
from datetime import timedelta

import psycopg
import pytest
import requests

from booking.models import Slot
from booking.taking import COLUMNS, statement
from tests.booking.world import start_in
from tests.concurrency.rivals import WORKERS, all_at_once, dsn, served, tally
from tests.factories import ServiceFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

SQL_ATTEMPTS = int(os.environ.get("VICINITY_SQL_TAKES", "19200"))
HTTP_ATTEMPTS = int(os.environ.get("VICINITY_HTTP_TAKES", "800"))
HOT_SHARE = 0.5


@pytest.fixture
def service():
    return ServiceFactory(step_minutes=30, capacity=1)


def make_slots(service, *, attempts: int) -> list[int]:
    """One hot slot and a hundred more, with room for about a third of the attempts in all."""
    hot, other = max(1, int(attempts * HOT_SHARE / 3)), max(1, int(attempts * (1 - HOT_SHARE) / 300))
    made = Slot.objects.bulk_create(
        Slot(
            service=service,
            starts_at=start_in() + timedelta(minutes=30 * n),
            ends_at=start_in() + timedelta(minutes=30 * n + 60),
            capacity=other if n else hot,
        )
        for n in range(101)
    )
    return [slot.id for slot in made]


def values_of(service, slot_id: int) -> dict:
    values = dict.fromkeys(COLUMNS, "") | {"deal_id": None, "user_id": None, "point": None, "policy": "{}"}
    values |= {"branch_id": service.branch_id, "service_id": service.id, "slot_id": slot_id, "units": 1, "party": 1}
    values |= dict.fromkeys(["price_minor", "list_price_minor", "deposit_minor", "no_show_fee_minor"], 0)
    return values | {
        "starts_at": start_in(), "ends_at": start_in(hours=1), "currency": "EUR", "stock_units": 0,
        "commission_bps": 0, "token_hash": os.urandom(32), "seconds": 600,
    }  # fmt: skip


def guarded(database, service, slot_id: int) -> bool:
    with database.transaction():
        row = database.execute(statement(slot=True, stock=False), values_of(service, slot_id)).fetchone()
    return row[1] is not None


def read_then_write(database, service, slot_id: int) -> bool:
    """What not to do. The constraint does not see it: each writes a counter that looks right."""
    with database.transaction():
        taken, capacity = database.execute(
            "SELECT taken, capacity FROM booking_slot WHERE id = %s", [slot_id]
        ).fetchone()
        if taken + 1 > capacity:
            return False
        database.execute("UPDATE booking_slot SET taken = %s WHERE id = %s", [taken + 1, slot_id])
        insert = statement(slot=False, stock=False)
        database.execute(insert, values_of(service, slot_id))
    return True


def rush(take, service, slots: list[int], attempts: int) -> Counter:
    def work(number: int) -> Counter:
        chance, seen = random.Random(number), Counter()
        with psycopg.connect(dsn(), autocommit=True) as database:
            for _ in range(attempts // WORKERS):
                slot_id = slots[0] if chance.random() < HOT_SHARE else chance.choice(slots[1:])
                seen[take(database, service, slot_id)] += 1
        return seen

    return sum(all_at_once(work), Counter())


def test_sql_never_oversells(service):
    slots = make_slots(service, attempts=SQL_ATTEMPTS)
    seen = rush(guarded, service, slots, SQL_ATTEMPTS)
    sold, above, wrong = tally()
    print(f"{sum(seen.values())} attempts by SQL: {sold} sold, {above} oversold")  # noqa: T201  -rP shows it
    assert (sold, above, wrong) == (seen[True], 0, 0)
    assert seen[False] > 0


def test_control_reading_and_then_writing_oversells(service):
    slots = make_slots(service, attempts=2000)
    rush(read_then_write, service, slots, 2000)
    _, above, wrong = tally()
    print(f"control: {above} oversold")  # noqa: T201  -rP shows it
    assert above > 0
    assert wrong > 0


def test_http_never_oversells(service, tmp_path):
    slots = make_slots(service, attempts=HTTP_ATTEMPTS)
    starts = dict(Slot.objects.values_list("id", "starts_at"))

    with served(tmp_path) as (url, _):

        def work(number: int) -> Counter:
            chance, seen = random.Random(number), Counter()
            with requests.Session() as session:
                for _ in range(HTTP_ATTEMPTS // WORKERS):
                    slot_id = slots[0] if chance.random() < HOT_SHARE else chance.choice(slots[1:])
                    body = {"service_id": str(service.id), "starts_at": starts[slot_id].isoformat()}
                    answer = session.post(
                        f"{url}/v1/holds",
                        data=json.dumps(body),
                        headers={"Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4())},
                        timeout=120,
                    )
                    code = answer.json().get("code", "held")
                    seen[answer.status_code, code] += 1
            return seen

        seen = sum(all_at_once(work), Counter())
    sold, above, wrong = tally()
    print(f"{sum(seen.values())} attempts over HTTP: {dict(seen)}, {above} oversold")  # noqa: T201  -rP shows it
    assert (sold, above, wrong) == (seen[201, "held"], 0, 0)
    assert seen.keys() <= {(201, "held"), (409, "slot_full")}
    assert seen[409, "slot_full"] > 0
