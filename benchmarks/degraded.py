"""OpenSearch killed under steady searches: how long the first answer takes, the answers after it, and the way back.

`python -m stack run -m benchmarks.degraded` kills the private OpenSearch of `make up` with SIGKILL and starts it again;
it refuses where OPENSEARCH_URL names another. The product is served as `make up` does, with its own limits of time. It
is asked at a fixed rate by clients with open connections; each answer's time counts from when the request was due.
"""

from __future__ import annotations

import argparse
import http.client
import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from statistics import median, quantiles

import orjson

from benchmarks.askers import RADIUS_METRES
from benchmarks.nearby import PRODUCT, Contestant
from benchmarks.offers import centres_to_ask
from benchmarks.world import database_url, index_environment, prepare, prepare_index
from stack import opensearch

CLIENTS = 16


@dataclass(frozen=True, slots=True)
class Told:
    """One answer: seconds since the beginning at which it was due, milliseconds until it came, and what it says."""

    due: float
    milliseconds: float
    status: int
    engine: str
    degraded: bool


def ask_steadily(served: Contestant, places: list, *, rate: float, stop: threading.Event, told: list[Told]) -> None:
    """Fill `told` at `rate` requests a second until stopped."""
    local = threading.local()
    begun = time.monotonic()

    def one(number: int) -> None:
        due = begun + number / rate
        place = places[number % len(places)]
        if not hasattr(local, "connection"):
            local.connection = served.connection()
        path = f"{served.path}?lat={place.lat}&lon={place.lon}&radius_metres={RADIUS_METRES}"
        try:
            local.connection.request("GET", path)
            response = local.connection.getresponse()
            status, said = response.status, orjson.loads(response.read())
        except (OSError, http.client.HTTPException):
            local.connection.close()
            status, said = 599, {}
        took = (time.monotonic() - due) * 1_000
        told.append(Told(due - begun, took, status, said.get("backend", ""), said.get("degraded", False)))

    with ThreadPoolExecutor(CLIENTS) as pool:
        number = 0
        while not stop.is_set():
            time.sleep(max(0.0, begun + number / rate - time.monotonic()))
            pool.submit(one, number)
            number += 1


def line(name: str, told: list[Told]) -> str:
    took = [each.milliseconds for each in told]
    engines = " and ".join(sorted({each.engine or "nobody" for each in told}))
    bad = sum(each.status >= 500 for each in told)
    return (
        f"| {name} | {len(told)} | {engines} | {median(took):.0f} | {quantiles(took, n=20)[-1]:.0f} |"
        f" {max(took):.0f} | {bad} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--offers", type=int, default=1_000_000)
    parser.add_argument("--rate", type=float, default=20.0, help="searches a second")
    parser.add_argument("--seconds", type=float, default=20.0, help="before the kill, and while it is away")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    server = opensearch.server()
    running = server.process.running()
    if running is None or os.environ["OPENSEARCH_URL"] != server.url:
        raise SystemExit("There is no private OpenSearch of `make up` here to kill.")
    prepare(options.offers, seed=options.seed)
    url, index = database_url(options.offers), index_environment(options.offers)
    prepare_index(url, index)
    product = {**PRODUCT, **index, "DATABASE_URL": url}
    del product["OPENSEARCH_TIMEOUT_MS"]
    served = Contestant("Vicinity", "config.wsgi:application", "/v1/search", 0, product, workers=2)
    told: list[Told] = []
    stop = threading.Event()
    places = centres_to_ask(500, seed=options.seed)
    with served.serving():
        warm = served.connection()
        for place in places[:100]:
            served.ask(warm, place)
        load = os.getloadavg()[0]
        begun = time.monotonic()
        steady = {"rate": options.rate, "stop": stop, "told": told}
        asking = threading.Thread(target=ask_steadily, args=(served, places), kwargs=steady)
        asking.start()
        time.sleep(options.seconds)
        killed = time.monotonic() - begun
        os.kill(running.pid, signal.SIGKILL)
        time.sleep(options.seconds)
        starts = time.monotonic() - begun
        server.start()
        answers = time.monotonic() - begun
        for _ in range(1_200):
            if told[-1].engine == "opensearch":
                break
            time.sleep(0.05)
        time.sleep(options.seconds / 2)
        stop.set()
        asking.join()
    told.sort(key=lambda each: each.due)
    back = next((each.due for each in told if each.due > killed + 1 and each.engine == "opensearch"), float("inf"))
    before = [each for each in told if each.due < killed]
    away = [each for each in told if killed <= each.due < min(back, answers)]
    after = [each for each in told if each.due >= back]
    first = away[0]
    print(f"{options.offers:,} offers, {options.rate:g} searches a second, load {load:.1f} before, "
          f"{os.getloadavg()[0]:.1f} after\n")  # fmt: skip
    print("| | answers | by | p50 ms | p95 ms | most | 5xx |\n|---|---|---|---|---|---|---|")
    print(line("before the kill", before))
    print(line("killed", away))
    print(line("back", after))
    print(f"\nthe first after the kill: {first.milliseconds:.0f} ms, {first.status}, by {first.engine or 'nobody'}")
    said = sum(each.degraded for each in away if each.engine == "postgis")
    print(f"of {sum(each.engine == 'postgis' for each in away)} answers by PostGIS {said} say degraded")
    print(f"OpenSearch was away {answers - killed:.1f} s, {answers - starts:.1f} s of them to start;"
          f" it answered searches again {back - answers:+.1f} s after its start was over")  # fmt: skip


if __name__ == "__main__":
    main()
