"""Writes that say which state they are about (RFC 9110 §13.1.1), so that two writers do not undo each other."""

from __future__ import annotations

import re
from typing import Any

from config.errors import CodedError, InvalidParameter

_TAG = re.compile(r'"[\x21\x23-\x7e]{1,120}"')


class PreconditionRequired(CodedError):
    """The write must name the state it is about: send the ETag of the last answer in If-Match."""

    code = "precondition_required"
    status = 428
    title = "The header If-Match is missing"


def if_match(request: Any) -> str:
    """The one strong tag of If-Match, quotes included, or `*` for whatever is there."""
    value = request.headers.get("If-Match", "").strip()
    if not value:
        raise PreconditionRequired("Read it first, and send the ETag of the answer in If-Match.")
    if value != "*" and _TAG.fullmatch(value) is None:
        raise InvalidParameter("If-Match", "One strong tag as ETag gave it is expected, or *.")
    return str(value)
