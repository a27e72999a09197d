"""Holds on one hot slot: end to end over HTTP beside the same SQL under pgbench; and p99 at a steady rate.

    python -m stack run -m benchmarks.holds     on the servers of `make up`; what it made is closed at the end

`pgbench` runs what one hold runs (key lock, key look-up, service, slot, resources, the one taking statement, the kept
answer, the commit) without Python. The served side is granian as `make up` starts it, with limits off. Both take from
slots of their own that never fill, with 16 clients. Then a deal's availability, holds on 100 starts and bookings of
what was held are asked at a fixed rate, a third each; each answer's time is told from the moment at which it was due,
so that a slow one delays the next in the figures too. A booking is due once there is a hold to book.
"""

from __future__ import annotations

import argparse
import os
import queue
import re
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from typing import Any

import django
import orjson

CLIENTS = 16
CAPACITY = 2_000_000_000
STARTS = 100


def prepare() -> tuple[str, str]:
    """(service id, branch id) of a service made for this and offered to nobody."""
    from django.contrib.gis.geos import Point  # noqa: PLC0415  after django.setup

    from booking.models import Service  # noqa: PLC0415
    from listings.models import Branch, Category, Merchant  # noqa: PLC0415

    merchant = Merchant.objects.create(name="Benchmark")
    branch = Branch.objects.create(
        merchant=merchant, category=Category.objects.first(), name="Benchmark", point=Point(24.9, 60.2, srid=4326),
        zone="Europe/Helsinki", closed_at=datetime(2070, 1, 1, tzinfo=UTC),
    )  # fmt: skip
    service = Service.objects.create(
        branch=branch, name="Benchmark", duration_minutes=60, weekly=[[day, 0, 1440] for day in range(1, 8)],
        capacity=CAPACITY, price_minor=0, currency="EUR",
    )  # fmt: skip
    return str(service.id), str(branch.id)


def script(service: str, branch: str, slot: int) -> str:
    """One hold as the server runs it, statement by statement, for pgbench."""
    from booking.taking import COLUMNS, statement  # noqa: PLC0415

    values = dict.fromkeys(COLUMNS, "''") | dict.fromkeys(
        ["price_minor", "list_price_minor", "deposit_minor", "no_show_fee_minor", "commission_bps", "stock_units"], "0"
    )
    values |= dict.fromkeys(["deal_id", "user_id", "point"], "NULL") | dict.fromkeys(["units", "party"], "1")
    values |= {
        "branch_id": f"'{branch}'", "service_id": f"'{service}'", "slot_id": str(slot), "currency": "'EUR'",
        "policy": "'{}'", "token_hash": "sha256(random()::text::bytea)", "starts_at": "(now() + interval '1 day')",
        "ends_at": "(now() + interval '25 hours')", "seconds": "600",
    }  # fmt: skip
    take = re.sub(r"%\((\w+)\)s", lambda found: values[found[1]], statement(slot=True, stock=False))
    return f"""\\set key random(1, 9223372036854775806)
BEGIN;
SELECT pg_try_advisory_xact_lock(:key);
SELECT request_hash, status, answer FROM booking_idempotencykey WHERE scope_hash = sha256(:key::text::bytea);
SELECT * FROM booking_service JOIN listings_branch AS branch ON branch.id = branch_id
  LEFT JOIN deals_deal AS deal ON deal.id = deal_id WHERE booking_service.id = '{service}';
SELECT id, EXISTS (SELECT FROM booking_booking WHERE slot_id = {slot} AND state IN ('held', 'awaiting_payment')
  AND expires_at <= statement_timestamp()) FROM booking_slot WHERE id = {slot};
SELECT EXISTS (SELECT FROM booking_service_resources WHERE service_id = '{service}');
{" ".join(take.split())};
INSERT INTO booking_idempotencykey (scope_hash, request_hash, status, answer)
  VALUES (sha256(:key::text::bytea), sha256(''), 201, decode(repeat('ab', 1200), 'hex'));
COMMIT;
"""


def pgbench(dsn: str, text: str, seconds: int) -> float:
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(text)
        file.flush()
        how = f"-n -M extended -c {CLIENTS} -j 2 -T {seconds} -f {file.name}"
        command = ["pgbench", *how.split()]
        told = subprocess.run([*command, dsn], check=False, capture_output=True, text=True)
    found = re.search(r"tps = ([0-9.]+)", told.stdout)
    if told.returncode or found is None:
        raise SystemExit(told.stderr)
    return float(found[1])


