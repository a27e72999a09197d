"""The merchant console in a browser: sign in, draw an area with a hole and two bands, preview, publish, go back."""

from __future__ import annotations

import json
import re
from uuid import UUID

import psycopg
import pytest
from playwright.sync_api import expect

from tests.e2e import conftest
from tests.e2e.fill_site import STAFF, STAFF_PASSWORD
from tests.e2e.test_states import faults, sticks_out

pytestmark = [pytest.mark.browser, pytest.mark.slow]

OURS, THEIRS = STAFF
SHELL = [(-150, -150), (150, -150), (150, 150), (-150, 150)]
HOLE = [(40, -90), (110, -90), (110, -30), (40, -30)]
"""Corners in pixels from the middle of the map, which is where the branch is."""
BOW_TIE = [[[24.92, 60.16], [24.97, 60.18], [24.97, 60.16], [24.92, 60.18], [24.92, 60.16]]]


def database():
    return psycopg.connect(conftest.SITE["DATABASE_URL"].replace("postgis://", "postgresql://"), autocommit=True)


@pytest.fixture(scope="module")
def branches(site_url) -> tuple[UUID, UUID]:
    """A branch of Ada's merchant and one of Eve's."""
    with database() as connection:
        found = dict(
            connection.execute(
                "SELECT DISTINCT ON (person.email) person.email, branch.id FROM listings_branch AS branch"
                " JOIN listings_membership AS member ON member.merchant_id = branch.merchant_id"
                " JOIN auth_user AS person ON person.id = member.user_id"
                " WHERE person.email = ANY(%s) AND branch.closed_at IS NULL ORDER BY person.email, branch.id",
                [[OURS, THEIRS]],
            ).fetchall()
        )
    return found[OURS], found[THEIRS]


@pytest.fixture
def signed_in(open_page):
    """`signed_in(email, path, …)`: a page of the console, as somebody."""

    def make(email: str, path: str = "/console/", **look):
        reader = open_page(**look)
        reader.goto(path)
        reader.page.get_by_label("E-mail address").fill(email)
        reader.page.get_by_label("Password").fill(STAFF_PASSWORD)
        reader.page.get_by_label("Password").press("Enter")
        expect(reader.page.get_by_label("Password")).to_have_count(0)
        return reader

    return make


@pytest.fixture
def no_areas(branches):
    """The branches' areas of earlier tests are gone."""
    areas = "SELECT id FROM listings_servicearea WHERE branch_id = ANY(%(branches)s)"
    versions = f"SELECT id FROM listings_serviceareaversion WHERE area_id IN ({areas})"  # noqa: S608 -- constants
    with database() as connection, connection.transaction():
        for table, column, of in (
            ("areaband", "version_id", versions),
            ("serviceareaversion", "area_id", areas),
            ("servicearea", "id", areas),
        ):
            statement = f"DELETE FROM listings_{table} WHERE {column} IN ({of})"  # noqa: S608 -- constants
            connection.execute(statement, {"branches": list(branches)})


def draw(page, button: str, corners: list[tuple[int, int]]) -> None:
    """Click the corners, and the first again."""
    page.get_by_role("button", name=button, exact=True).click()
    expect(page.get_by_text("Click or tap the corners")).to_be_visible()
    box = page.locator("vn-area-map").bounding_box()
    for dx, dy in [*corners, corners[0]]:
        x, y = box["x"] + box["width"] / 2 + dx, box["y"] + box["height"] / 2 + dy
        page.mouse.move(x, y)
        page.wait_for_timeout(40)  # terra-draw takes a second click at once for a double click
        page.mouse.click(x, y)
    expect(page.get_by_text("Click or tap the corners")).to_have_count(0)


def confirm(page) -> None:
    page.locator("vn-area-editor vn-dialog vn-button[variant=primary]").click()


def as_text(page) -> dict:
    return json.loads(page.locator("vn-band textarea").first.input_value())


def band_at(page, url: str, branch: UUID, lon: float, lat: float) -> dict | None:
    """What a search for who delivers to the address says of the branch; None where it does not find it."""
    query = {"serves": f"{lat:.7f},{lon:.7f}", "mode": "delivery", "kind": "place", "limit": "100"}
    answer = page.request.get(f"{url}/v1/search", params=query)
    assert answer.ok, answer.text()
    found = [hit for hit in answer.json()["hits"] if hit["place_id"] == str(branch)]
    return found[0]["serves"][0] if found else None


def until_found(page, url: str, branch: UUID, lon: float, lat: float) -> dict:
    for _ in range(240):
        if band := band_at(page, url, branch, lon, lat):
            return band
        page.wait_for_timeout(250)
    raise TimeoutError("the published area is not searched")


def middle(ring: list[list[float]]) -> tuple[float, float]:
    corners = ring[:-1]
    return sum(lon for lon, _ in corners) / len(corners), sum(lat for _, lat in corners) / len(corners)


