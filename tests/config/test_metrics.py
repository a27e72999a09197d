from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.mark.django_db
def test_from_an_allowed_address(client):
    client.get("/livez")
    response = client.get("/metrics")
    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/plain")
    assert b"django_http_requests_total_by_method_total" in response.content
    assert b"vicinity_rate_limit_unchecked_total" in response.content


@pytest.mark.django_db
@pytest.mark.parametrize(("allowed", "status"), [(["203.0.113.9"], 200), ([], 403), (["127.0.0.1"], 403)])
def test_who_may_read_them(client, settings, allowed, status):
    settings.METRICS_ALLOWED = allowed
    assert client.get("/metrics", REMOTE_ADDR="203.0.113.9").status_code == status


def test_a_forged_header_opens_nothing(client):
    response = client.get("/metrics", REMOTE_ADDR="203.0.113.9", headers={"X-Forwarded-For": "127.0.0.1"})
    assert response.status_code == 403


@pytest.fixture
def served(tmp_path):
    """The real server with two processes, as `make up` starts it. Yields its URL."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    counters = tmp_path / "metrics"
    counters.mkdir()
    environment = {**os.environ, "SECRET_KEY": "x" * 50, "PROMETHEUS_MULTIPROC_DIR": str(counters)}
    log = (tmp_path / "log").open("wb")
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)),
            *("--workers", "2", "--blocking-threads", "2", "config.wsgi:application"),
        ],
        cwd=ROOT,
        env=environment,
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    url = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + 60
    while True:
        try:
            requests.get(f"{url}/livez", timeout=5)
            break
        except requests.ConnectionError:
            assert process.poll() is None, (tmp_path / "log").read_text()
            assert time.monotonic() < deadline, (tmp_path / "log").read_text()
            time.sleep(0.1)
    yield url
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=30)
    log.close()


def _not_found(url: str) -> int:
    text = requests.get(f"{url}/metrics", timeout=5).text
    found = re.search(r'^django_http_responses_total_by_status_total\{status="404"\} (\S+)$', text, re.MULTILINE)
    assert found, text
    return int(float(found[1]))


@pytest.mark.processes
@pytest.mark.slow
def test_two_processes_answer_with_one_sum(served):
    for number in range(40):
        assert requests.get(f"{served}/nothing-{number}", timeout=5).status_code == 404
    assert [_not_found(served) for _ in range(6)] == [40] * 6
