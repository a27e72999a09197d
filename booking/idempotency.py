"""One effect for one Idempotency-Key: the answer is stored in the transaction of the effect, and repeated byte by byte.

    class Holds(APIView):
        @idempotent("hold")
        def post(self, request: Request) -> Answer: ...

The method runs inside a transaction and returns an Answer; what it raises undoes the effect and is not kept, so the
same request may be sent again under the same key. Rules, scope and retention are told in docs/api.md.

Two requests of one key never run at once: the second is told so by an advisory lock that lives as long as the first
one's transaction, a process that dies included. Behind that stands the primary key. Answers may hold a bearer token, so
they are encrypted with the client's key, of which only a hash is kept.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson
from cryptography.fernet import Fernet
from django.db import connection, transaction
from django.http import HttpResponse
from rest_framework.request import Request

from config.errors import CodedError, RetryableError
from config.failpoints import failpoint

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
KEPT_DAYS = 30
_KEY = re.compile(r"[\x21-\x7e]{16,255}", re.ASCII)


class KeyMissing(CodedError):
    """Each write here needs an Idempotency-Key: 16 to 255 visible ASCII characters, new for each intent, a UUID."""

    code = "idempotency_key_missing"
    status = 400
    title = "An Idempotency-Key is needed"


class KeyReused(CodedError):
    """The key was used before, for another request of this operation. A new intent needs a new key."""

    code = "idempotency_key_reused"
    status = 422
    title = "The Idempotency-Key belongs to another request"


class InFlight(RetryableError):
    """A request of this key is being worked on. Ask again after the seconds in Retry-After: the answer will be its."""

    code = "idempotency_in_flight"
    status = 409
    title = "A request of this Idempotency-Key is in flight"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a write answers: JSON, as it will be repeated."""

    status: int
    body: Any


Work = Callable[[], Answer]
View = Callable[..., Answer]


def idempotent(operation: str) -> Callable[[View], Callable[..., HttpResponse]]:
    """Decorates a method of an APIView. `operation` names it for ever: it is part of what a key is good for."""

    def decorate(view: View) -> Callable[..., HttpResponse]:
        @functools.wraps(view)
        def asked(self: Any, request: Request, **path: Any) -> HttpResponse:
            key = parse_key(request.headers.get(HEADER))
            return once(
                key=key,
                operation=operation,
                caller=caller_of(request),
                asks=_asks(request),
                work=lambda: view(self, request, **path),
            )

        return asked

    return decorate


def kept_answer(request: Request, operation: str) -> HttpResponse | None:
    """The answer that this request was given before, for a write that cannot be done in one transaction.

    What it does before it keeps its answer with `keep_answer` must be harmless to do again. KeyMissing, KeyReused.
    """
    key = parse_key(request.headers.get(HEADER))
    kept = _find(_digest(operation, caller_of(request), key))
    return None if kept is None else _repeated(kept, key=key, asked=hashlib.sha256(_asks(request)).digest())


def keep_answer(request: Request, operation: str, answer: Answer) -> HttpResponse:
    """Keep the answer for the request's key and give it; another's, where that was kept first. InFlight, KeyReused."""
    return once(
        key=parse_key(request.headers.get(HEADER)),
        operation=operation,
        caller=caller_of(request),
        asks=_asks(request),
        work=lambda: answer,
    )


def _asks(request: Request) -> bytes:
    """What is asked. The body is read before it is compared, so that two ways of writing one JSON are one request."""
    return orjson.dumps([request.path, request.data], option=orjson.OPT_SORT_KEYS)


def _repeated(kept: tuple[bytes, int, bytes], *, key: str, asked: bytes) -> HttpResponse:
    request_hash, status, sealed = kept
    if bytes(request_hash) != asked:
        raise KeyReused("This key was used for another request; take a new one.")
    return _response(status, _box(key).decrypt(bytes(sealed)), replayed=True)


def parse_key(text: str | None) -> str:
    if text is None or not _KEY.fullmatch(text):
        raise KeyMissing(f"Send {HEADER}: 16 to 255 visible ASCII characters, such as a new UUID.", limit=255)
    return text


def caller_of(request: Request) -> str:
    """Whose key it is: that of the credentials, else of anybody (a guest's key is its secret)."""
    if header := request.headers.get("Authorization", ""):
        return header
    return "guest" if request.user is None else f"account:{request.user.pk}"


def once(*, key: str, operation: str, caller: str, asks: bytes, work: Work) -> HttpResponse:
    """Do `work` in a transaction with its answer, or repeat the answer it had. KeyReused, InFlight, what it raises."""
    scope = _digest(operation, caller, key)
    asked = hashlib.sha256(asks).digest()
    with transaction.atomic():
        _lock(scope)
        kept = _find(scope)
        if kept is not None:
            return _repeated(kept, key=key, asked=asked)
        answer = work()
        body = orjson.dumps(answer.body)
        failpoint("before_answer_is_kept")
        _keep(scope, asked, answer.status, _box(key).encrypt(body))
    failpoint("after_answer_is_kept")
    return _response(answer.status, body, replayed=False)


def _digest(*parts: str) -> bytes:
    return hashlib.sha256("\x00".join(parts).encode()).digest()


def _box(key: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(_digest("answer", key)))


def _lock(scope: bytes) -> None:
    with connection.cursor() as cursor:
        number = int.from_bytes(scope[:8], "big", signed=True)
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        if not cursor.fetchone()[0]:
            raise InFlight("The first request of this key has not been answered yet.")


def _find(scope: bytes) -> tuple[bytes, int, bytes] | None:
    """A statement of its own after the lock: it sees what whoever had the lock before has committed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT request_hash, status, answer FROM booking_idempotencykey WHERE scope_hash = %s", [scope])
        row: tuple[bytes, int, bytes] | None = cursor.fetchone()
    return row


def _keep(scope: bytes, asked: bytes, status: int, sealed: bytes) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO booking_idempotencykey (scope_hash, request_hash, status, answer) VALUES (%s, %s, %s, %s)"
            " ON CONFLICT DO NOTHING",
            [scope, asked, status, sealed],
        )
        if not cursor.rowcount:  # nobody can get here past the lock; if somebody does, nothing is done twice
            raise InFlight("Another request of this key was answered just now.")


def _response(status: int, body: bytes, *, replayed: bool) -> HttpResponse:
    headers = {"Cache-Control": "no-store", **({REPLAYED: "true"} if replayed else {})}
    return HttpResponse(body, status=status, content_type="application/json", headers=headers)


def forget_old_keys(*, limit: int = 10_000) -> int:
    """Those older than KEPT_DAYS, by database time. How many."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM booking_idempotencykey WHERE scope_hash IN (SELECT scope_hash FROM booking_idempotencykey"
            " WHERE created_at < now() - make_interval(days => %s) LIMIT %s)",
            [KEPT_DAYS, limit],
        )
        return cursor.rowcount
