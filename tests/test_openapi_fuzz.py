"""Random and hostile requests to every operation of the OpenAPI document, over the WSGI application.

No answer is a 5xx, every answer is as the document says, and every refusal is a problem with a code. Each run draws new
requests; FUZZ_SEED repeats one (a failure prints it) and FUZZ_EXAMPLES sets how many are drawn for an operation.
"""

from __future__ import annotations

import json
import os
import secrets
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random
from urllib.parse import quote, urlencode
from uuid import UUID

import hypothesis
import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from config.wsgi import application
from tests.filled import fill
from tests.hostile import HOSTILE, HOSTILE_FOR, PLAUSIBLE_FOR

ROOT = Path(__file__).resolve().parent.parent
SEED = int(os.environ.get("FUZZ_SEED") or secrets.randbits(32))
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES") or 60)
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
DOCUMENT = json.loads((ROOT / "docs" / "openapi.json").read_text(encoding="utf-8"))
OPERATIONS = [
    (path, method, operation) for path, item in DOCUMENT["paths"].items() for method, operation in item.items()
]
NEEDS_CREDENTIALS = ("/v1/bookings/", "/v1/waitlist/", "/v1/guests/", "/v1/me/", "/v1/auth/", "/v1/merchant/")
READS = [each for each in OPERATIONS if each[1] == "get" and not each[0].startswith(NEEDS_CREDENTIALS)]
"""What answers without a token or a key. The others are driven by tests/booking and tests/test_access_matrix.py."""
Plausible = Mapping[str, Sequence[str]]
schema = schemathesis.openapi.from_wsgi("/v1/openapi.json", application)


@pytest.fixture(autouse=True)
def _served(settings, db):
    settings.ALLOWED_HOSTS = ["*"]
    # As Django's own test client does: the test's transaction outlives a request.
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@schema.parametrize()
@hypothesis.settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    suppress_health_check=list(hypothesis.HealthCheck),
)
@hypothesis.seed(SEED)
def test_random_requests(case):
    print(f"FUZZ_SEED={SEED}")  # noqa: T201 - pytest shows it with a failure
    case.call_and_validate(checks=CHECKS)


def drawn_value(random: Random, name: str, plausible: Plausible) -> str:
    if random.random() < 0.05:
        return random.choice([*HOSTILE.values(), *HOSTILE_FOR.get(name, {}).values()])
    return random.choice(plausible.get(name, [""]))


PLACES_TO_LOOK = {
    "/v1/search": [("lat", "lon"), ("lat", "lon"), ("lat", "lon", "radius_metres"), ("bbox",), ("polygon",)],
    "/v1/clusters": [("bbox", "zoom"), ("bbox", "resolution")],
}


def drawn_query(random: Random, path: str, operation: dict, plausible: Plausible) -> dict[str, str]:
    """Somewhere to look, what is required and a few more; now and then any two that may contradict each other."""
    parameters = [each for each in operation.get("parameters", []) if each["in"] == "query"]
    names = [each["name"] for each in parameters]
    where = random.choice(PLACES_TO_LOOK.get(path, [("lat", "lon"), ()]))
    where = (*where, *(each["name"] for each in parameters if each.get("required")))
    rest = [name for name in names if name in plausible and name not in {"lat", "lon", "bbox", "polygon", "zoom"}]
    chosen = {*where, *random.sample(rest, min(len(rest), random.choice([0, 1, 1, 2, 4])))}
    if "bookable_at" not in chosen and "bookable_at" in names:
        chosen -= {"party"}
    if random.random() < 0.1:
        chosen |= set(random.sample(names, min(len(names), 2)))
    if chosen & {"price_min_minor", "price_max_minor"}:
        chosen |= {"currency"}
    return {name: drawn_value(random, name, plausible) for name in names if name in chosen}


def drawn_path(random: Random, path: str, ids: Sequence[UUID]) -> dict[str, str]:
    """A thing that is there, or a tile of the middle of the world."""
    zoom = random.randint(0, 17)
    values = {
        "id": random.choice(ids),
        "branch_id": random.choice(ids),
        "z": zoom,
        "x": 2**zoom // 2,
        "y": 2**zoom // 2,
    }
    return {name: str(value) for name, value in values.items() if "{" + name + "}" in path}


