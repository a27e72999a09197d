"""What of OpenStreetMap is drawn, and from where on."""

from __future__ import annotations

import pytest

from geo.base_features import Drawn, drawn_area, drawn_label, drawn_line, names_of


@pytest.mark.parametrize(
    ("tags", "drawn"),
    [
        ({"highway": "primary"}, Drawn("streets", "primary", 8, 7)),
        ({"highway": "primary_link"}, Drawn("streets", "primary", 8, 7)),
        ({"highway": "footway"}, Drawn("streets", "path", 16, 1)),
        ({"highway": "residential", "tunnel": "yes"}, None),
        ({"highway": "pedestrian", "area": "yes"}, None),
        ({"highway": "construction"}, None),
        ({"railway": "tram"}, Drawn("streets", "tram", 15, 1)),
        ({"waterway": "river"}, Drawn("water", "stream", 12)),
        ({}, None),
    ],
)
def test_lines(tags, drawn):
    assert drawn_line(tags) == drawn


@pytest.mark.parametrize(
    ("tags", "drawn"),
    [
        ({"natural": "water"}, Drawn("water", "water", 8, 1)),
        ({"leisure": "park"}, Drawn("green", "park", 11)),
        ({"landuse": "grass"}, Drawn("green", "grass", 14)),
        ({"building": "yes"}, Drawn("buildings", "building", 14)),
        ({"building": "no"}, None),
        ({"place": "square"}, Drawn("land", "square", 14, 1)),
        ({"landuse": "military"}, None),
    ],
)
def test_areas(tags, drawn):
    assert drawn_area(tags) == drawn


def test_a_label_needs_a_name():
    assert drawn_label({"place": "suburb", "name": "Kamppi"}) == Drawn("labels", "suburb", 12, 7)
    assert drawn_label({"place": "suburb"}) is None
    assert drawn_label({"name": "Kamppi"}) is None


def test_names_by_language_are_cut():
    assert names_of({"name": "x" * 300, "name:sv": "Kampen", "name:zh-Hans": "坎皮", "name:etymology": "?"}) == (
        "x" * 200,
        {"sv": "Kampen", "zh-Hans": "坎皮"},
    )
