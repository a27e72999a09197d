"""What tests of the frame share: the real server."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def served(tmp_path):
    """The real server with two processes, as `make up` starts it, and small limits. Yields its URL."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    counters = tmp_path / "metrics"
    counters.mkdir()
    environment = {**os.environ, "SECRET_KEY": "x" * 50, "PROMETHEUS_MULTIPROC_DIR": str(counters)}
    environment |= {"RATE_LIMIT_READ": "50/hour", "TRUSTED_PROXIES": "1"}
    log = tmp_path / "log"
    command = [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)),
        *("--workers", "2", "--blocking-threads", "2", "config.wsgi:application"),
    ]
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=subprocess.STDOUT)
    url = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + 180
    try:
        while True:
            try:
                requests.get(f"{url}/livez", timeout=5)
                break
            except requests.RequestException:  # not up yet, or too busy starting to answer
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < deadline, log.read_text()
                time.sleep(0.1)
        yield url
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:  # a worker that has not begun yet may not hear it
            process.kill()
            process.wait(timeout=30)
