"""Whom to name beside data that is theirs: by the `source` of a place. Pure.

Answers carry these, and whoever shows the answers shows them too: the licences ask for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

ATTRIBUTIONS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "osm": {
            "source": "osm",
            "text": "© OpenStreetMap contributors",
            "licence": "ODbL-1.0",
            "url": "https://www.openstreetmap.org/copyright",
        },
        "overture": {
            "source": "overture",
            "text": "© Overture Maps Foundation",
            "licence": "CDLA-Permissive-2.0",
            "url": "https://docs.overturemaps.org/attribution/",
        },
    }
)


def attributions_of(sources: Iterable[str | None]) -> list[dict[str, str]]:
    """Those of the sources, each once, by name; sources that ask for none are left out.

    A source may say more after a dash: `osm-helsinki` is `osm`.

    >>> [attribution["source"] for attribution in attributions_of(["osm-helsinki", "osm", "till", None])]
    ['osm']
    """
    families = sorted({source.partition("-")[0] for source in sources if source})
    return [dict(ATTRIBUTIONS[family]) for family in families if family in ATTRIBUTIONS]