@pytest.mark.usefixtures("worker")
def test_staff_draws_an_area_with_a_hole_and_two_bands_and_publishes_it(signed_in, branches, no_areas):
    reader = signed_in(OURS)
    page = reader.page
    page.locator(f'vn-choose a[href$="{branches[0]}"]').click()
    expect(page.get_by_role("heading", name="No service area yet")).to_be_visible()
    page.get_by_role("link", name="New area").click()
    page.get_by_label("Name", exact=True).fill("Centre")
    page.locator("vn-band select").select_option("drawn")
    draw(page, "Draw on the map", SHELL)
    draw(page, "Cut a hole", HOLE)
    shape = as_text(page)
    assert shape["type"] == "Polygon"
    assert [len(ring) for ring in shape["coordinates"]] == [5, 5]
    page.get_by_label("Fee in EUR").fill("2,90")
    page.get_by_label("Smallest order in EUR").fill("15")
    page.get_by_label("Minutes at best").fill("20")
    page.get_by_label("Minutes at most").fill("35")
    page.get_by_role("button", name="Add a band").click()
    page.get_by_label("Fee in EUR").nth(1).fill("4.90")
    page.get_by_label("Radius in metres").fill("250")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("vn-preview")).to_contain_text(re.compile(r"[\d.]+ km² · [\d,]+ known places? inside"))
    reader.picture("console-preview")
    assert faults(page) == []
    page.get_by_role("button", name="Publish").click()
    confirm(page)
    expect(page.get_by_text("Published. Customers are served by it within two seconds.")).to_be_visible()
    expect(page).to_have_url(re.compile(rf"/console/branches/{branches[0]}/areas/[0-9a-f-]{{36}}$"))
    expect(page.locator("vn-area-history li")).to_contain_text(f"Published by {OURS}")
    with database() as connection:
        bands = connection.execute(
            "SELECT radius_metres, ST_NumInteriorRings(ST_GeometryN(geometry, 1)), fee_minor, minimum_minor,"
            " eta_min_minutes, eta_max_minutes, version.state"
            " FROM listings_areaband AS band"
            " JOIN listings_serviceareaversion AS version ON version.id = band.version_id"
            " JOIN listings_servicearea AS area ON area.id = version.area_id"
            " WHERE area.branch_id = %s ORDER BY rank",
            [branches[0]],
        ).fetchall()
    shell, hole = shape["coordinates"]
    inside = until_found(page, reader.url, branches[0], *middle(shell))
    facts = {name: inside[name] for name in ("area", "fee_minor", "minimum_minor", "currency", "eta_max_minutes")}
    assert facts == {
        "area": "Centre", "fee_minor": 290, "minimum_minor": 1500, "currency": "EUR", "eta_max_minutes": 35,
    }  # fmt: skip
    assert band_at(page, reader.url, branches[0], *middle(hole)) is None
    (west, south), (_, north) = shell[0], hole[2]
    assert band_at(page, reader.url, branches[0], west - 0.001, max(south, north)) is None
    assert bands == [(None, 1, 290, 1500, 20, 35, "published"), (250, None, 490, 0, None, None, "published")]


def test_what_is_refused_is_told_in_words_and_at_its_place_and_can_be_mended(signed_in, branches, no_areas):
    reader = signed_in(OURS, f"/console/branches/{branches[0]}/areas/new")
    reader.expects_failures = True
    page = reader.page
    page.get_by_label("Name", exact=True).fill("By text")
    page.locator("vn-band select").select_option("drawn")
    page.get_by_text("As text (GeoJSON)").click()
    text = page.get_by_label("As text (GeoJSON)")
    text.fill("no JSON")
    text.blur()
    expect(page.get_by_text("This is no GeoJSON Polygon")).to_be_visible()
    text.fill(json.dumps({"type": "Polygon", "coordinates": BOW_TIE}))
    text.blur()
    page.get_by_role("button", name="Save draft").click()
    expect(page.locator(".outcome .alert")).to_contain_text("Band 1: The border crosses itself.")
    expect(page.locator(".outcome .alert")).to_contain_text("The place is marked on the map.")
    reader.picture("console-refused")
    assert faults(page) == []
    page.get_by_label("Fee in EUR").fill("much")
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_label("Fee in EUR")).to_have_attribute("aria-invalid", "true")
    page.get_by_label("Fee in EUR").fill("3")
    text.fill(json.dumps({"type": "Polygon", "coordinates": [[*BOW_TIE[0][:1], *BOW_TIE[0][2:0:-1], *BOW_TIE[0][3:]]]}))
    text.blur()
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_text("Saved as a draft.")).to_be_visible()
    page.get_by_role("button", name="Discard draft").click()
    confirm(page)
    expect(page.get_by_role("heading", name="No service area yet")).to_be_visible()


