"""An operator who has named no provider hears of it: from the check, and from every process that starts."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from celery.signals import worker_ready
from django.core.management import call_command
from structlog.testing import capture_logs

from booking.payments.checks import no_money_moves
from config.celery import app

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize(
    ("is_debug", "provider", "told"),
    [(False, "simulator", ["payments.W001"]), (True, "simulator", []), (False, "stripe", [])],
)
def test_simulated_payments_are_warned_of_where_customers_come(settings, is_debug, provider, told):
    settings.DEBUG, settings.PAYMENT_PROVIDER = is_debug, provider
    assert [each.id for each in no_money_moves()] == told


def test_the_check_for_deployments_tells_and_every_days_does_not(settings, capsys):
    settings.DEBUG, settings.PAYMENT_PROVIDER = False, "simulator"
    call_command("check", deploy=True, tags=["operator"])
    assert "(payments.W001) Payments are simulated" in capsys.readouterr().err
    call_command("check")
    assert "payments.W001" not in capsys.readouterr().err


def test_a_worker_that_starts_tells_it(settings):
    settings.DEBUG, settings.PAYMENT_PROVIDER = False, "simulator"
    with capture_logs() as told:
        worker_ready.send(sender=app)
    assert [(each["event"], each["id"], each["log_level"]) for each in told] == [
        ("operator_check", "payments.W001", "warning")
    ]


@pytest.mark.parametrize(("provider", "count"), [("simulator", 1), ("stripe", 0)])
def test_a_web_process_that_starts_tells_it(provider, count):
    environment = {**os.environ, "SECRET_KEY": "x" * 50, "DEBUG": "false", "PAYMENT_PROVIDER": provider}
    started = subprocess.run(
        [sys.executable, "-c", "import config.wsgi"],
        cwd=ROOT,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (started.stdout + started.stderr).count("payments.W001") == count
