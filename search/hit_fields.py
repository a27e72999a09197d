"""What a hit can hold: what every answer makes, and what the cards bring (indexing.builder writes them). Pure."""

from __future__ import annotations

MADE_FIELDS = ("id", "kind", "place_id", "distance_metres", "open_now", "score", "tier", "serves")
"""Made for each answer; `serves` is null where no address is asked about. `why` is beside them where `explain=true`
asks for it, `highlights` where `highlight=true` does."""
CARD_FIELDS = (
    "deal",
    "name",
    "names",
    "readings",
    "category",
    "brand",
    "address",
    "lat",
    "lon",
    "zone",
    "opening_hours",
    "phone",
    "website",
    "photo",
    "attributes",
    "rating",
    "source",
    "deals",
    "deal_count",
)
"""Of both kinds; `deal` is in a deal's card only, `deals` and `deal_count` in a place's."""
HIT_FIELDS = (*MADE_FIELDS, *CARD_FIELDS)
