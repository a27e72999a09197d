"""Django's settings, derived from the table in config/options.py and nothing else."""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

from config.api.logs import configure_structlog, logging_config
from config.options import read

BASE_DIR = Path(__file__).resolve().parent.parent


def option(name: str) -> Any:
    return read(os.environ, name)


DEBUG: bool = option("DEBUG")
_TESTING = "pytest" in sys.modules


def _secret_key() -> str:
    """The operator's, else the one `make up` wrote, else (in tests and DEBUG only) a constant that guards nothing."""
    if key := option("SECRET_KEY"):
        return str(key)
    written = BASE_DIR / ".local" / "secret_key"
    if written.exists():
        return written.read_text().strip()
    if DEBUG or _TESTING:
        return "not-a-secret-" * 5
    raise ImproperlyConfigured("SECRET_KEY is required when DEBUG is false (see docs/settings.md).")


SECRET_KEY = _secret_key()
ALLOWED_HOSTS: list[str] = option("ALLOWED_HOSTS")
BASE_URL: str = option("BASE_URL")
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"

INSTALLED_APPS = [
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.gis",
    "django.contrib.postgres",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_prometheus",
    "django_structlog",
    "pgtrigger",
    "config",
    "allauth",
    "allauth.account",
    "allauth.headless",
    "accounts",
    "geo",
    "listings",
    "deals",
    "booking",
    "booking.deliveries",
    "booking.guests",
    "booking.letters",
    "booking.payments",
    "booking.payments.simulator",
    "booking.waitlist",
    "search",
    "indexing",
    "fixtures",
    "web",
]

MIDDLEWARE = [
    "config.api.request_ids.RequestIdMiddleware",  # outermost: every answer has its id
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "config.api.policies.PathPolicyMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "config.api.problems.ProblemMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]


def _database() -> dict[str, Any]:
    url = option("DATABASE_URL")
    if not url:
        raise ImproperlyConfigured("DATABASE_URL is not set. `make up` starts a private PostgreSQL and sets it.")
    config: dict[str, Any] = environ.Env.db_url_config(url)
    config["ENGINE"] = "django.contrib.gis.db.backends.postgis"
    config["CONN_MAX_AGE"] = 0
    config["OPTIONS"] = {
        "pool": {"min_size": 0, "max_size": option("DATABASE_POOL_SIZE"), "timeout": 5},
        "options": f"-c statement_timeout={option('STATEMENT_TIMEOUT_MS')} -c jit=off -c timezone=UTC"
        " -c plan_cache_mode=force_generic_plan",
        # Only config.kept prepares: a cursor of Django's binds values itself.
        "prepare_threshold": 2 if option("DATABASE_PREPARES") else None,
    }
    return config


DATABASES = {"default": _database()}
REDIS_URL: str = option("REDIS_URL")
SEARCH_BACKEND: str = option("SEARCH_BACKEND")
OPENSEARCH_URL: list[str] = option("OPENSEARCH_URL")
OPENSEARCH_CA_FILE: str = option("OPENSEARCH_CA_FILE")
OPENSEARCH_PREFIX: str = option("OPENSEARCH_PREFIX")
OPENSEARCH_SHARDS: int = option("OPENSEARCH_SHARDS")
OPENSEARCH_REPLICAS: int = option("OPENSEARCH_REPLICAS")
OPENSEARCH_TIMEOUT_MS: int = option("OPENSEARCH_TIMEOUT_MS")

