"""JSON objects of writes: no fields but those an operation takes. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from difflib import get_close_matches
from typing import Any

from config.errors import InvalidParameter, UnknownParameter


def read_object(data: Any, *, known: Collection[str], path: str = "") -> Mapping[str, Any]:
    """An object with no fields but `known`. An empty body is an empty object."""
    if data is None or data == "":
        data = {}
    if not isinstance(data, Mapping):
        raise InvalidParameter(path or "body", "A JSON object is expected.")
    for name in data:
        if name not in known:
            shown = f"{path}.{name}".lstrip(".")[:64]
            nearest = get_close_matches(name[:64], sorted(known), n=1, cutoff=0.6)
            more = {"nearest": nearest[0]} if nearest else {}
            raise UnknownParameter(
                shown, f"There is no field {shown!a} here; known are {', '.join(sorted(known))}.",
                known=sorted(known), **more,
            )  # fmt: skip
    return data
