from __future__ import annotations

import uuid

import pytest

from config.api.request_ids import accepted_or_new


@pytest.mark.parametrize("inbound", ["a", "A-b_c.9", "x" * 128, str(uuid.UUID(int=1))])
def test_a_well_formed_id_is_kept(client, inbound):
    assert accepted_or_new(inbound) == inbound
    assert client.get("/livez", headers={"X-Request-ID": inbound})["X-Request-ID"] == inbound


@pytest.mark.parametrize("inbound", [None, "", "x" * 129, "a b", "a\r\nSet-Cookie: x", "a\n", "é", "<script>", "a,b"])
def test_any_other_is_replaced(inbound):
    assert uuid.UUID(accepted_or_new(inbound)).version == 4


def test_each_request_has_its_own(client):
    assert client.get("/livez")["X-Request-ID"] != client.get("/livez")["X-Request-ID"]


def test_a_static_file_has_one_too(client):
    response = client.get("/static/config/page.css")
    assert b"".join(response.streaming_content).startswith(b"body")
    assert response["X-Request-ID"]
