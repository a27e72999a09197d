"""Minor units are what ISO 4217 says, on the server as on the pages."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from config.money import DECIMALS, amount, money
from stack.web_assets import WEB


@pytest.mark.parametrize(
    ("minor", "currency", "whole", "english", "chinese"),
    [
        (1090, "EUR", "10.90", "€10.90", "€10.90"),
        (500, "JPY", "500", "¥500", "JP¥500"),
        (250_000, "HUF", "2500.00", "HUF2,500.00", "HUF2,500.00"),
        (250_000, "RSD", "2500.00", "RSD2,500.00", "RSD2,500.00"),
        (1500, "KWD", "1.500", "KWD1.500", "KWD1.500"),
        (0, "CNY", "0.00", "CN¥0.00", "¥0.00"),
    ],
)
def test_money_has_the_decimals_of_its_minor_units(minor, currency, whole, english, chinese):
    assert str(amount(minor, currency)) == whole
    assert amount(minor, currency) == Decimal(whole)
    assert (money(minor, currency, "en"), money(minor, currency, "zh_Hans")) == (english, chinese)


def test_the_pages_count_decimals_alike():
    source = (WEB / "src" / "i18n" / "currency.ts").read_text("utf-8")
    listed = {code: int(n) for n, codes in re.findall(r'\[(\d), "([A-Z ]+)"\]', source) for code in codes.split()}
    assert listed == DECIMALS
