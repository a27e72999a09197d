"""The same place twice: one name, at most 30 m apart. Pure.

Names are compared without case, accents, punctuation and blanks. A finding is a note, not a refusal: two cash machines
of one bank, or a shop with two doors, are real.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from geo.proximity import NearbyPoints

DUPLICATE_RADIUS_METRES = 30.0

_NOT_A_LETTER = re.compile(r"[\W_]+")
_COMBINING = re.compile("[\u0300-\u036f]")


@lru_cache(maxsize=65536)
def name_key(name: str) -> str:
    """What two spellings of one name share; the name itself, in lower case, where nothing else is left of it.

    >>> name_key("Café  L’Étoile") == name_key("CAFE LETOILE")
    True
    """
    if name.isascii():
        folded = name.lower()
    else:
        folded = unicodedata.normalize("NFKC", name).casefold()
        folded = unicodedata.normalize("NFC", _COMBINING.sub("", unicodedata.normalize("NFD", folded)))
    return _NOT_A_LETTER.sub("", folded) or name.casefold()


def nearby_names() -> NearbyPoints[str]:
    """An index of places by `name_key`, labelled by external id."""
    return NearbyPoints(DUPLICATE_RADIUS_METRES)
