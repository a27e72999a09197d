"""Every setting an operator can change: one table, read from the environment. docs/settings.md is tested against it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import environ


@dataclass(frozen=True, slots=True)
class Option:
    """One environment variable. `default` is the text that would be written in the environment; its type is `kind`."""

    name: str
    kind: type
    default: str
    help: str
    after_changing: str = "Restart web and worker."


OPTIONS: tuple[Option, ...] = (
    Option("DEBUG", bool, "false", "Show tracebacks in the browser. Never in production."),
    Option(
        "SECRET_KEY",
        str,
        "",
        "Signs cursors and sessions, and makes the links of bookings in letters. Empty: `make up` writes one to"
        " .local/secret_key. Required when DEBUG is false. Keep it as long as the bookings.",
        "Restart web and worker. Cursors and sessions handed out before, every letter's link to its booking and guests'"
        " pending codes are invalid then; who bought a deal before is not known any more (its cap, new customers"
        " only), nor who holds what (limits begin anew).",
    ),
    Option("ALLOWED_HOSTS", list, "localhost,127.0.0.1,[::1]", "Host names the web process answers to, by comma."),
    Option("BASE_URL", str, "http://127.0.0.1:8000", "Where the outside world reaches this service; no final slash."),
    Option(
        "DATABASE_URL",
        str,
        "",
        "postgis://user:password@host:port/name of PostgreSQL 15+ with PostGIS 3.3+. Empty: a private one in .local/.",
        "Run `manage.py migrate`, then restart web and worker.",
    ),
    Option("DATABASE_POOL_SIZE", int, "8", "Most connections that one web or worker process keeps open."),
    Option(
        "DATABASE_PREPARES",
        bool,
        "true",
        "Connections keep plans of frequent statements. Turn off behind a pooler that forgets prepared statements.",
    ),
    Option(
        "REDIS_URL",
        str,
        "",
        "redis://host:port/0: the Celery broker and the rate limits. Empty: a private one in .local/.",
    ),
    Option("PORT", int, "0", "Port of the web process. 0: a free one is chosen and kept.", "make down up."),
    Option("WEB_PROCESSES", int, "2", "Web processes; about one for each core.", "make up."),
    Option("WEB_THREADS", int, "4", "Threads of one web process.", "make up."),
    Option("WORKER_THREADS", int, "2", "Threads of one Celery worker.", "make up."),
    Option(
        "DEMO",
        str,
        "auto",
        "Whether `make up` loads the demo city: `true`, `false`, or `auto`: only into the private database.",
        "make up.",
    ),
    Option("LOG_LEVEL", str, "INFO", "DEBUG, INFO, WARNING or ERROR."),
    Option(
        "TRUSTED_PROXIES",
        int,
        "0",
        "How many proxies in front append to X-Forwarded-For and set X-Forwarded-Proto. 0: both are ignored.",
    ),
    Option("RATE_LIMIT_SEARCH", str, "600/minute", "Searches allowed to one client; `off` to disable."),
    Option("RATE_LIMIT_SUGGEST", str, "3000/minute", "Suggestions allowed to one client; `off` to disable."),
    Option("RATE_LIMIT_TILES", str, "6000/minute", "Clusters and tiles allowed to one client; `off` to disable."),
    Option("RATE_LIMIT_READ", str, "1200/minute", "Lookups of single things allowed to one client; `off` to disable."),
    Option("RATE_LIMIT_WRITE", str, "120/minute", "Writes allowed to one client; `off` to disable."),
    Option("RATE_LIMIT_POSITION", str, "60/minute", "Positions of one mobile branch that one account may report."),
    Option("RATE_LIMIT_WEBHOOK", str, "6000/minute", "Notifications of payment providers allowed to one address."),
    Option(
        "RATE_LIMIT_SIGN_IN",
        str,
        "30/minute",
        "Tries to sign in, and of guests' codes, allowed to one client; `off` to disable.",
    ),
    Option(
        "RATE_LIMIT_ADDRESS", str, "20/hour", "Codes, and tries of passwords, for one e-mail address; `off` to disable."
    ),
    Option(
        "HOLD_SECONDS",
        int,
        "600",
        "How long a hold keeps its place, but not past its start, where its service says nothing; an extension adds as"
        " much once.",
    ),
    Option("PAYMENT_SECONDS", int, "900", "How long a booking waits for its payment, but not past its start."),
    Option("HOLDS_PER_CUSTOMER", int, "5", "Unpaid holds of one account or device at a time; 0: no limit."),
    Option("HOLDS_PER_NETWORK", int, "30", "Unpaid holds of one client address at a time; 0: no limit."),
    Option(
        "HELD_UNITS_PER_CUSTOMER",
        int,
        "20",
        "Unpaid units of one start or one deal that an account or device may have after its first hold; 0: no limit.",
    ),
    Option("HELD_UNITS_PER_NETWORK", int, "40", "The same of one client address; 0: no limit."),
    Option(
        "FREE_BOOKINGS_PER_CUSTOMER",
        int,
        "10",
        "Bookings to come of one contact or account for which nothing was due; 0: no limit.",
    ),
    Option("FREE_BOOKINGS_PER_NETWORK", int, "30", "The same of one client address; 0: no limit."),
    Option("OFFER_SECONDS", int, "900", "How long a place that came free is kept for who is offered it."),
    Option("OFFERS_PER_ENTRY", int, "3", "Offers that one entry of a waitlist may let go before it ends."),
    Option("WAITLIST_PER_CUSTOMER", int, "5", "Waitlists of one e-mail address or device at a time; 0: no limit."),
    Option("WAITLIST_PER_NETWORK", int, "30", "Waitlists of one client address at a time; 0: no limit."),
    Option(
        "CONTACT_DAYS",
        int,
        "400",
        "How many days after its end a booking still says for whom and where it was; 0: for ever.",
    ),
    Option(
        "PAYMENT_PROVIDER",
        str,
        "simulator",
        "Who takes the money of new payments: `simulator` (no money moves: a warning unless DEBUG) or `stripe`.",
    ),
    Option("STRIPE_SECRET_KEY", str, "", "Secret key of the Stripe account. Needed as long as payments of it exist."),
    Option("STRIPE_WEBHOOK_SECRETS", list, "", "Signing secrets of Stripe's webhook endpoint, several by comma."),
    Option("STRIPE_API_BASE", str, "https://api.stripe.com", "Where Stripe's API is; another one for tests."),
    Option(
        "EMAIL_URL",
        str,
        "consolemail://",
        "smtp+tls://user:password@host:587 of the mail server, or consolemail://: letters go to the worker's log.",
    ),
    Option("EMAIL_FROM", str, "Vicinity <bookings@localhost>", "Whom mail comes from."),
    Option("METRICS_ALLOWED", list, "127.0.0.1,::1", "Client addresses that may read /metrics, by comma."),
    Option(
        "SEARCH_BACKEND",
        str,
        "auto",
        "The engine that answers searches: `auto` (OpenSearch where OPENSEARCH_URL names it, PostGIS while it cannot),"
        " `opensearch` or `postgis`.",
    ),
    Option(
        "OPENSEARCH_URL",
        list,
        "",
        "http(s)://user:password@host:port of OpenSearch 3, several by comma. Empty: `make up` starts a private one.",
    ),
    Option(
        "OPENSEARCH_CA_FILE",
        str,
        "",
        "A PEM file of the authorities to trust for https:// in OPENSEARCH_URL. Empty: those of the machine.",
    ),
    Option("OPENSEARCH", str, "auto", "Whether `make up` starts a private OpenSearch: `auto` or `off`.", "make up."),
    Option("OPENSEARCH_HEAP", str, "1g", "Heap of the private OpenSearch.", "make down up."),
    Option("OPENSEARCH_PREFIX", str, "vicinity", "What the names of the indexes begin with."),
    Option("OPENSEARCH_SHARDS", int, "1", "Shards of an index.", "Run `manage.py rebuild_index --backend opensearch`."),
    Option(
        "OPENSEARCH_REPLICAS", int, "0", "Copies of each shard.", "Run `manage.py rebuild_index --backend opensearch`."
    ),
    Option("OPENSEARCH_TIMEOUT_MS", int, "800", "PostGIS answers when OpenSearch has not after this."),
    Option("STATEMENT_TIMEOUT_MS", int, "5000", "PostgreSQL gives up on one statement of a web request after this."),
    Option(
        "MAP_HOME",
        str,
        "60.1699,24.9414,14,1500",
        "Where the map page begins: latitude, longitude, zoom, and the radius in metres of its first search.",
    ),
    Option(
        "MAP_BASE_TILES",
        str,
        "/v1/tiles/base/{z}/{x}/{y}.mvt",
        "URL of the base map's vector tiles. Another server's must be let in by Content-Security-Policy too.",
    ),
    Option(
        "OPENING_HORIZON_DAYS",
        int,
        "14",
        "How far ahead opening hours are laid out in the index; `open_at` reaches 7 days less.",
        "Restart, then `manage.py rebuild_index`.",
    ),
)

_BY_NAME = {option.name: option for option in OPTIONS}
_READERS = {bool: "bool", int: "int", str: "str", list: "list"}


def read(environment: Mapping[str, str], name: str) -> bool | int | str | list[str]:
    """The value of one option in its declared type.

    KeyError for a name outside the table; ImproperlyConfigured or ValueError for text that does not parse.
    """
    option = _BY_NAME[name]
    env = environ.Env()
    env.ENVIRON = {option.name: option.default, **{k: v for k, v in environment.items() if k == name and v != ""}}
    value: bool | int | str | list[str] = getattr(env, _READERS[option.kind])(name)
    return value
