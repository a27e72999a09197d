"""Hostile areas through the whole of the API: refused with a reason and, where there is one, a place."""

import pytest
import shapely
import shapely.constructive

from listings.models import ServiceArea
from tests.listings.areas.hostile_areas import body, comb, hostile, polygon
from tests.test_architecture import SOURCES

pytestmark = pytest.mark.django_db

CASES = list(hostile())


@pytest.fixture(autouse=True)
def trap(monkeypatch):
    """Repair is called by nobody: neither here nor in PostGIS."""

    def refuse(*_, **__):
        raise AssertionError("make_valid was called on a request")

    for module in (shapely, shapely.constructive):
        monkeypatch.setattr(module, "make_valid", refuse)


@pytest.mark.parametrize(("content", "code", "reason"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_hostile_area_is_refused_and_told_why(api, branch, content, code, reason):
    path = f"/v1/merchant/branches/{branch.id}"
    checked = api.post(f"{path}/area-check", content, content_type="application/json")
    told = checked.json()
    assert (told["code"], told.get("reason")) == (code, reason), told
    assert told["status"] == checked.status_code < 500
    stored = api.post(f"{path}/areas", content.replace(b"{", b'{"name":"x",', 1), content_type="application/json")
    assert stored.json()["code"] == code
    assert not ServiceArea.objects.exists()


def test_the_place_of_a_fault_is_where_it_is(api, branch):
    bow = polygon([[24, 60], [25, 61], [25, 60], [24, 61], [24, 60]])
    told = api.post(f"/v1/merchant/branches/{branch.id}/area-check", body(bow), content_type="application/json").json()
    assert (told["parameter"], told["place"]) == ("draft.bands[0].area", {"lon": 24.5, "lat": 60.5})
    assert "self-intersection at lon 24.5, lat 60.5" in told["detail"]


def test_the_largest_valid_area_is_taken_and_previewed(api, branch):
    answer = api.post(
        f"/v1/merchant/branches/{branch.id}/area-check", body(polygon(comb(499))), content_type="application/json"
    )
    assert answer.status_code == 200, answer.content
    assert answer.json()["square_kilometres"] == pytest.approx(2500, rel=0.1)


def test_no_source_repairs():
    assert [
        str(path) for path in SOURCES if "make_valid(" in (text := path.read_text()) or "ST_MakeValid" in text
    ] == []
