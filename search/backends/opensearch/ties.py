"""The id of a document as numbers that order as it does: what sorting compares when all else is equal. Pure.

A sort by a text that differs in every document looks words up in a dictionary for each hit that it keeps and in each
segment; three numbers cost next to nothing.
"""

from __future__ import annotations

from search.document import Kind

FIELDS = ("tie_0", "tie_1", "tie_2")
"""Long fields of the mapping."""

_ORDER = {kind.value: number for number, kind in enumerate(sorted(Kind))}
_UUID_CHARACTERS = 36
_LOWEST = 2**63


def ties_of(id_: str) -> tuple[int, int, int]:
    """Three signed 64-bit numbers, compared in turn: the kind, all of the first UUID and 63 bits of the second.

    A part that is no UUID counts by its first 16 bytes. Two deals of one id at one point whose branches begin with the
    same 63 bits would tie.
    """
    kind, _, parts = id_.partition(":")
    first, _, second = parts.partition(":")
    bits = (_ORDER[kind] << 256 | _bits(first) << 128 | _bits(second)) >> 65
    return (bits >> 128) - _LOWEST, (bits >> 64 & 2**64 - 1) - _LOWEST, (bits & 2**64 - 1) - _LOWEST


def _bits(part: str) -> int:
    if len(part) == _UUID_CHARACTERS:
        return int(part.replace("-", ""), 16)
    return int.from_bytes(part.encode()[:16].ljust(16, b"\0"))
