"""A merchant's way through its areas over HTTP: draft, look, publish, change, go back, retire."""

from datetime import timedelta

import pytest
from django.contrib.gis.geos import MultiPolygon, Polygon
from django.contrib.gis.geos import Point as GeometryPoint
from django.utils import timezone

from listings.areas.corners import MAX_CORNERS
from listings.areas.selectors import published_bands
from listings.models import AuditEntry, Branch, ServiceArea, ServiceAreaVersion
from tests.factories import AREAS_AT, BranchFactory, MembershipFactory, NamedAreaFactory, ServiceAreaFactory, square
from tests.listings.areas.hostile_areas import comb

pytestmark = pytest.mark.django_db

RING = [[24.90, 60.15], [24.97, 60.15], [24.97, 60.19], [24.90, 60.19], [24.90, 60.15]]
HOLE = [[24.93, 60.165], [24.93, 60.175], [24.945, 60.175], [24.945, 60.165], [24.93, 60.165]]
DRAWN = {"type": "Polygon", "coordinates": [RING, HOLE]}


def draft(*bands, **fields):
    return {"currency": "EUR", "bands": list(bands) or [{"radius_metres": 3000, "fee_minor": 290}], **fields}


def created(api, branch, *bands, **fields):
    body = {"mode": "delivery", "name": "Centre", "draft": draft(*bands, **fields)}
    answer = api.post(f"/v1/merchant/branches/{branch.id}/areas", body, format="json")
    assert answer.status_code == 201, answer.content
    return answer.json()


def step(api, area, what, body=None, *, method="post", etag=None):
    headers = {"If-Match": etag or area["etag"]}
    return getattr(api, method)(f"/v1/merchant/areas/{area['id']}/{what}", body or {}, format="json", headers=headers)


def published_radii(branch):
    return [band.radius_metres for band in published_bands([branch.id], now=AREAS_AT).get(branch.id, ())]


def test_from_draft_to_published_to_changed_to_rolled_back_to_retired(api, branch, owner):
    area = created(api, branch, {"radius_metres": 1000, "fee_minor": 100}, {"area": DRAWN, "minimum_minor": 1500})
    assert (area["published"], area["draft"]["number"], area["draft"]["created_by"]) == (None, 1, owner.email)
    assert published_radii(branch) == []
    area = step(api, area, "publish").json()
    assert (area["draft"], area["published"]["number"], area["published"]["published_by"]) == (None, 1, owner.email)
    assert published_radii(branch) == [1000, None]
    area = step(api, area, "draft", draft({"radius_metres": 2000}), method="put").json()
    assert (area["draft"]["number"], area["published"]["number"]) == (2, 1)
    area = step(api, area, "publish").json()
    assert published_radii(branch) == [2000]
    area = step(api, area, "draft", draft({"radius_metres": 7}), method="put").json()
    area = step(api, area, "roll-back", {"number": 1}).json()
    assert (area["published"]["number"], area["published"]["copied_from"]) == (3, 1)
    assert (area["draft"]["number"], area["draft"]["bands"][0]["radius_metres"]) == (4, 7)
    assert published_radii(branch) == [1000, None]
    area = step(api, area, "retire").json()
    assert (area["published"], published_radii(branch)) == (None, [])
    history = api.get(f"/v1/merchant/areas/{area['id']}/versions").json()["items"]
    assert [(each["number"], each["state"]) for each in history] == [
        (4, "draft"), (3, "retired"), (2, "retired"), (1, "retired"),
    ]  # fmt: skip
    first = api.get(f"/v1/merchant/areas/{area['id']}/versions/1").json()
    assert first["bands"][1]["area"]["coordinates"] == [[RING, HOLE]]
    assert list(AuditEntry.objects.order_by("id").values_list("action", "actor")) == [
        (f"area.{what}", owner.email)
        for what in ("created", "published", "drafted", "published", "drafted", "rolled_back", "retired")
    ]