def test_plausible_requests_over_a_filled_world():
    """Combinations of parameters as a client would send them, one value in twenty hostile; pages are followed."""
    world = fill()
    plausible = PLAUSIBLE_FOR | world.plausible()
    random, seen = Random(SEED), Counter()
    for path, method, operation in READS:
        for _ in range(EXAMPLES * (5 if path in {"/v1/search", "/v1/clusters"} else 1)):
            ids = world.places if "places" in path or "{branch_id}" in path else world.deals
            if "place_id" in (each["name"] for each in operation.get("parameters", [])):
                ids = world.bookable_deals
            query = drawn_query(random, path, operation, plausible)
            case = schema[path][method.upper()].Case(path_parameters=drawn_path(random, path, ids), query=query)
            response = case.call_and_validate(checks=CHECKS)
            seen[path, response.status_code] += 1
            if path == "/v1/search" and response.status_code == 200:
                answer = response.json()
                seen["hits"] += bool(answer["hits"])
                if answer["next_cursor"]:
                    follow = schema[path][method.upper()].Case(query={**query, "cursor": answer["next_cursor"]})
                    assert follow.call_and_validate(checks=CHECKS).status_code == 200
                    seen["followed"] += 1
    print(f"FUZZ_SEED={SEED}", seen)  # noqa: T201 - pytest shows it with a failure
    for path, _, _ in READS:
        assert seen[path, 200] >= EXAMPLES / 4, path
    assert seen["hits"] >= EXAMPLES
    assert seen["followed"] >= 1


@pytest.mark.parametrize(
    ("path", "method", "operation"), OPERATIONS, ids=[operation["operationId"] for _, _, operation in OPERATIONS]
)
def test_hostile_values_one_by_one(path, method, operation):
    """Each hostile value in each parameter in turn, the rest of the request being good; and in the path.

    A refusal costs at most 50 ms of this process's time.
    """
    client = Client(raise_request_exception=False)
    good = {"lat": "60.17", "lon": "24.94"} if path == "/v1/search" else {}
    good |= {"bbox": "24.8,60.1,25.1,60.3", "zoom": "12"} if path == "/v1/clusters" else {}
    client.generic(method.upper(), path, QUERY_STRING=urlencode(good))  # what is read once a process is read now
    for parameter in operation.get("parameters", []):
        name = parameter["name"]
        for case, value in {**HOSTILE, **HOSTILE_FOR.get(name, {})}.items():
            headers = {name: value} if parameter["in"] == "header" else {}
            if headers:
                url, query = path.replace("{id}", str(UUID(int=7))), ""
            elif parameter["in"] == "query":
                others = {key: text for key, text in good.items() if not (name == "polygon" and key in {"lat", "lon"})}
                url, query = path, urlencode({**others, name: value})
            else:
                url, query = path.replace("{" + name + "}", quote(value, safe="") or "%20"), ""
                url = url.format_map(
                    defaultdict(lambda: str(UUID(int=7)), {"z": "3", "x": "4", "y": "5", "client": "app"})
                )
            assert_refused_or_answered(client, method, url, query, f"{name}: {case}", headers=headers)
    for case, value in HOSTILE.items():
        assert_refused_or_answered(client, method, path, urlencode({value: value}), f"as a name: {case}")


def assert_refused_or_answered(
    client: Client, method: str, url: str, query: str, case: str, *, headers: dict[str, str] | None = None
) -> None:
    seconds = []
    for _ in range(3):
        started = time.process_time()
        response = client.generic(method.upper(), url, QUERY_STRING=query, headers=headers)
        seconds.append(time.process_time() - started)
        assert response.status_code < 500, (case, response.content)
        assert response["X-Request-ID"]
        if response.status_code < 400:
            return
        assert response["Content-Type"] == "application/problem+json", case
        assert json.loads(response.content)["code"], case
        if seconds[-1] <= 0.05:
            return
    raise AssertionError(f"{case} was refused after {min(seconds):.3f} s")


@pytest.mark.parametrize("query", ["%", "%zz=1", "a=%ff", "%ff=1", "&&&", "=", "a=1&" * 2000, "\xff=\xfe", "?" * 500])
@pytest.mark.parametrize(
    ("path", "method", "operation"), OPERATIONS, ids=[operation["operationId"] for _, _, operation in OPERATIONS]
)
def test_hostile_queries(path, method, operation, query):
    assert_refused_or_answered(Client(raise_request_exception=False), method, path, query, query[:20])
