"""What a page of ours lets a browser do: load our own files, ask our own API, and tell the page where it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from csp.decorators import csp_replace
from django.conf import settings
from django_permissions_policy.decorators import permissions_policy_override

_SELF = ["'self'"]
_KINDS = ("script-src", "style-src", "img-src", "font-src", "connect-src", "worker-src", "form-action")
_DIRECTIVES: dict[str, Any] = dict.fromkeys(_KINDS, _SELF)


def page_policy(view: Callable[..., Any]) -> Callable[..., Any]:
    """For a view that answers with a page: nothing inline, nothing evaluated, nothing from elsewhere."""
    allowed = permissions_policy_override({**settings.PERMISSIONS_POLICY, "geolocation": ["self"]})(view)
    guarded: Callable[..., Any] = csp_replace(_DIRECTIVES)(allowed)
    return guarded