def test_bands_keep_what_was_given(api, branch):
    named = NamedAreaFactory(name="Kallio")
    given = {"fee_minor": 390, "minimum_minor": 1500, "eta_min_minutes": 20, "eta_max_minutes": 45}
    area = created(
        api, branch, {"named_area_id": str(named.id), **given},
        hours="Mo-Fr 10:00-20:00", valid_from="2026-12-01T00:00:00Z", valid_until="2027-01-01T00:00:00+02:00",
    )  # fmt: skip
    kept = area["draft"]
    assert kept["bands"] == [
        {
            "radius_metres": None,
            "area": None,
            "named_area": {"id": str(named.id), "name": "Kallio", "kind": "quarter", "source": "test"},
            **given,
        }
    ]
    assert (kept["hours"], kept["valid_from"], kept["valid_until"], kept["currency"]) == (
        "Mo-Fr 10:00-20:00", "2026-12-01T00:00:00Z", "2026-12-31T22:00:00Z", "EUR",
    )  # fmt: skip
    listed = api.get(f"/v1/merchant/branches/{branch.id}/areas").json()
    assert listed == {"items": [area]}


def test_a_write_says_which_state_it_is_about(api, branch):
    area = created(api, branch)
    path = f"/v1/merchant/areas/{area['id']}/publish"
    assert api.post(path, {}, format="json").json()["code"] == "precondition_required"
    assert api.post(path, {}, format="json", headers={"If-Match": "W/x"}).json()["parameter"] == "If-Match"
    changed = step(api, area, "draft", draft({"radius_metres": 5}), method="put").json()
    for what, body, method in [
        ("publish", {}, "post"),
        ("draft", draft(), "put"),
        ("draft", {}, "delete"),
        ("roll-back", {"number": 1}, "post"),
        ("retire", {}, "post"),
    ]:
        refused = step(api, area, what, body, method=method)
        assert (refused.status_code, refused.json()["code"], refused.json()["etag"]) == (
            412, "area_changed", changed["etag"],
        )  # fmt: skip
    assert ServiceAreaVersion.objects.get().revision == 2
    assert step(api, area, "publish", etag="*").status_code == 200


def test_steps_that_are_not_possible(api, branch):
    area = step(api, created(api, branch), "publish").json()
    assert [step(api, area, what).json()["code"] for what in ("publish", "draft")] == [
        "area_step_impossible", "method_not_allowed",
    ]  # fmt: skip
    assert step(api, area, "roll-back", {"number": 1}).json()["code"] == "area_step_impossible"
    assert step(api, area, "roll-back", {"number": 2}).json()["code"] == "not_found"
    assert step(api, area, "draft", method="delete").json()["code"] == "area_step_impossible"
    area = step(api, area, "retire").json()
    assert step(api, area, "retire").json()["code"] == "area_step_impossible"


def test_an_area_that_was_never_published_goes_with_its_draft(api, branch):
    area = created(api, branch)
    assert step(api, area, "draft", method="delete").status_code == 204
    assert not ServiceArea.objects.exists()
    area = step(api, created(api, branch), "publish").json()
    area = step(api, area, "draft", draft(), method="put").json()
    assert step(api, area, "draft", method="delete").status_code == 204
    assert ServiceAreaVersion.objects.get().state == "published"


def test_a_draft_that_is_over_is_not_published(api, branch):
    area = created(api, branch, valid_until="2026-01-01T00:00:00Z")
    assert step(api, area, "publish").json()["parameter"] == "valid_until"


def test_a_branch_has_so_many_areas(api, branch, monkeypatch):
    monkeypatch.setattr("listings.areas.services.MAX_AREAS", 1)
    created(api, branch)
    body = {"mode": "delivery", "name": "More", "draft": draft()}
    refused = api.post(f"/v1/merchant/branches/{branch.id}/areas", body, format="json").json()
    assert (refused["code"], refused["limit"]) == ("too_many_areas", 1)


@pytest.mark.parametrize("role", ["nobody", "stranger", "staff"])
def test_what_is_another_merchants_is_not_there_and_staff_may_look(api, branch, role):
    area = created(api, branch)
    if role == "staff":
        api.force_authenticate(MembershipFactory(merchant=branch.merchant, role="staff").user)
    elif role == "stranger":
        api.force_authenticate(MembershipFactory().user)
    else:
        api.force_authenticate(None)
    reads = [f"branches/{branch.id}/areas", f"areas/{area['id']}", f"areas/{area['id']}/preview"]
    seen = {"nobody": 401, "stranger": 404, "staff": 200}[role]
    assert [api.get(f"/v1/merchant/{path}").status_code for path in reads] == [seen] * 3
    done = {"nobody": 401, "stranger": 404, "staff": 403}[role]
    writes = [("publish", {}, "post"), ("draft", draft(), "put"), ("draft", {}, "delete"), ("retire", {}, "post")]
    assert [step(api, area, what, body, method=method).status_code for what, body, method in writes] == [done] * 4
    assert ServiceAreaVersion.objects.get().revision == 1


