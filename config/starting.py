"""What an operator should know when a process starts: the system checks tagged `operator`, as lines of the log.

`manage.py check --deploy` tells the same.
"""

from __future__ import annotations

import structlog
from django.core.checks import run_checks

OPERATOR = "operator"

log = structlog.get_logger(__name__)


def tell_operator() -> None:
    """One WARNING `operator_check` for each that has something to say."""
    for message in run_checks(tags=[OPERATOR], include_deployment_checks=True):
        log.warning("operator_check", id=message.id, detail=message.msg, hint=message.hint)
