"""The console's page: for whom which address is there, and that it tells nothing of anybody."""

from __future__ import annotations

import uuid

import pytest
from django.test import Client

from tests.factories import BranchFactory, MembershipFactory, MerchantFactory, ServiceAreaFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    """Two merchants with a branch, an area and an owner each."""
    merchants = [MerchantFactory(), MerchantFactory()]
    branches = [BranchFactory(merchant=merchant) for merchant in merchants]
    areas = [ServiceAreaFactory(branch=branch) for branch in branches]
    owners = [MembershipFactory(merchant=merchant, role="owner").user for merchant in merchants]
    return branches, areas, owners


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_what_is_anothers_is_404_and_what_is_ones_own_is_there(world):
    branches, areas, owners = world
    client = client_of(owners[0])
    own, foreign = branches
    there = {
        "/console/": 200,
        f"/console/branches/{own.id}": 200,
        f"/console/branches/{own.id}/areas/new": 200,
        f"/console/branches/{own.id}/areas/{areas[0].id}": 200,
        f"/console/branches/{foreign.id}": 404,
        f"/console/branches/{foreign.id}/areas/new": 404,
        f"/console/branches/{foreign.id}/areas/{areas[1].id}": 404,
        f"/console/branches/{own.id}/areas/{areas[1].id}": 404,
        f"/console/branches/{uuid.uuid4()}": 404,
        "/console/branches/none": 404,
        f"/console/branches/{own.id}/areas/none": 404,
    }
    assert {path: client.get(path).status_code for path in there} == there
    page = client.get(f"/console/branches/{own.id}").content.decode()
    assert "<vn-console signed-in></vn-console>" in page
    assert own.name not in page
    assert "<vn-console signed-in missing></vn-console>" in client.get("/console/branches/none").content.decode()


def test_a_member_of_chosen_branches_sees_no_other(world):
    branches, _, _ = world
    member = MembershipFactory(merchant=branches[0].merchant, role="manager", all_branches=False)
    assert client_of(member.user).get(f"/console/branches/{branches[0].id}").status_code == 404
    member.branches.add(branches[0])
    assert client_of(member.user).get(f"/console/branches/{branches[0].id}").status_code == 200


def test_who_is_not_signed_in_gets_the_same_form_at_every_address(world):
    branches, areas, _ = world
    there = f"/console/branches/{branches[0].id}/areas/{areas[0].id}"
    answers = [Client().get(path) for path in ("/console/", there, f"/console/branches/{uuid.uuid4()}")]
    assert [answer.status_code for answer in answers] == [200] * 3
    assert len({answer.content for answer in answers}) == 1
    assert "<vn-console></vn-console>" in answers[0].content.decode()


def test_the_page_may_only_load_what_is_ours_and_is_not_kept():
    answer = Client().get("/console/", headers={"Accept-Language": "zh-CN"})
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer["Cache-Control"] == "private, no-store"
    assert answer.cookies["csrftoken"].value
    text = answer.content.decode()
    assert '<html lang="zh-Hans"' in text
    assert "<style" not in text
    assert " style=" not in text
    assert Client().get("/console?lang=en")["Location"] == "/console/?lang=en"


def test_a_branchs_currency_is_its_countrys(world):
    branches, _, owners = world
    client = client_of(owners[0])
    told = {}
    for country, zone in (("FI", "Europe/Helsinki"), ("", "Asia/Tokyo"), ("", "UTC")):
        type(branches[0]).objects.filter(id=branches[0].id).update(country=country, zone=zone)
        told[country, zone] = client.get(f"/v1/merchant/branches/{branches[0].id}").json()["currency"]
    assert told == {("FI", "Europe/Helsinki"): "EUR", ("", "Asia/Tokyo"): "JPY", ("", "UTC"): None}