def test_a_preview_tells_size_overlap_and_places(api, branch):
    ServiceAreaFactory(branch=branch, name="North", bands=[{"geometry": square(24.9, 60.17, 24.97, 60.19)}])
    ServiceAreaFactory(branch=branch, mode="at_home", bands=[{"radius_metres": 5000}])
    BranchFactory(point="SRID=4326;POINT(24.95 60.18)", closed_at=timezone.now() + timedelta(days=1))
    BranchFactory(point="SRID=4326;POINT(24.95 60.18)", closed_at=timezone.now())
    BranchFactory(point="SRID=4326;POINT(24.99 60.18)")
    area = created(api, branch, {"area": DRAWN})
    seen = api.get(f"/v1/merchant/areas/{area['id']}/preview").json()
    assert seen["box"] == {"west": 24.9, "south": 60.15, "east": 24.97, "north": 60.19}
    assert seen["square_kilometres"] == pytest.approx(16.3, rel=0.05)
    assert [overlap["name"] for overlap in seen["overlaps"]] == ["North"]
    assert seen["overlaps"][0]["percent"] == pytest.approx(50, abs=3)
    assert seen["places"] == {"value": 1, "relation": "eq", "cap": 10_000}  # the branch itself is in the hole
    body = {"mode": "delivery", "area_id": area["id"], "draft": draft({"area": DRAWN})}
    assert api.post(f"/v1/merchant/branches/{branch.id}/area-check", body, format="json").json() == seen


def test_a_preview_follows_discs_and_named_areas(api, branch):
    named = NamedAreaFactory(geometry=square(179.9, 10, 180, 10.1))
    bands = [{"radius_metres": 1000}, {"radius_metres": 2000}]
    body = {"mode": "at_home", "draft": draft(*bands)}
    seen = api.post(f"/v1/merchant/branches/{branch.id}/area-check", body, format="json").json()
    assert [band["square_kilometres"] for band in seen["bands"]] == [3.142, 12.566]
    assert (seen["square_kilometres"], seen["places"]["value"]) == (pytest.approx(12.566, rel=0.03), 1)
    body = {"mode": "at_home", "draft": draft({"named_area_id": str(named.id)})}
    seen = api.post(f"/v1/merchant/branches/{branch.id}/area-check", body, format="json").json()
    assert seen["box"] == {"west": 179.9, "south": 10, "east": 180, "north": 10.1}


@pytest.mark.parametrize("at_home", [24.0, 179.98, -179.98, 180.0])
def test_a_preview_across_the_180th_meridian_is_that_of_anywhere_else(api, branch, at_home):
    """The same shapes round the branch, wherever it is: the same sizes, shares and places, and a box that crosses."""

    def lon(east):
        return (at_home + east + 180) % 360 - 180 if at_home != 24.0 else at_home + east

    def ring(west, east):
        return [[lon(x), y] for x, y in ((west, -0.1), (east, -0.1), (east, 0.1), (west, 0.1), (west, -0.1))]

    branch.point = GeometryPoint(at_home, 0.0, srid=4326)
    branch.save()
    for east in (-0.15, -0.05, 0.05, 0.15, 0.35):
        BranchFactory(merchant=branch.merchant, point=GeometryPoint(lon(east), 0.01, srid=4326))
    other = {"type": "Polygon", "coordinates": [ring(0.0, 0.4)]}
    step(api, created(api, branch, {"area": other}), "publish")
    hole = [[lon(x), y] for x, y in ((-0.06, 0.0), (-0.04, 0.0), (-0.04, 0.02), (-0.06, 0.02), (-0.06, 0.0))]
    drawn = {"type": "Polygon", "coordinates": [ring(-0.2, 0.2), hole]}
    body = {"mode": "delivery", "draft": draft({"radius_metres": 3000}, {"area": drawn})}
    answer = api.post(f"/v1/merchant/branches/{branch.id}/area-check", body, format="json")
    assert answer.status_code == 200, answer.content
    seen = answer.json()
    assert (seen["box"]["west"], seen["box"]["east"]) == pytest.approx((lon(-0.2), lon(0.2)), abs=1e-6)
    assert (seen["box"]["west"] > seen["box"]["east"]) is (at_home != 24.0)
    assert [band["square_kilometres"] for band in seen["bands"]] == pytest.approx([28.274, 984.2], rel=0.01)
    assert seen["overlaps"][0]["percent"] == pytest.approx(50, abs=2)
    assert seen["places"]["value"] == 4  # the branch and three of the five: one is in the hole, one beyond


