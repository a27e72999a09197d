"""Bodies of areas that somebody sends to hurt: each a name, the bytes, and the code and reason of the refusal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from random import Random

SEED = 20261125


def body(area) -> bytes:
    """A draft with the area as its one band. Texts are put in as they are."""
    text = area if isinstance(area, str) else json.dumps(area, separators=(",", ":"))
    return b'{"mode":"delivery","draft":{"currency":"EUR","bands":[{"area":' + text.encode() + b"}]}}"


def polygon(*rings):
    return {"type": "Polygon", "coordinates": list(rings)}


def square(west, south, size):
    east, north = west + size, south + size
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def scribble(count, seed=SEED):
    random = Random(seed)
    ring = [[round(random.uniform(24, 25), 5), round(random.uniform(60, 61), 5)] for _ in range(count - 1)]
    return [*ring, ring[0]]


def comb(teeth, *, gap=0.0):
    """A valid outline of `teeth` thin teeth; with a negative gap the last pair of corners crosses."""
    ring = [[24.0, 60.0]]
    for tooth in range(teeth):
        lon = round(24.0 + tooth / teeth, 7)
        ring += [[lon, 61.0], [round(lon + 0.4 / teeth, 7), 61.0], [round(lon + 0.4 / teeth, 7), 60.001]]
        ring += [[round(lon + 1.0 / teeth, 7), 60.001]]
    ring += [[25.0, 60.0 + gap], [24.0, 60.0]]
    return ring


def hostile() -> Iterator[tuple[str, bytes, str, str | None]]:
    for count in (50, 200, 500, 1000, 2000):
        yield f"scribble of {count}", body(polygon(scribble(count))), "invalid_area", "self_intersection"
    yield "scribble of 4000", body(polygon(scribble(4000))), "invalid_area", "too_many_positions"
    tiny = [square(0, 0, 1)]
    yield (
        "20,000 parts",
        body({"type": "MultiPolygon", "coordinates": [[[]]] * 20_000}),
        "invalid_area",
        "too_many_parts",
    )
    yield "2,000 parts", body({"type": "MultiPolygon", "coordinates": [tiny] * 2_000}), "invalid_area", "too_many_parts"
    yield "22,000 holes", body(polygon(square(0, 0, 9), *[[]] * 22_000)), "invalid_area", "too_many_holes"
    yield "2,000 holes", body(polygon(square(0, 0, 9), *tiny * 2_000)), "invalid_area", "too_many_holes"
    yield "NaN", body('{"type":"Polygon","coordinates":[[[NaN,1],[2,1],[2,2],[NaN,1]]]}'), "malformed_body", None
    yield (
        "Infinity",
        body('{"type":"Polygon","coordinates":[[[1e999,1],[2,1],[2,2],[1e999,1]]]}'),
        "malformed_body",
        None,
    )
    yield "depth 5,000", body("[" * 5_000 + "]" * 5_000), "malformed_body", None
    yield "depth 500", body("[" * 500 + "]" * 500), "malformed_body", None
    yield "10 MB", body("[" + "1," * 5_000_000 + "1]"), "body_too_large", None
    yield "256 kB of lists", body("[" + "[]," * 85_000 + "[]]"), "invalid_area", "not_an_area"
    yield "256 kB of numbers", body(polygon([[1, 2]] * 40_000)), "invalid_area", "too_many_positions"
    yield "256 kB of digits", body("[" + "9" * 250_000 + "]"), "malformed_body", None
    yield "a bow tie", body(polygon([[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]])), "invalid_area", "self_intersection"
    yield "a hole outside", body(polygon(square(0, 0, 1), square(5, 5, 1))), "invalid_area", "hole_lies_outside_shell"
    yield (
        "nested shells",
        body({"type": "MultiPolygon", "coordinates": [[square(0, 0, 4)], [square(1, 1, 1)]]}),
        "invalid_area",
        "nested_shells",
    )
    yield "an open ring", body(polygon([[0, 0], [1, 0], [1, 1], [0, 1]])), "invalid_area", "open_ring"
    yield "a line", body({"type": "LineString", "coordinates": [[0, 0], [1, 1]]}), "invalid_area", "not_an_area"
    yield "no area", body(polygon([[0, 0], [1, 1], [0, 0], [1, 1], [0, 0]])), "invalid_area", "self_intersection"
    yield "empty", body({"type": "MultiPolygon", "coordinates": []}), "invalid_area", "empty"
    yield "swapped", body(polygon(square(60, 150, 1))), "invalid_area", "out_of_range"
    yield "texts", body(polygon([["0", "0"]] * 4)), "invalid_area", "not_a_number"
    yield "an object for a ring", body({"type": "Polygon", "coordinates": {"0": 1}}), "invalid_area", "wrong_shape"
    yield "null coordinates", body({"type": "Polygon", "coordinates": None}), "invalid_area", "wrong_shape"
    yield "a comb crossed by its back", body(polygon(comb(490, gap=0.5))), "invalid_area", "self_intersection"
    ten = ",".join(json.dumps({"area": polygon(scribble(201, seed))}) for seed in range(10))
    yield (
        "ten bands of 201",
        f'{{"mode":"delivery","draft":{{"currency":"EUR","bands":[{ten}]}}}}'.encode(),
        ("invalid_area"),
        "too_many_positions",
    )