STATIC_URL = "/static/"
_BUILT_PAGES = BASE_DIR / "web" / "dist"
STATICFILES_DIRS = [("web", _BUILT_PAGES)] if _BUILT_PAGES.exists() else []
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/static/web/[^/]+-[0-9A-Z]{8}\.[a-z0-9.]+$"  # named by their content
WHITENOISE_USE_FINDERS = True  # serves straight from the packages: nothing to collect, nothing to forget

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 600
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_RATE_LIMITS = False  # counted by accounts/attempts.py, on the Redis that all processes share
HEADLESS_ONLY = True
HEADLESS_TOKEN_STRATEGY = "accounts.sign_in.ChallengeStrategy"  # noqa: S105 -- a class
HEADLESS_FRONTEND_URLS = dict.fromkeys(
    ("account_signup", "account_confirm_email", "account_reset_password", "account_reset_password_from_key"),
    f"{BASE_URL}/console/",
)
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("MinimumLengthValidator", "CommonPasswordValidator", "NumericPasswordValidator")
]

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "UNAUTHENTICATED_USER": None,
    "DEFAULT_RENDERER_CLASSES": ["config.api.rendering.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["config.api.parsing.JSONParser"],
    "DEFAULT_METADATA_CLASS": "config.api.rendering.AllowedMethods",
    "DEFAULT_THROTTLE_CLASSES": ["config.api.throttling.ReadThrottle"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "config.api.problems.handle",
    "URL_FORMAT_OVERRIDE": None,
}
CSRF_TRUSTED_ORIGINS = ["/".join(BASE_URL.split("/", 3)[:3])]  # behind a proxy the request itself does not tell
CSRF_FAILURE_VIEW = "config.api.problems.csrf_failure"
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024

HOLD_SECONDS: int = option("HOLD_SECONDS")
PAYMENT_SECONDS: int = option("PAYMENT_SECONDS")
DEFAULT_FROM_EMAIL = EMAIL_FROM = str(option("EMAIL_FROM"))
vars().update(environ.Env.email_url_config(option("EMAIL_URL")))
EMAIL_TIMEOUT = 10  # seconds: a mail server that says nothing holds no worker
WEB_THREADS: int = option("WEB_THREADS")
PAYMENT_PROVIDER: str = option("PAYMENT_PROVIDER")
STRIPE_SECRET_KEY: str = option("STRIPE_SECRET_KEY")
STRIPE_WEBHOOK_SECRETS: list[str] = option("STRIPE_WEBHOOK_SECRETS")
STRIPE_API_BASE: str = option("STRIPE_API_BASE")
CONTACT_DAYS: int = option("CONTACT_DAYS")
HOLDS_PER_CUSTOMER: int = option("HOLDS_PER_CUSTOMER")
HOLDS_PER_NETWORK: int = option("HOLDS_PER_NETWORK")
HELD_UNITS_PER_CUSTOMER: int = option("HELD_UNITS_PER_CUSTOMER")
HELD_UNITS_PER_NETWORK: int = option("HELD_UNITS_PER_NETWORK")
FREE_BOOKINGS_PER_CUSTOMER: int = option("FREE_BOOKINGS_PER_CUSTOMER")
FREE_BOOKINGS_PER_NETWORK: int = option("FREE_BOOKINGS_PER_NETWORK")
OFFER_SECONDS: int = option("OFFER_SECONDS")
OFFERS_PER_ENTRY: int = option("OFFERS_PER_ENTRY")
WAITLIST_PER_CUSTOMER: int = option("WAITLIST_PER_CUSTOMER")
WAITLIST_PER_NETWORK: int = option("WAITLIST_PER_NETWORK")
TRUSTED_PROXIES: int = option("TRUSTED_PROXIES")
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")  # docs/operations.md: the proxy sets it
METRICS_ALLOWED: list[str] = option("METRICS_ALLOWED")
RATE_LIMITS: dict[str, str] = {
    scope: option(f"RATE_LIMIT_{scope.upper()}")
    for scope in ("search", "suggest", "tiles", "read", "write", "position", "webhook", "sign_in", "address")
}

SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Vicinity",
    "DESCRIPTION": "Find local services near a point, in a viewport or along a text, ranked and explained.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "DISABLE_DOCSTRING_DESCRIPTIONS": True,  # docstrings speak to maintainers
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "HoursState": "listings.schema.STATES",
        "HoursSpanState": "listings.schema.SPAN_STATES",
        "DealState": "deals.schema.SHOWN_STATES",
        "BookingState": "booking.schema.STATES",
        "PaymentState": "booking.payments.schema.STATES",
        "RefundState": "booking.payments.schema.REFUND_STATES",
        "ServiceMode": "booking.schema.SERVICE_MODES",
        "DiscountFunder": "booking.offering.schema.FUNDERS",
        "WaitingState": "booking.waitlist.schema.STATES",
        "ServiceAreaMode": "listings.areas.schema.MODES",
        "ServiceAreaVersionState": "listings.areas.schema.VERSION_STATES",
    },
    "ENABLE_DJANGO_DEPLOY_CHECK": False,  # the committed document is compared by a test instead
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "config.api.schema.describe_common_answers",
    ],
}

# Pages: by path, over a policy that lets a browser do nothing.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
_OWN_FILES: dict[str, list[str]] = {"script-src": ["'self'"], "style-src": ["'self'"], "img-src": ["'self'", "data:"]}
CSP_BY_PATH: dict[str, dict[str, list[str]]] = {
    "/docs": {**_OWN_FILES, "connect-src": ["'self'"]},
    "/errors": {"style-src": ["'self'"]},
    # The simulated provider's page: a form and a style sheet, no script.
    "/pay/": {"style-src": ["'self'"], "img-src": ["data:"], "form-action": ["'self'"]},
    # The map's worker lives under the policy of its own file, and it is what fetches tiles.
    "/static/web/": {"connect-src": ["'self'"]},
    # The back office's theme evaluates its bindings and sets styles inline; only staff reach it.
    "/admin/": {
        **_OWN_FILES,
        "script-src": ["'self'", "'unsafe-eval'", "'unsafe-inline'"],
        "style-src": ["'self'", "'unsafe-inline'"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
    },
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    name: [] for name in ("camera", "display-capture", "geolocation", "microphone", "payment", "usb")
}
MAP_HOME: str = option("MAP_HOME")
MAP_BASE_TILES: str = option("MAP_BASE_TILES")
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BASE_URL.startswith("https://")

configure_structlog()
LOGGING = logging_config(option("LOG_LEVEL"))
DJANGO_STRUCTLOG_TRUST_UPSTREAM_REQUEST_ID = True  # RequestIdMiddleware has put a well-formed one there
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False  # an address is personal data
DJANGO_STRUCTLOG_USER_ID_FIELD = ""  # the API has no sessions; the back office has its own history
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = logging.DEBUG
DJANGO_STRUCTLOG_STATUS_4XX_LOG_LEVEL = logging.INFO
PROMETHEUS_EXPORT_MIGRATIONS = False  # /readyz says whether they are applied

OPENING_HORIZON_DAYS: int = option("OPENING_HORIZON_DAYS")

# GDAL before 3.9 cannot be told to stay off files and network. It is never handed untrusted input here: geometry is
# parsed by geo.areas (shapely) and files by the readers of listings.imports.
SILENCED_SYSTEM_CHECKS = ["gis.W001"]
