import pytest

from listings.category_tree import LANGUAGES, TAG_KEYS, BrokenTree, parse, tree

HEADER = "slug,parent,name_en,name_zh_hans,name_zh_hant,synonyms_en,synonyms_zh,osm_tags,at_home\n"


def _csv(*rows: str) -> str:
    """`slug,parent,tags` for each row; names are made up."""
    lines = []
    for row in rows:
        slug, parent, tags = row.split(",")
        lines.append(f"{slug},{parent},Name,名,名,,,{tags},")
    return HEADER + "\n".join(lines) + "\n"


def test_the_shipped_tree_is_whole():
    nodes = tree().nodes
    assert 150 <= len(nodes) <= 250
    assert all(set(node.names) == set(LANGUAGES) for node in nodes.values())
    assert {len(node.path) for node in nodes.values()} == {1, 2, 3}
    assert nodes["pizza"].path == ("food-drink", "restaurant", "pizza")
    assert nodes["plumber"].at_home
    assert nodes["hairdresser"].names["zh-Hans"] == "美发"


def test_positions_follow_the_file():
    assert [node.position for node in tree().nodes.values()] == list(range(len(tree().nodes)))


@pytest.mark.parametrize(
    ("tags", "slug"),
    [
        ({"amenity": "restaurant"}, "restaurant"),
        ({"amenity": "restaurant", "cuisine": "pizza"}, "pizza"),
        ({"amenity": "restaurant", "cuisine": "bistro;Pizza; kebab"}, "pizza"),
        ({"amenity": "restaurant", "cuisine": "martian"}, "restaurant"),
        ({"amenity": "fast_food", "cuisine": "pizza"}, "pizza"),
        ({"amenity": "doctors", "healthcare": "dentist"}, "dentist"),
        ({"amenity": "cafe", "shop": "bakery"}, "cafe"),
        ({"amenity": "bench", "shop": "bakery"}, "bakery"),
        ({"amenity": "cafe;bar"}, "cafe"),
        ({"shop": "something_new"}, "shopping"),
        ({"shop": "vacant"}, None),
        ({"shop": "yes", "craft": "plumber"}, "plumber"),
        ({"shop": "beauty", "beauty": "nails"}, "nails"),
        ({"amenity": "bench"}, None),
        ({"building": "yes"}, None),
        ({}, None),
    ],
)
def test_tags_lead_to_a_category(tags, slug):
    assert tree().category_for_tags(tags) == slug


def test_every_tag_rule_leads_back_to_its_node():
    for node in tree().nodes.values():
        for rule in node.tags:
            tags = dict(part.split("=") for part in rule.replace("*", "anything").split("+"))
            assert set(tags) & set(TAG_KEYS)
            assert tree().category_for_tags(tags) == node.slug, rule


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (_csv("a,,", "a,,"), "a: slug appears twice"),
        (_csv("A b,,"), "'A b': not a slug"),
        (_csv("a,nowhere,"), "a: unknown parent nowhere"),
        (_csv("a,b,", "b,a,"), "a: its parents form a cycle"),
        (_csv("b,a,", "a,,"), "b: its parent a must stand above it"),
        (_csv("a,,", "b,a,", "c,b,", "d,c,"), "d: deeper than 3 levels"),
        (_csv("a,,shop=x", "b,,shop=x"), "b: shop=x already leads to a"),
        (_csv("a,,building=yes"), "a: building=yes has a key that is not read"),
        (HEADER + "a,,Name,,名,,,,\n", "a: a name is missing"),
    ],
)
def test_a_contradiction_is_refused(text, told):
    with pytest.raises(BrokenTree) as error:
        parse(text)
    assert str(error.value) == told


def test_a_subtree_holds_its_root_and_all_below():
    small = parse(_csv("a,,", "b,a,", "c,b,", "d,,"))
    assert small.subtree("a") == ("a", "b", "c")
    assert small.subtree("d") == ("d",)
