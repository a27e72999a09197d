"""What is filtered by and what is shown agree."""

import pytest

from deals.pricing import discount, discount_percent


@pytest.mark.parametrize(
    ("list_price_minor", "price_minor", "part", "percent"),
    [
        (2_000, 1_500, 0.25, 25),
        (1_000_000, 700_001, 0.2999, 29),  # nearer to 0.3, but less than 30 percent is saved
        (1_000_000, 700_000, 0.3, 30),
        (3, 0, 1.0, 100),
        (0, 0, 0.0, 0),
    ],
)
def test_both_are_rounded_down(list_price_minor, price_minor, part, percent):
    prices = {"list_price_minor": list_price_minor, "price_minor": price_minor}
    assert (discount(**prices), discount_percent(**prices)) == (part, percent)


def test_a_deal_passes_the_filter_of_the_percent_it_shows_and_none_above():
    for price_minor in range(9_971):
        prices = {"list_price_minor": 9_970, "price_minor": price_minor}
        shown = discount_percent(**prices)
        assert shown / 100 <= discount(**prices) < (shown + 1) / 100
