"""What a browser may do with an answer: nothing, except on the paths that are pages."""

from __future__ import annotations

from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase


class PathPolicyMiddleware(CSPMiddleware):
    """Content-Security-Policy by path: settings.CSP_BY_PATH over the strict CONTENT_SECURITY_POLICY."""

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        parts: PolicyParts = super().get_policy_parts(request, response, report_only)
        if parts.replace is None:
            for prefix, directives in settings.CSP_BY_PATH.items():
                if request.path_info.startswith(prefix):
                    parts.replace = directives
                    break
        return parts
