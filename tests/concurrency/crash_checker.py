"""Compares what clients were told with what the database holds. Knows SQL, and nothing of ours.

Usage: crash_checker.py DSN ACK_FILE. Prints one JSON object.
"""

import json
import sys
from pathlib import Path

import psycopg

SLOTS = (
    "SELECT slot.taken, slot.capacity, coalesce(sum(booking.units), 0) FROM booking_slot AS slot"
    " LEFT JOIN booking_booking AS booking ON booking.slot_id = slot.id"
    " AND booking.state NOT IN ('cancelled', 'expired') GROUP BY slot.id"
)


def main() -> None:
    dsn, acks = sys.argv[1:]
    told: dict[str, str] = {}
    keys: dict[str, str] = {}
    twice = []
    for line in Path(acks).read_text().splitlines():
        what, booking, key = line.split(" ")
        if what == "held":
            if keys.setdefault(key, booking) != booking:
                twice.append(key)
            told.setdefault(booking, "held")
        else:
            told[booking] = what
    with psycopg.connect(dsn) as database:
        states = {str(key): state for key, state in database.execute("SELECT id, state FROM booking_booking")}
        traces = database.execute("SELECT trace_id FROM booking_booking").fetchall()
        slots = database.execute(SLOTS).fetchall()
    allowed = {"held": {"held", "expired"}, "released": {"cancelled"}, "releasing": {"held", "cancelled", "expired"}}
    lost = [
        f"{key}: told {what}, is {states.get(key)}"
        for key, what in told.items()
        if states.get(key) not in allowed[what]
    ]
    answer = {
        "acknowledged": len(told),
        "lost": lost,
        "told_twice": twice,
        "done_twice": len(traces) - len(set(traces)),
        "unacknowledged": len(states) - len(told),
        "oversold": sum(used > capacity for _, capacity, used in slots),
        "counters_wrong": sum(taken != used for taken, _, used in slots),
        "left": int(sum(taken for taken, _, _ in slots)),
    }
    print(json.dumps(answer))  # noqa: T201  the checker's answer


main()