def test_an_earlier_version_can_be_published_again_and_two_people_do_not_undo_each_other(signed_in, branches, no_areas):
    reader = signed_in(OURS, f"/console/branches/{branches[0]}/areas/new")
    page = reader.page
    page.get_by_label("Name", exact=True).fill("Round")
    for radius in ("1000", "2000"):
        page.get_by_label("Radius in metres").fill(radius)
        page.get_by_role("button", name="Publish").click()
        confirm(page)
        expect(page.get_by_text("Published. Customers")).to_be_visible()
    other = signed_in(OURS, page.url.removeprefix(reader.url))
    other.expects_failures = True
    expect(other.page.get_by_label("Radius in metres")).to_have_value("2000")
    page.get_by_role("button", name="Go back to version 1").click()
    confirm(page)
    expect(page.get_by_text("Gone back: the copy is published.")).to_be_visible()
    expect(page.locator("vn-area-history li").first).to_contain_text("A copy of version 1")
    expect(page.get_by_label("Radius in metres")).to_have_value("1000")
    other.page.get_by_label("Radius in metres").fill("3000")
    other.page.get_by_role("button", name="Save draft").click()
    expect(other.page.locator(".outcome .alert")).to_contain_text("Somebody else has changed this area")
    other.page.get_by_role("button", name="Load what it is now").click()
    expect(other.page.get_by_label("Radius in metres")).to_have_value("1000")
    other.page.get_by_role("button", name="Take out of use").click()
    confirm(other.page)
    expect(other.page.get_by_text("Nobody is served by this area now.")).to_be_visible()


def test_for_another_merchants_staff_it_does_not_exist(signed_in, branches, no_areas):
    ours = signed_in(OURS, f"/console/branches/{branches[0]}/areas/new").page
    ours.get_by_label("Name", exact=True).fill("Ours")
    ours.get_by_role("button", name="Save draft").click()
    expect(ours.get_by_text("Saved as a draft.")).to_be_visible()
    path = re.sub(r"^http://[^/]+", "", ours.url)
    reader = signed_in(THEIRS)
    reader.expects_failures = True
    page = reader.page
    expect(page.locator("vn-choose a.row").first).to_be_visible()
    expect(page.locator(f'vn-choose a[href*="{branches[0]}"]')).to_have_count(0)
    area = path.rsplit("/", 1)[1]
    api = ("branches/{0}", "branches/{0}/areas", "areas/{1}", "areas/{1}/preview", "areas/{1}/versions")
    for each in api:
        assert page.request.get(f"{reader.url}/v1/merchant/{each.format(branches[0], area)}").status == 404
    for each in (f"/console/branches/{branches[0]}", path, f"/console/branches/{branches[1]}/areas/{area}"):
        answer = page.goto(reader.url + each)
        assert answer is not None
        assert answer.status == 404
        expect(page.get_by_role("heading", name="There is nothing here")).to_be_visible()
    assert faults(page) == []


@pytest.mark.parametrize(("phone", "dark"), [(False, False), (True, True)], ids=["wide-light", "phone-dark"])
def test_the_console_reads_well(signed_in, branches, no_areas, phone, dark):
    reader = signed_in(OURS, "/console/?lang=en", phone=phone, dark=dark)
    page = reader.page
    look = f"{'phone' if phone else 'wide'}-{'dark' if dark else 'light'}"

    def reads_well(name: str) -> None:
        page.wait_for_load_state("networkidle")
        reader.picture(f"console-{name}-{look}")
        assert faults(page) == []
        assert not sticks_out(page)

    expect(page.locator("vn-choose a.row").first).to_be_visible()
    reads_well("branches")
    page.locator(f'vn-choose a[href*="{branches[0]}"]').click()
    page.get_by_role("link", name="New area").click()
    page.get_by_label("Name", exact=True).fill("Round")
    page.get_by_role("button", name="Add a band").click()
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_text("Saved as a draft.")).to_be_visible()
    reads_well("area")
    page.get_by_role("button", name="Publish").click()
    reads_well("asks")
    confirm(page)
    expect(page.get_by_text("Published. Customers")).to_be_visible()
    page.get_by_role("link", name="All areas of the branch").click()
    expect(page.locator("vn-area-list a.row")).to_be_visible()
    reads_well("areas")
    page.goto(page.url.replace("lang=en", "lang=zh-Hans"))
    expect(page.get_by_role("heading", name="服务区域")).to_be_visible()
    reads_well("chinese")


def test_leaving_asks_first_and_keys_alone_are_enough(signed_in, branches, no_areas):
    reader = signed_in(OURS, f"/console/branches/{branches[0]}/areas/new")
    page = reader.page
    page.get_by_label("Name", exact=True).fill("By keys")
    page.get_by_role("link", name="All areas of the branch").press("Enter")
    expect(page.get_by_role("heading", name="Leave without saving?")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_label("Name", exact=True)).to_have_value("By keys")
    page.get_by_role("button", name="Save draft").press("Enter")
    expect(page.get_by_text("Saved as a draft.")).to_be_visible()
    page.get_by_role("link", name="All areas of the branch").press("Enter")
    expect(page.locator("vn-area-list a.row")).to_be_visible()
    page.get_by_role("button", name="Sign out").press("Enter")
    expect(page.get_by_label("Password")).to_be_visible()