class Client:
    """One connection, kept open. As lean as can be: it runs on the cores that it measures."""

    def __init__(self, port: int) -> None:
        self.connection = HTTPConnection("127.0.0.1", port, timeout=60)

    def post(self, path: str, body: dict[str, Any], token: str = "") -> Any:
        headers = {"Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4())}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        return self._answer("POST", path, body=orjson.dumps(body), headers=headers)

    def get(self, path: str) -> Any:
        return self._answer("GET", path)

    def _answer(self, method: str, path: str, **how: Any) -> Any:
        self.connection.request(method, path, **how)
        answer = self.connection.getresponse()
        body = answer.read()
        if answer.status >= 400:
            raise SystemExit(f"{method} {path}: {answer.status} {body.decode()}")
        return orjson.loads(body)


class Server:
    def __init__(self, port: int) -> None:
        self.port = port
        off = {"RATE_LIMIT_WRITE": "off", "RATE_LIMIT_READ": "off", "LOG_LEVEL": "ERROR"}
        for limit in ("HOLDS", "HELD_UNITS", "FREE_BOOKINGS"):
            off |= {f"{limit}_PER_NETWORK": "0", f"{limit}_PER_CUSTOMER": "0"}
        command = [Path(sys.executable).parent / "granian", "--interface", "wsgi", "--port", str(port)]
        self.process = subprocess.Popen(
            [*command, "--workers", "2", "--blocking-threads", "4", "config.wsgi:application"],
            env={**os.environ, **off}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        while True:
            try:
                self.client().get("/livez")
                break
            except OSError:
                time.sleep(0.1)

    def client(self) -> Client:
        return Client(self.port)


def holds_per_second(server: Server, service: str, start: str, seconds: int) -> float:
    until, done = time.monotonic() + seconds, []

    def hold(_: int) -> None:
        count, client = 0, server.client()
        while time.monotonic() < until:
            client.post("/v1/holds", {"service_id": service, "starts_at": start})
            count += 1
        done.append(count)

    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(hold, range(CLIENTS)))
    return sum(done) / seconds


def steady(
    server: Server, service: str, starts: list[str], availability: str, *, rate: int, seconds: int
) -> dict[str, list[float]]:
    """Milliseconds from when each request was due, of `rate` requests a second: reads, holds and bookings by thirds."""
    took: dict[str, list[float]] = {"availability": [], "hold": [], "confirm": []}
    local, held = threading.local(), queue.SimpleQueue[tuple[str, str]]()
    begun = time.monotonic() + 1

    def one(number: int) -> None:
        due = begun + number / rate
        time.sleep(max(0, due - time.monotonic()))
        client: Client = local.__dict__.setdefault("client", server.client())
        name = ("availability", "hold", "confirm")[number % 3]
        if name == "availability":
            client.get(availability)
        elif name == "hold":
            answer = client.post("/v1/holds", {"service_id": service, "starts_at": starts[number % STARTS]})
            held.put((answer["booking"]["id"], answer["token"]))
        else:
            hold_id, token = held.get()
            due = max(due, time.monotonic())  # it was due when there was something to book
            client.post("/v1/bookings", {"hold_id": hold_id, "contact": CONTACT}, token)
        took[name].append((time.monotonic() - due) * 1000)

    with ThreadPoolExecutor(64) as pool:
        list(pool.map(one, range(rate * seconds)))
    return took


CONTACT = {"name": "A", "email": "a@example.com"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=15)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--rate", type=int, default=100)
    parser.add_argument("--port", type=int, default=8765)
    given = parser.parse_args()
    django.setup()

    from booking.models import Service, Slot  # noqa: PLC0415  after django.setup
    from listings.models import Branch  # noqa: PLC0415

    service, branch = prepare()
    offered = Service.objects.filter(deal__state="live", is_offered=True).exclude(id=service).first()
    if offered is None:
        raise SystemExit("There is no deal with times: make up loads some.")
    availability = f"/v1/deals/{offered.deal_id}/availability?place_id={offered.branch_id}"
    day = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=2)
    slots = [
        Slot.objects.create(
            service_id=service, starts_at=day + timedelta(hours=n), ends_at=day + timedelta(hours=n + 1),
            capacity=CAPACITY,
        )
        for n in range(2 + STARTS)
    ]  # fmt: skip
    dsn = os.environ["DATABASE_URL"].replace("postgis://", "postgresql://")
    server = Server(given.port)
    try:
        print(f"holds on one hot slot, {CLIENTS} clients, in turns of {given.seconds} s")
        ratios = []
        for _ in range(given.rounds):
            served = holds_per_second(server, service, slots[0].starts_at.isoformat(), given.seconds)
            bare = pgbench(dsn, script(service, branch, slots[1].id), given.seconds)
            ratios.append(served / bare)
            print(f"  {served:.0f}/s served, {bare:.0f}/s the same SQL under pgbench, ratio {ratios[-1]:.2f}")
        print(f"median of the ratios {median(ratios):.2f}")
        took = steady(
            server, service, [slot.starts_at.isoformat() for slot in slots[2:]], availability,
            rate=given.rate, seconds=given.seconds,
        )  # fmt: skip
        for name, times in took.items():
            times.sort()
            p99 = times[int(len(times) * 0.99)] if times else float("nan")
            p50 = times[len(times) // 2] if times else float("nan")
            print(f"{name:<13} {len(times):>5} at {given.rate}/s in all: p50 {p50:.0f} ms, p99 {p99:.0f} ms")
    finally:
        server.process.terminate()
        Service.objects.filter(id=service).update(is_offered=False)
        Branch.objects.filter(id=branch).update(closed_at=datetime.now(UTC))


if __name__ == "__main__":
    main()
