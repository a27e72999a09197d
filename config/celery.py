"""The Celery application. A message is a hint to look at a table, never a promise: see docs/adr on the change feed."""

import os

from celery import Celery
from celery.signals import worker_ready
from django.conf import settings

from config.starting import tell_operator

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("vicinity")
app.conf.update(
    broker_url=settings.REDIS_URL,
    broker_connection_retry_on_startup=True,
    # A Redis that is down or hangs must not hold up whoever sends a hint: one try, and soon. Unacknowledged messages
    # come back after the visibility timeout; nothing waits for that, for the change feed is looked at every second.
    broker_transport_options={
        "max_retries": 0,
        "socket_connect_timeout": 1,
        "socket_timeout": 5,
        "visibility_timeout": 60,
    },
    # Threads: the work is mostly PostgreSQL's, one process dies as one, and no connection is shared over a fork.
    worker_pool="threads",
    worker_send_task_events=False,
    task_serializer="json",
    accept_content=["json"],
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    task_time_limit=600,
    task_soft_time_limit=540,
    timezone="UTC",
)
app.autodiscover_tasks()


@worker_ready.connect
def _started(**_: object) -> None:
    tell_operator()
