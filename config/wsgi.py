"""The door for a WSGI server. What a process does only once it does here, before the first request."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from config.starting import tell_operator

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()


def _warm() -> None:
    from search.moments import load_zones  # noqa: PLC0415 - apps must be ready

    load_zones()
    _ = get_resolver().url_patterns  # imports every view
    tell_operator()


_warm()
