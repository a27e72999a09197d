"""Logs are one JSON object a line, and hold no secret and no exact position.

The scrubber is the last step before rendering, for our own lines and for every library's: by name of the field, and by
pattern inside texts (query strings, URLs, tracebacks). Coordinates keep two decimals, about a kilometre.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, MutableMapping
from functools import lru_cache
from typing import Any

import orjson
import structlog

REDACTED = "[redacted]"
_SECRET_NAMES = (  # words in the names of things that must not be written down
    r"authorization|cookie|passw(?:or)?d|secret|token|signature|api[-_]?key|session(?:_?id)?|csrf|credential"  # noqa: S105 - names, not values
)
_SECRET_FIELD = re.compile(rf"(?:{_SECRET_NAMES})", re.IGNORECASE)
# Repetitions are bounded: a hostile URL must not cost more to log than to refuse.
_SECRET_PAIR = re.compile(
    rf"""(?<![\w-])(?P<name>(?:[\w-]{{0,40}}?(?:{_SECRET_NAMES})[\w-]{{0,20}}|key)["']?\s?(?:=|:|%3D)\s?)"""
    r"""(?P<value>"[^"]*"|'[^']*'|[^\s&,;"']+)""",
    re.IGNORECASE,
)
_SCHEME = re.compile(r"\b(Bearer|Basic|Token)\s+[A-Za-z0-9._~+/=-]{6,}", re.IGNORECASE)
_HEADER_LINE = re.compile(r"\b((?:set-)?cookie|authorization)(\"?'?\s*[:=]\s*)[^\r\n]+", re.IGNORECASE)
_URL_PASSWORD = re.compile(r"(?<!\w)(\w{1,20}://[^\s:/@]*:)[^\s@/]+(@)")
_OUR_KEY = re.compile(r"\b((?:pk|sk|whsec)_(?:live|test)?_?)[A-Za-z0-9_-]{8,}")
_DECIMALS = re.compile(r"(?<![\d.])(-?\d+\.\d{2})\d+(?!\.?\d)")


# Looked for first, in small letters: most texts hold none of them, and each pattern costs more than all of these.
_HINTS = (
    *("authoriz", "cookie", "passw", "secret", "token", "signature", "key", "session", "csrf", "credential", "basic"),
    "bearer",
)


def scrub_text(text: str) -> str:
    """`text` without what looks like a secret, and with no number in more than two decimals."""
    lowered = text.lower()
    if any(hint in lowered for hint in _HINTS):
        text = _HEADER_LINE.sub(rf"\1\2{REDACTED}", text)
        text = _SCHEME.sub(rf"\1 {REDACTED}", text)
        text = _SECRET_PAIR.sub(rf"\g<name>{REDACTED}", text)
    if "://" in text:
        text = _URL_PASSWORD.sub(rf"\1{REDACTED}\2", text)
    if "k_" in lowered or "whsec_" in lowered:
        text = _OUR_KEY.sub(rf"\1{REDACTED}", text)
    return _DECIMALS.sub(r"\1", text) if "." in text else text


@lru_cache(maxsize=1024)
def _names_a_secret(field: str) -> bool:
    return field.lower() == "key" or _SECRET_FIELD.search(field) is not None


def _scrub(value: Any) -> Any:
    if isinstance(value, str):
        return scrub_text(value)
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return round(value, 2)
    if isinstance(value, Mapping):
        return {key: REDACTED if _names_a_secret(str(key)) else _scrub(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_scrub(inner) for inner in value]
    return scrub_text(str(value))


def scrubber(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> dict[str, Any]:
    """Structlog processor. Numbers with a fraction are rounded whatever their name: a position hides under any."""
    return {**_scrub(event), **{key: event[key] for key in ("timestamp",) if key in event}}


def _to_json(event: Any, **_: Any) -> str:
    return orjson.dumps(event, default=str, option=orjson.OPT_NON_STR_KEYS).decode()


SHARED_PROCESSORS: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.stdlib.ExtraAdder(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
    structlog.processors.format_exc_info,
    structlog.processors.UnicodeDecoder(),
]


def configure_structlog() -> None:
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED_PROCESSORS,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def logging_config(level: str) -> dict[str, Any]:
    """Django's LOGGING: everything through one handler to standard error."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": SHARED_PROCESSORS,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    scrubber,
                    structlog.processors.JSONRenderer(serializer=_to_json),
                ],
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # The request middleware logs each failed request once, with its traceback; Django would log it again.
            "django": {"handlers": [], "level": level, "propagate": True},
            "django.request": {"level": "CRITICAL", "propagate": True},
            "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
        },
    }
