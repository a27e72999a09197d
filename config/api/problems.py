"""Every error leaves as one problem+json body (RFC 9457), whichever way it arose.

`problem_response` is the only place that writes the body. Three doors lead to it: DRF's exception handler, Django's
handler400/403/404/500, and the middleware for coded errors raised outside DRF. An exception nobody coded is a bug: it
is logged with its traceback by Django and answered as `internal_error`, which tells the caller the request id alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
from django.core import exceptions as django_errors
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from rest_framework import exceptions as drf_errors

from config.errors import CodedError, InvalidParameter, NotFound, RateLimited, RetryableError

MEDIA_TYPE = "application/problem+json"


class BadRequest(CodedError):
    """The request as a whole cannot be read; the detail says what is wrong with it."""

    code = "bad_request"
    status = 400
    title = "The request cannot be understood"


class MalformedBody(CodedError):
    """The body is not the JSON that this operation takes: not UTF-8, not JSON, a key twice, nested too deep."""

    code = "malformed_body"
    status = 400
    title = "The request body is not valid JSON"


class NotAuthenticated(CodedError):
    """No credentials, or credentials that are not valid (any more)."""

    code = "not_authenticated"
    status = 401
    title = "Credentials are missing or not valid"


class PermissionDenied(CodedError):
    """The credentials are good, but do not allow this."""

    code = "permission_denied"
    status = 403
    title = "You may not do this"


class MethodNotAllowed(CodedError):
    """The path exists, the method on it does not; the Allow header lists those that do."""

    code = "method_not_allowed"
    status = 405
    title = "This path does not take this method"


class NotAcceptable(CodedError):
    """The Accept header leaves out every media type that this operation can answer in."""

    code = "not_acceptable"
    status = 406
    title = "This operation cannot answer in an accepted media type"


class BodyTooLarge(CodedError):
    """The body is larger than `limit` bytes."""

    code = "body_too_large"
    status = 413
    title = "The request body is too large"


class UnsupportedMediaType(CodedError):
    """The body's Content-Type is none that this operation reads."""

    code = "unsupported_media_type"
    status = 415
    title = "The request body has an unsupported media type"


class DatabaseUnavailable(RetryableError):
    """The database did not answer, or not in time. Nothing of this request was written."""

    code = "database_unavailable"
    title = "The database did not answer in time"


def problem_document(error: CodedError, request_id: str | None) -> dict[str, Any]:
    """The members of the body. Own members never hide the standard ones."""
    document: dict[str, Any] = dict(error.members)
    document.update(
        type=f"/errors/{error.code}",
        title=error.title,
        status=error.status,
        detail=error.detail,
        code=error.code,
        request_id=request_id,
    )
    if isinstance(error, InvalidParameter):
        document["parameter"] = error.parameter
        if error.limit is not None:
            document["limit"] = error.limit
    return document


def problem_response(request: Any, error: CodedError) -> HttpResponse:
    """The one body and its headers. `request` is Django's or DRF's; it is not asked for host, user or body."""
    document = problem_document(error, getattr(request, "request_id", None))
    response = HttpResponse(
        orjson.dumps(document, default=str, option=orjson.OPT_NON_STR_KEYS),
        status=error.status,
        content_type=MEDIA_TYPE,
    )
    response["Cache-Control"] = "no-store"
    if isinstance(error, MethodNotAllowed) and "allowed" in error.members:
        response["Allow"] = ", ".join(error.members["allowed"])
    if isinstance(error, RetryableError):
        response["Retry-After"] = str(error.retry_after_seconds)
    if isinstance(error, NotAuthenticated):
        response["WWW-Authenticate"] = "Bearer"
    return response


