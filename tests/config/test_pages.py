"""Pages about the API: from our own files, under a policy that lets them load nothing else."""

from __future__ import annotations

import re

import pytest


def policy(response) -> dict[str, str]:
    parts = response["Content-Security-Policy"].split(";")
    return {name: rest for name, _, rest in (part.strip().partition(" ") for part in parts)}


def test_the_entrance_leads_on(client):
    body = client.get("/v1/").json()
    for name in ("documentation", "openapi", "errors"):
        assert client.get(body[name]).status_code == 200


def test_an_answer_lets_a_browser_do_nothing(client):
    response = client.get("/livez")
    assert policy(response) == {
        "default-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    }
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Referrer-Policy"] == "same-origin"
    assert "geolocation=()" in response["Permissions-Policy"]


@pytest.mark.parametrize("path", ["/docs", "/errors", "/errors/not_found"])
def test_a_page_has_nothing_inline_and_nothing_from_elsewhere(client, path):
    response = client.get(path)
    page = response.content.decode()
    assert policy(response)["default-src"] == "'none'"
    assert "unsafe" not in response["Content-Security-Policy"]
    assert re.findall(r"<script(?![^>]*\bsrc=)", page) == []
    assert re.findall(r"<style|\sstyle=|\son\w+=|javascript:|https?://", page) == []


@pytest.mark.parametrize("path", ["/docs", "/errors"])
def test_what_a_page_loads_is_there(client, path):
    loaded = re.findall(r'(?:src|href)="(/static/[^"]+)"', client.get(path).content.decode())
    assert loaded
    for url in loaded:
        response = client.get(url)
        assert response.status_code == 200
        assert b"".join(response.streaming_content)


def test_the_back_office_has_a_policy_too(client, db):
    response = client.get("/admin/login/")
    assert policy(response)["default-src"] == "'none'"
    assert policy(response)["form-action"] == "'self'"
