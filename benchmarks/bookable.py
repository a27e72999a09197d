"""What asking for bookable offers costs: the same search with and without `bookable_at`, in turn, in one process.

    python -m stack run -m benchmarks.bookable     on the servers of `make up`

Each pair is asked one after the other, so that both meet the same machine; medians, the quickest, and their ratios are
told for circles around the middle of the demo city. The first question of a day, which works out the day's starts, is
told apart.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from datetime import UTC, datetime, timedelta

import django

RADII_METRES = (500, 1_000, 2_000, 5_000)


def main() -> None:
    reading = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reading.add_argument("--pairs", type=int, default=100)
    pairs = reading.parse_args().pairs
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ["LOG_LEVEL"] = "ERROR"
    django.setup()
    from django.conf import settings  # noqa: PLC0415  after django.setup
    from django.test import Client  # noqa: PLC0415

    settings.ALLOWED_HOSTS = ["*"]
    settings.RATE_LIMITS = dict.fromkeys(settings.RATE_LIMITS, "off")
    client = Client()
    evening = (datetime.now(UTC) + timedelta(days=2)).replace(hour=16, minute=0)
    when = {"bookable_at": evening.strftime("%Y-%m-%dT%H:%MZ"), "party": "2"}

    def ask(radius_metres: int, more: dict[str, str]) -> tuple[float, int]:
        area = {"lat": "60.1699", "lon": "24.9384", "radius_metres": str(radius_metres)}
        began = time.perf_counter()
        answer = client.get("/v1/search", area | more)
        took = time.perf_counter() - began
        if answer.status_code != 200:
            raise SystemExit(answer.content.decode())
        return took * 1000, answer.json()["total"]["value"]

    ask(max(RADII_METRES), {})
    print(f"first question of a day: {ask(max(RADII_METRES), when)[0]:.0f} ms")
    print("radius_m  found  bookable  median ms without  with  ratio  quickest ms without  with  ratio")
    for radius_metres in RADII_METRES:
        plain, filtered = [], []
        for _ in range(pairs):
            took, found = ask(radius_metres, {})
            plain.append(took)
            took, bookable = ask(radius_metres, when)
            filtered.append(took)
        told = [f"{radius_metres:8} {found:6} {bookable:9}"]
        told += [
            f"{middle(plain):18.1f} {middle(filtered):5.1f} {middle(filtered) / middle(plain):6.2f}"
            for middle in (statistics.median, min)
        ]
        print(" ".join(told))


if __name__ == "__main__":
    main()
