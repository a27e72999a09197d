"""Errors are values with codes. Pure: the floor of the import graph; the HTTP shape is made in config/api.py.

A coded error is a class with a stable `code`, an HTTP `status`, a `title` that never varies, and a `detail` that says
what to do. An input error also names the `parameter` (a query parameter, a JSON path, a column) and, where one was
passed, the `limit`.
"""

from __future__ import annotations

from typing import Any, ClassVar


class CodedError(Exception):
    """Base of everything a caller can be told. `str(error)` is the detail."""

    code: ClassVar[str] = "internal_error"
    status: ClassVar[int] = 500
    title: ClassVar[str] = "Something went wrong on our side"
    only_commands: ClassVar[bool] = False
    """True for what no request can meet: such a code is told by its command and is not in the API's table."""

    def __init__(self, detail: str = "", **members: Any) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.members = members
        """Further members of the problem document: JSON-serialisable, without secrets."""


class RetryableError(CodedError):
    """The same request may succeed later. `retry_after_seconds` is sent as Retry-After."""

    code = "temporarily_unavailable"
    status = 503
    title = "Try again shortly"

    def __init__(self, detail: str = "", *, retry_after_seconds: int = 1, **members: Any) -> None:
        super().__init__(detail, **members)
        self.retry_after_seconds = retry_after_seconds


class InvalidParameter(CodedError):
    """One input value is refused: which one, why, and the limit it broke (with its unit in the key or the text)."""

    code = "invalid_parameter"
    status = 400
    title = "A parameter is not valid"

    def __init__(self, parameter: str, detail: str, *, limit: float | str | None = None, **members: Any) -> None:
        super().__init__(detail, **members)
        self.parameter = parameter
        self.limit = limit


class UnknownParameter(InvalidParameter):
    """A parameter this operation does not take; `limit` is unset and `members['known']` lists what it takes."""

    code = "unknown_parameter"
    title = "This operation has no such parameter"


class NotFound(CodedError):
    code = "not_found"
    status = 404
    title = "There is no such thing here"


class RateLimited(RetryableError):
    code = "rate_limited"
    status = 429
    title = "Too many requests"
