from __future__ import annotations

import re

import pytest
import requests


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


def _not_found(url: str) -> int:
    text = requests.get(f"{url}/metrics", timeout=20).text
    found = re.search(r'^django_http_responses_total_by_status_total\{status="404"\} (\S+)$', text, re.MULTILINE)
    assert found, text
    return int(float(found[1]))


@pytest.mark.processes
@pytest.mark.slow
def test_two_processes_answer_with_one_sum(served):
    for number in range(40):
        assert requests.get(f"{served}/nothing-{number}", timeout=20).status_code == 404
    assert [_not_found(served) for _ in range(6)] == [40] * 6
