"""What a hit can hold: the keys that every hit has, and those of the cards. Pure."""

from __future__ import annotations

FIXED_FIELDS = ("id", "kind", "distance_metres", "open_now", "score", "tier")
"""Made for each answer. `why` is beside them where `explain=true` asks for it."""

CARD_FIELDS = (
    "place_id",
    "deal_id",
    "name",
    "names",
    "lat",
    "lon",
    "category",
    "address",
    "rating",
    "price",
    "attributes",
    "photo",
    "chain",
)

HIT_FIELDS = tuple(dict.fromkeys((*FIXED_FIELDS, *CARD_FIELDS)))