def as_coded(error: Exception) -> CodedError | None:
    """The coded error that says the same as `error`; None for what nobody foresaw."""
    match error:
        case CodedError():
            return error
        case drf_errors.APIException():
            return _from_drf(error)
        case Http404() | django_errors.ObjectDoesNotExist():
            return NotFound()
        case django_errors.PermissionDenied():
            return PermissionDenied()
        case django_errors.RequestDataTooBig():
            return BodyTooLarge()
        case django_errors.TooManyFieldsSent() | django_errors.TooManyFilesSent():
            return BadRequest("Too many parameters.")
        case django_errors.DisallowedHost():
            return BadRequest("This service does not answer to the host name in the Host header.")
        case django_errors.SuspiciousOperation() | django_errors.BadRequest():
            return BadRequest()
        case OperationalError() | InterfaceError():
            return DatabaseUnavailable()
    return None


def _from_drf(error: drf_errors.APIException) -> CodedError:
    match error:
        case drf_errors.ValidationError():
            return _from_validation(error)
        case drf_errors.ParseError():
            return MalformedBody(str(error.detail))
        case drf_errors.AuthenticationFailed() | drf_errors.NotAuthenticated():
            return NotAuthenticated(str(error.detail))
        case drf_errors.PermissionDenied():
            return PermissionDenied(str(error.detail))
        case drf_errors.NotFound():
            return NotFound()
        case drf_errors.MethodNotAllowed():
            return MethodNotAllowed(str(error.detail))
        case drf_errors.NotAcceptable():
            return NotAcceptable()
        case drf_errors.UnsupportedMediaType():
            return UnsupportedMediaType(str(error.detail))
        case drf_errors.Throttled():
            return RateLimited(retry_after_seconds=int(getattr(error, "wait", None) or 1))
    return CodedError() if error.status_code >= 500 else BadRequest(str(error.detail))


def _from_validation(error: drf_errors.ValidationError) -> InvalidParameter:
    """The first refused field speaks for the request; `errors` lists them all as JSON paths."""
    found = list(_flatten(error.detail, ""))
    path, detail = found[0] if found else ("", "")
    return InvalidParameter(path or "body", detail, errors=[{"parameter": p or "body", "detail": d} for p, d in found])


def _flatten(detail: Any, path: str) -> Any:
    if isinstance(detail, dict):
        for key, value in detail.items():
            inner = path if key == "non_field_errors" else f"{path}.{key}".lstrip(".")
            yield from _flatten(value, inner)
    elif isinstance(detail, list):
        for index, value in enumerate(detail):
            yield from _flatten(value, path if isinstance(value, str) else f"{path}[{index}]")
    else:
        yield path, str(detail)


def handle(error: Exception, context: dict[str, Any]) -> HttpResponse | None:
    """DRF's EXCEPTION_HANDLER. None hands an unforeseen exception on to Django, which logs it and calls handler500."""
    coded = as_coded(error)
    return None if coded is None else problem_response(context["request"], coded)


class ProblemMiddleware:
    """Coded errors, and a database that is away, from views that are not DRF's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if any(character < " " or character == "\x7f" for character in request.path_info):
            return problem_response(request, BadRequest("The path holds a control character."))
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, CodedError | OperationalError | InterfaceError):
            coded = as_coded(exception)
            return None if coded is None else problem_response(request, coded)
        return None


def require_safe_method(request: HttpRequest) -> None:
    """For plain Django views that only read."""
    if request.method not in {"GET", "HEAD"}:
        raise MethodNotAllowed(f"{request.method} is not allowed here.", allowed=["GET", "HEAD"])


def unknown_path(request: HttpRequest) -> HttpResponse:
    """The last route under /v1/, so that DEBUG does not answer there with Django's own page."""
    return not_found(request)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler400."""
    return problem_response(request, as_coded(exception) or BadRequest())


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """handler403."""
    return problem_response(request, PermissionDenied())


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """handler404."""
    return problem_response(request, NotFound(f"There is nothing at {request.path_info[:200]}"))


def server_error(request: HttpRequest) -> HttpResponse:
    """handler500. The traceback has gone to the log under the same request id."""
    return problem_response(request, CodedError())


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - the reason is for the log
    """CSRF_FAILURE_VIEW: only the back office has forms."""
    return problem_response(request, PermissionDenied("The form has expired or came from another site. Load it again."))
