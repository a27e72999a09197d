"""What callers send: values that are plausible, and values meant to break things. By parameter where it matters."""

from __future__ import annotations

import math

HOSTILE = {
    "empty": "",
    "space": " ",
    "minus": "-",
    "nan": "nan",
    "infinity": "inf",
    "minus-infinity": "-Infinity",
    "huge-exponent": "1e309",
    "tiny-exponent": "1e-400",
    "many-digits": "9" * 400,
    "many-decimals": "60." + "1" * 1500,
    "hexadecimal": "0x10",
    "underscore-in-number": "6_0",
    "arabic-digits": "٦٠",
    "fullwidth-digits": "６０",
    "comma-decimal": "60,17",
    "two-points": "60.1.7",
    "out-of-64-bits": str(1 << 64),
    "minus-zero": "-0",
    "nul": "a\x00b",
    "newline": "a\r\nSet-Cookie: x=1",
    "right-to-left": "\u202egnp.exe",
    "lone-accents": "\u0301" * 300,
    "emoji-family": "👩‍👩‍👧‍👦" * 20,
    "not-a-character": "\ufffe\uffff",
    "sql": "'; DROP TABLE listings_branch; --",
    "sql-percent": "%s %(x)s %% _",
    "like": "%%%___\\",
    "tsquery": "a & | ! <-> :* ((( '",
    "regex": "(a+)+$" + "a" * 200,
    "json": '{"$ne": null}',
    "deep-json": "[" * 900,
    "wkt": "POLYGON((" + "0 0," * 400 + "0 0))",
    "path": "../../../../etc/passwd",
    "template": "{{7*7}}${7*7}<%= 7 %>",
    "html": "<script>alert(1)</script>",
    "long-word": "a" * 2000,
    "too-long": "a" * 2001,
    "many-commas": "," * 1999,
    "many-words": "a " * 999,
    "iso-instant-from-nowhere": "0000-00-00T25:61:61Z",
    "far-future": "9999-12-31T23:59:59.999999+23:59",
    "before-time": "0001-01-01T00:00:00+14:00",
    "cursor-like": "eyJhIjoxfQ:1abcde:" + "A" * 43,
    "boolean-ish": "TRUE",
    "null": "null",
    "uuid-like": "g" * 8 + "-" + "0000-" * 3 + "0" * 12,
}


def _star(corners: int) -> str:
    """A ring that crosses itself at nearly each of its edges."""
    turn = 2 * math.pi * (corners // 2 - 1) / corners
    return ";".join(f"{60 + math.sin(turn * n):.5f},{24 + math.cos(turn * n):.5f}" for n in range(corners))


HOSTILE_FOR = {
    "polygon": {
        "bow-tie": "60,24;61,25;61,24;60,25",
        "star": _star(501),
        "largest-star": _star(1_500),
        "one-corner": "60,24",
        "all-the-same": ";".join(["60,24"] * 500),
        "thread": "60,24;61,25;60,24",
        "spike": "60,24;60,25;61,25;60.5,24.5;60.500000001,24.5",
        "whole-world": "-90,-180;-90,180;90,180;90,-180",
        "geojson-empty": '{"type": "Polygon", "coordinates": []}',
        "geojson-deep": '{"type": "Polygon", "coordinates": ' + "[" * 500 + "]" * 500 + "}",
        "geojson-other": '{"type": "Point", "coordinates": [24, 60]}',
        "geojson-strings": '{"type": "Polygon", "coordinates": [[["24", "60"], [25, 60], [25, 61], ["24", "60"]]]}',
        "geojson-nan": '{"type": "Polygon", "coordinates": [[[NaN, 60], [25, 60], [25, 61], [24, 60]]]}',
        "geojson-huge": '{"type": "Polygon", "coordinates": [[[1e300, 60], [25, 60], [25, 61], [24, 60]]]}',
        "many-parts": '{"type": "MultiPolygon", "coordinates": ['
        + ",".join(["[[[24,60],[25,60],[25,61],[24,60]]]"] * 400)
        + "]}",
        "too-long": "60.1,24.1;" * 3_201,
    },
    "bbox": {
        "flat": "24,60,25,60",
        "upside-down": "24,61,25,60",
        "three": "24,60,25",
        "five": "24,60,25,61,1",
        "nan": "nan,60,25,61",
        "whole-world": "-180,-90,180,90",
        "beyond": "-181,-91,181,91",
    },
    "weights": {
        "twice": "distance:1,distance:1",
        "nothing": "distance:0,rating:0,deal:0,popularity:0,freshness:0",
        "minus": "distance:-1",
        "infinite": "distance:1e309",
    },
    "open_at": {
        "gap": "2027-03-28T03:30",
        "twice": "2027-10-31T03:30",
        "past": "1999-12-31T23:59Z",
        "leap-second": "2026-12-31T23:59:60Z",
        "plus-read-as-blank": "2026-11-22T18:30 02:00",
        "week": "2026-W47-7",
    },
    "q": {
        "only-marks": "!!! ??? …",
        "words": "a " * 49,
        "mixed-scripts": "ラーメン 汉字 кафе קפה مقهى",
        "typo-bait": "abcdefghij" * 10,
    },
}

PLAUSIBLE_FOR = {
    "lat": ["60.1699", "60.17", "60.1701", "60.1650", "-90"],
    "lon": ["24.9384", "24.94", "24.9400", "24.9450", "-180"],
    "radius_metres": ["1", "500", "5000", "2000", "50000"],
    "bbox": ["24.8,60.1,25.1,60.3", "170,-20,-170,20", "24.93,60.16,24.95,60.18"],
    "polygon": [
        "60.16,24.93;60.18,24.93;60.18,24.95;60.16,24.95",
        '{"type":"Polygon","coordinates":[[[24.9,60.1],[25,60.1],[25,60.2],[24.9,60.2],[24.9,60.1]]]}',
    ],
    "q": ["branch", "bran", "brnach", "coffee", "咖啡", "Kahvila 3", "lunch deal"],
    "category": ["cafe", "restaurant", "cafe,restaurant"],
    "kind": ["place", "deal", "both"],
    "price_min_minor": ["0", "500"],
    "price_max_minor": ["1500", "999999999999"],
    "currency": ["EUR"],
    "discount_min_percent": ["0", "20", "100"],
    "rating_min": ["1", "3.5", "5"],
    "attributes": ["wheelchair", "wheelchair,outdoor_seating"],
    "chain": ["00000000-0000-0000-0000-000000000001"],
    "open_now": ["true", "false"],
    "has_deals": ["true", "false"],
    "sort": ["score", "distance", "rating", "price", "discount", "newest"],
    "profile": ["balanced", "nearest", "top_rated", "best_deal"],
    "weights": ["distance:1", "distance:0.5,rating:0.2"],
    "half_distance_metres": ["50", "600"],
    "collapse": ["chain"],
    "facets": ["category,rating", "kind,category,rating,price,discount,attribute,open_now"],
    "limit": ["1", "3", "100"],
    "explain": ["true", "false"],
    "lang": ["en", "fi,zh-Hans", "zz"],
    "zoom": ["0", "12.5", "22"],
    "resolution": ["0", "8", "12"],
    "boundary": ["true", "false"],
    "offset": ["0", "1", "10000"],
}
