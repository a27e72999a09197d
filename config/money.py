"""Minor units as people read them. Pure.

How many decimals a currency has is what ISO 4217 says, as everybody who counts in minor units does: payment providers,
banks, merchants' tills. Locale data is about prices in shops instead, and tells 0 for forints and dinars of Serbia.
"""

from __future__ import annotations

from copy import copy
from decimal import Decimal

from babel import Locale

DECIMALS = {
    **dict.fromkeys(
        ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF",
         "XOF", "XPF"), 0,
    ),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}  # fmt: skip
"""Of ISO 4217 (list one of 2024), those that have not two. web/src/i18n/currency.ts holds the same; a test compares."""


def amount(minor: int, currency: str) -> Decimal:
    """In whole units, with the currency's own decimals.

    >>> amount(1090, "EUR"), amount(500, "JPY"), amount(250000, "HUF"), amount(1500, "KWD")
    (Decimal('10.90'), Decimal('500'), Decimal('2500.00'), Decimal('1.500'))
    """
    return Decimal(minor).scaleb(-DECIMALS.get(currency, 2))


def money(minor: int, currency: str, locale: str) -> str:
    """As readers of a locale write it.

    >>> money(1090, "EUR", "en"), money(250000, "HUF", "en"), money(500, "JPY", "en")
    ('€10.90', 'HUF2,500.00', '¥500')
    """
    decimals = DECIMALS.get(currency, 2)
    pattern = copy(Locale.parse(locale).currency_formats["standard"])  # the library's own is everybody's
    pattern.frac_prec = (decimals, decimals)
    return str(pattern.apply(amount(minor, currency), locale, currency=currency, currency_digits=False))
