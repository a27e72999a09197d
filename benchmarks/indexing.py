"""How fast an index is filled: our follower, from the projection, beside the library's own parallel_bulk.

Of the database of benchmarks.world, filled once; `OPENSEARCH_URL` names the cluster, which `make up` does. Both write
the same documents into an index of the same mapping and settings; the rival is given them ready made, in memory, and
keeps no checkpoint, looks at no item and reads no database. In turns, so that what else the machine does meets both.

    python -m stack run -m benchmarks.indexing --count 100000 --rounds 3
"""

from __future__ import annotations

import argparse
import logging
import os
import resource
import time
from collections import deque
from itertools import islice
from statistics import median

from benchmarks import world


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--profile", action="store_true", help="Print where our time goes instead.")
    asked = parser.parse_args()
    world.prepare(asked.count, seed=asked.seed)
    os.environ |= {
        "DATABASE_URL": world.database_url(asked.count),
        "STATEMENT_TIMEOUT_MS": "0",
        "OPENSEARCH_PREFIX": "bench",
    }
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django  # noqa: PLC0415  after the environment

    django.setup()
    if asked.profile:
        profile()
        return
    took: dict[str, list[float]] = {"parallel_bulk": [], "ours": []}
    print(f"{asked.count:,} documents, load {os.getloadavg()[0]:.1f}")
    for _ in range(asked.rounds):
        for name, fill in (("parallel_bulk", rival), ("ours", ours)):
            cpu = resource.getrusage(resource.RUSAGE_SELF)
            seconds, count = fill()
            after = resource.getrusage(resource.RUSAGE_SELF)
            used = after.ru_utime + after.ru_stime - cpu.ru_utime - cpu.ru_stime
            took[name].append(count / seconds)
            print(f"  {name:14} {count / seconds:8,.0f} documents/s, {used / seconds:5.0%} of a core of Python")
    print(f"ours ÷ parallel_bulk: {median(took['ours']) / median(took['parallel_bulk']):.2f} (medians)")


def rival() -> tuple[float, int]:
    from django.conf import settings  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415
    from opensearchpy import OpenSearch, helpers  # noqa: PLC0415

    from search.backends.opensearch import mapping  # noqa: PLC0415

    with connection.chunked_cursor() as cursor:
        cursor.execute(mapping.SELECT)
        actions = []
        while rows := cursor.fetchmany(5_000):
            actions += [{"_id": str(row[0]), "_source": mapping.body_of(row)} for row in rows]
    logging.getLogger("opensearch").setLevel(logging.ERROR)
    engine = OpenSearch(settings.OPENSEARCH_URL, timeout=120, pool_maxsize=8)
    engine.indices.delete(index="bench-rival", ignore_unavailable=True)
    made = {"mappings": dict(mapping.MAPPINGS), "settings": {"index": mapping.settings(shards=1, replicas=0)}}
    engine.indices.create(index="bench-rival", body=made)
    began = time.perf_counter()
    deque(helpers.parallel_bulk(engine, actions, index="bench-rival", thread_count=4, chunk_size=500), maxlen=0)
    engine.indices.refresh(index="bench-rival", request_timeout=120)
    seconds = time.perf_counter() - began
    engine.indices.delete(index="bench-rival")
    return seconds, len(actions)


def ours() -> tuple[float, int]:
    from indexing.follower import follow_one  # noqa: PLC0415
    from indexing.generations import drop, make_generation  # noqa: PLC0415
    from search.backends.opensearch.client import required  # noqa: PLC0415
    from search.backends.opensearch.followed import OFFERS  # noqa: PLC0415

    client = required()
    generation = make_generation(client, OFFERS)
    rows = 0
    began = time.perf_counter()
    while True:
        done = follow_one(client, generation.name)
        rows += done.rows
        if done.is_true:
            break
    seconds = time.perf_counter() - began
    drop(client, generation)
    return seconds, rows


def profile() -> None:
    """Each part of the way alone, per 1,000 documents, by one thread."""
    from indexing.reading import in_batches_of, rows_changed  # noqa: PLC0415
    from indexing.writing import ROWS_AT_ONCE, _lines  # noqa: PLC0415
    from search.backends.opensearch.followed import OFFERS  # noqa: PLC0415
    from search.models import Epoch  # noqa: PLC0415

    current = Epoch.objects.get().current
    began = time.perf_counter()
    ids = rows_changed(OFFERS, 0, current)
    print(f"ids   {(time.perf_counter() - began) / len(ids) * 1e6:8.1f} ms")
    began = time.perf_counter()
    rows = [row for batch in islice(in_batches_of(OFFERS, ids, ROWS_AT_ONCE), 40) for row in batch]
    print(f"read  {(time.perf_counter() - began) / len(rows) * 1e6:8.1f} ms")
    began = time.perf_counter()
    size = sum(len(_lines(OFFERS, row)) for row in rows)
    print(f"lines {(time.perf_counter() - began) / len(rows) * 1e6:8.1f} ms, {size / len(rows):,.0f} bytes a document")


if __name__ == "__main__":
    main()
