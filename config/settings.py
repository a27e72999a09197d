"""Django's settings, derived from the table in config/options.py and nothing else."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

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
    "listings",
    "deals",
    "search",
    "indexing",
    "fixtures",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
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
        "options": f"-c statement_timeout={option('STATEMENT_TIMEOUT_MS')} -c jit=off -c timezone=UTC",
    }
    return config


DATABASES = {"default": _database()}
REDIS_URL: str = option("REDIS_URL")

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / ".local" / "static"

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("MinimumLengthValidator", "CommonPasswordValidator", "NumericPasswordValidator")
]

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "UNAUTHENTICATED_USER": None,
}

OPENING_HORIZON_DAYS: int = option("OPENING_HORIZON_DAYS")

# GDAL before 3.9 cannot be told to stay off files and network. It is never handed untrusted input here: geometry is
# parsed by geo.areas (shapely) and files by the readers of listings.imports.
SILENCED_SYSTEM_CHECKS = ["gis.W001"]