def test_a_place_in_several_bands_of_a_preview_counts_once(api, branch):
    for n in range(30):
        BranchFactory(merchant=branch.merchant, point=GeometryPoint(24.93 + 0.00001 * n, 60.17, srid=4326))
    named = NamedAreaFactory(geometry=square(24.9299, 60.16, 24.930155, 60.18))
    bands = [{"radius_metres": 1}, {"named_area_id": str(named.id)}, {"area": DRAWN}]
    body = {"mode": "delivery", "draft": draft(*bands)}
    seen = api.post(f"/v1/merchant/branches/{branch.id}/area-check", body, format="json").json()
    assert seen["places"] == {"value": 17, "relation": "eq", "cap": 10_000}  # the rest lie in the hole


def test_a_preview_counts_no_more_places_than_its_cap(api, branch):
    BranchFactory(merchant=branch.merchant, point=GeometryPoint(25.0, 60.0, srid=4326))
    Branch.objects.bulk_create(
        BranchFactory.build(merchant=branch.merchant, category=branch.category) for _ in range(10_000)
    )
    body = {"mode": "delivery", "draft": draft({"radius_metres": 100})}
    seen = api.post(f"/v1/merchant/branches/{branch.id}/area-check", body, format="json").json()
    assert seen["places"] == {"value": 10_000, "relation": "gte", "cap": 10_000}


def test_shapes_of_more_corners_than_a_branch_may_have_are_neither_published_nor_previewed(api, branch):
    named = NamedAreaFactory(geometry=MultiPolygon(Polygon(comb(4_990)), srid=4326))
    many = [{"named_area_id": str(named.id)}] * 10
    first = step(api, created(api, branch, *many), "publish").json()
    assert first["published"]["number"] == 1
    second = created(api, branch, many[0])
    refused = step(api, second, "publish")
    told = {"code": "areas_too_detailed", "status": 409, "limit": MAX_CORNERS}
    assert {key: refused.json()[key] for key in told} == told
    assert ServiceAreaVersion.objects.filter(state="published").count() == 1
    body = {"mode": "delivery", "draft": draft(many[0])}
    check = f"/v1/merchant/branches/{branch.id}/area-check"
    assert api.post(check, body, format="json").json()["code"] == "areas_too_detailed"
    assert api.get(f"/v1/merchant/areas/{second['id']}/preview").json()["code"] == "areas_too_detailed"
    assert api.post(check, {**body, "area_id": first["id"]}, format="json").status_code == 200
    assert api.get(f"/v1/merchant/areas/{first['id']}/preview").status_code == 200
    again = step(api, first, "draft", draft({"radius_metres": 500}), method="put").json()
    thin = step(api, again, "publish").json()
    published = step(api, second, "publish").json()
    assert (thin["published"]["number"], published["published"]["number"]) == (2, 1)
    assert step(api, thin, "roll-back", {"number": 1}).json()["code"] == "areas_too_detailed"


def test_named_areas_are_found_by_name_and_id(api):
    named = NamedAreaFactory(name="Kallio", external_id="00530", kind="postcode")
    NamedAreaFactory(name="Katajanokka")
    get = lambda query: [each["name"] for each in api.get(f"/v1/merchant/named-areas?{query}").json()["items"]]  # noqa: E731
    assert get("q=ka") == ["Kallio", "Katajanokka"]
    assert get("q=0053") == get("kind=postcode") == get("q=kal&limit=1") == ["Kallio"]
    full = api.get(f"/v1/merchant/named-areas/{named.id}").json()
    assert full["area"]["type"] == "MultiPolygon"
