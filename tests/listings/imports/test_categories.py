import csv
import gzip

import pytest

from config.errors import InvalidParameter
from listings.category_tree import tree
from listings.imports.categories import resolver


@pytest.mark.parametrize(
    ("word", "slug"),
    [
        ("pizza", "pizza"),
        ("pizza_restaurant", "pizza"),
        ("Fast Food & Quick Service", "fast-food"),
        ("restaurants", "restaurant"),
        ("美发", "hairdresser"),
        ("安心餐廳|咖啡茶鋪", "restaurant"),
        ("nothing we know|咖啡茶鋪", "cafe"),
        ("Hair  Salon", "hairdresser"),
        ("nothing we know", None),
        ("", None),
    ],
)
def test_a_word_leads_to_a_category(word, slug):
    assert resolver().resolve(word, {}) == slug


def test_the_callers_mapping_goes_before_everything():
    own = resolver(overrides={"Restaurants": "nightclub"})
    assert own.resolve("restaurants", {"amenity": "cafe"}) == "nightclub"


@pytest.mark.parametrize(
    ("word", "tags", "slug"),
    [
        ("restaurants", {"amenity": "restaurant", "cuisine": "pizza"}, "pizza"),
        ("doctors", {"amenity": "doctors", "healthcare": "dentist"}, "dentist"),
        ("florist", {"shop": "yes"}, "florist"),
        ("unheard of", {"amenity": "cafe"}, "cafe"),
    ],
)
def test_tags_say_more_than_a_heading_unless_they_say_less(word, tags, slug):
    assert resolver().resolve(word, tags) == slug


def test_a_default_answers_where_nothing_else_does():
    assert resolver(default="services").resolve("unheard of", {}) == "services"


def test_a_mapping_to_no_category_is_refused():
    with pytest.raises(InvalidParameter) as error:
        resolver(overrides={"x": "no-such"})
    assert error.value.parameter == "category"


@pytest.mark.shared_data
@pytest.mark.parametrize("name", ["us_chain_stores", "japan_osm_pois_2014"])
def test_every_category_of_real_files_is_known(shared_data, name):
    with gzip.open(shared_data / f"{name}.csv.gz", "rt", encoding="utf-8") as file:
        words = {row["category"] for row in csv.DictReader(file)}
    assert [word for word in sorted(words) if resolver().resolve(word, {}) is None] == []
    assert len({resolver().resolve(word, {}) for word in words}) > 10


def test_aliases_lead_to_nodes_and_say_nothing_twice():
    from importlib.resources import files

    text = files("listings").joinpath("data/category_aliases.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    assert [row for row in rows if row["slug"] not in tree().nodes] == []
    assert len({row["value"] for row in rows}) == len(rows)
