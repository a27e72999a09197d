import pytest

from listings.category_tree import tree
from listings.models import Category, Change
from listings.services import sync_categories
from tests.factories import BranchFactory, CategoryFactory

pytestmark = pytest.mark.django_db


def test_the_table_mirrors_the_tree_and_a_second_run_writes_nothing():
    assert sync_categories() == len(tree().nodes)
    assert sync_categories() == 0
    pizza = Category.objects.get(slug="pizza")
    assert (pizza.parent_id, pizza.path) == ("restaurant", ["food-drink", "restaurant", "pizza"])
    assert pizza.names == {"en": "Pizza", "zh-Hans": "披萨", "zh-Hant": "披薩"}
    assert "pizzeria" in pizza.synonyms["en"]


def test_a_changed_name_is_put_back_and_told_for_its_branches():
    sync_categories()
    branch = BranchFactory(category=Category.objects.get(slug="pizza"))
    Category.objects.filter(slug="restaurant").update(names={"en": "Eatery"})
    Change.objects.all().delete()
    assert sync_categories() == 1
    assert [change.key for change in Change.objects.all()] == [branch.id]


def test_a_category_that_left_the_tree_goes_unless_it_is_used():
    CategoryFactory(slug="old-root")
    CategoryFactory(slug="old-leaf", parent_id="old-root", path=["old-root", "old-leaf"])
    used = CategoryFactory(slug="old-but-used")
    BranchFactory(category=used)
    sync_categories()
    assert sorted(Category.objects.filter(slug__startswith="old-").values_list("slug", flat=True)) == ["old-but-used"]
