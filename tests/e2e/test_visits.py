"""What is done at the customer's home, booked in a browser: the address, what is not served, and where it is told."""

from __future__ import annotations

import re

import psycopg
import pytest
from playwright.sync_api import expect

from tests.e2e import conftest
from tests.e2e.fill_site import TABLES_PLACE, VISIT
from tests.e2e.test_booking import (
    APPROVED,
    SLOWLY,
    expect_booked,
    letters_link,
    pay,
    the_last_booking,
    to_the_providers_page,
)
from tests.e2e.test_states import LOOKS, faults, sticks_out

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.usefixtures("worker")]
ADDRESS = "Laivasillankatu 3 B 12, 5.krs"
NEAR, FAR = (60.1668, 24.9560), (60.2500, 25.1000)
"""Some steps from the place, and 12 kilometres."""


def opened(open_page, search="", **look):
    reader = open_page(**look)
    reader.page.set_default_timeout(SLOWLY * 2)
    reader.goto(f"/?open=deal:{VISIT}:{TABLES_PLACE}{search}")
    return reader


def begin(page, book="Book"):
    page.get_by_role("button", name=book, exact=True).click()
    expect(page.locator("vn-job h3")).to_be_focused()


def tell_address(page):
    page.get_by_label("Address").fill(ADDRESS)
    page.get_by_role("button", name="Go on").click()


def choose(page, clock):
    page.locator("vn-book .times button", has_text=clock).last.click()


def point_of_the_last() -> tuple[float, float]:
    with psycopg.connect(conftest.SITE["DATABASE_URL"].replace("postgis://", "postgresql://")) as connection:
        row = connection.execute(
            "SELECT ST_Y(point), ST_X(point) FROM booking_booking WHERE id = %s", [the_last_booking()]
        ).fetchone()
    assert row is not None
    return row[0], row[1]


def test_the_address_that_was_searched_for_is_where_the_job_is(open_page, worker):
    reader = opened(open_page, f"&serves={NEAR[0]},{NEAR[1]}&mode=at_home")
    page = reader.page
    begin(page)
    expect(page.get_by_text("Its spot is the address that you searched for.")).to_be_visible()
    assert faults(page) == []
    reader.picture("visit-address-wide-light")
    page.keyboard.press("Tab")
    page.keyboard.type(ADDRESS)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Choose a time")).to_be_focused()
    expect(page.get_by_text(f"At your address: {ADDRESS}")).to_be_visible()
    reader.expects_failures = True  # 409: nobody comes at night
    choose(page, "23:30")
    expect(page.locator("vn-book").get_by_role("alert")).to_contain_text("does not come to this address at this time")
    expect(page.locator("vn-book").get_by_role("alert")).to_be_in_viewport()
    expect(page.get_by_role("link", name="See who comes there")).to_have_attribute(
        "href", "/?serves=60.16680,24.95600&mode=at_home"
    )
    assert faults(page) == []
    reader.picture("visit-not-served-wide-light")
    choose(page, "12:00")
    expect(page.get_by_role("heading", name="Who books?")).to_be_visible()
    expect(page.locator("vn-book").get_by_role("alert")).to_have_count(0)
    expect(page.locator("vn-contact .facts")).to_contain_text(f"At your address: {ADDRESS}")
    assert point_of_the_last() == pytest.approx(NEAR)
    to_the_providers_page(page)
    pay(page, APPROVED)
    expect_booked(page)
    expect(page.locator("vn-my-booking .facts")).to_contain_text(f"At your address: {ADDRESS}")
    reader.picture("visit-booked-wide-light")
    letters_link(worker, page.url.rsplit("/", 1)[1])
    assert "At your address: Laivasillankatu 3 B 12, 5. krs" in worker.read_text("utf-8", "replace")


def test_the_spot_is_chosen_on_a_map(open_page):
    reader = opened(open_page, phone=True, dark=True)
    page = reader.page
    begin(page)
    tell_address(page)
    expect(page.locator("vn-job").get_by_role("alert")).to_contain_text("Tell the spot first")
    reader.picture("visit-no-spot-phone-dark")
    page.get_by_role("button", name="Choose on the map").click()
    page.locator("vn-spot canvas").wait_for()
    expect(page.locator("vn-job").get_by_role("alert")).to_have_count(0)
    page.wait_for_load_state("networkidle")
    assert faults(page) == []
    assert not sticks_out(page)
    reader.picture("visit-map-phone-dark")
    page.locator("vn-spot canvas").focus()
    page.keyboard.press("ArrowRight")
    page.get_by_role("button", name="The pin stands right").click()
    expect(page.get_by_text("Its spot is set.")).to_be_visible()
    expect(page.get_by_label("Address")).to_have_value(ADDRESS)
    page.get_by_role("button", name="Go on").click()
    choose(page, "12:00")
    expect(page.locator("vn-contact .facts")).to_contain_text(ADDRESS)
    reader.picture("visit-contact-phone-dark")
    lat, lon = point_of_the_last()
    assert lat == pytest.approx(60.1672, abs=1e-4)
    assert 24.9531 < lon < 24.9600  # east of the place, where the map began


def test_who_lives_too_far_is_told_and_sees_who_comes(open_page):
    far = {"latitude": FAR[0], "longitude": FAR[1]}
    reader = opened(open_page, phone=True, locale="zh-CN", geolocation=far, permissions=["geolocation"])
    page = reader.page
    begin(page, "预订")
    page.get_by_role("button", name="用我的位置").click()
    expect(page.get_by_text("位置为您当前的位置。")).to_be_visible()
    page.get_by_label("地址").fill(ADDRESS)
    page.get_by_role("button", name="继续").click()
    reader.expects_failures = True  # 409
    choose(page, "12:00")
    expect(page.locator("vn-book").get_by_role("alert")).to_contain_text("商家不上门到该地址")
    reader.picture("visit-not-served-phone-light-zh")
    page.get_by_role("button", name="换个地址").click()
    expect(page.get_by_label("地址")).to_have_value(ADDRESS)
    page.get_by_role("button", name="继续").click()
    choose(page, "12:00")
    expect(page.locator("vn-book").get_by_role("alert")).to_be_in_viewport()
    page.get_by_role("link", name="看看谁能上门").click()
    expect(page).to_have_url(re.compile(rf"serves={FAR[0]:.5f},{FAR[1]:.5f}&mode=at_home"))


@pytest.mark.parametrize(("phone", "dark"), LOOKS)
def test_the_form_in_every_look(open_page, phone, dark):
    reader = opened(open_page, f"&serves={NEAR[0]},{NEAR[1]}&mode=at_home", phone=phone, dark=dark)
    page = reader.page
    begin(page)
    page.get_by_role("button", name="Choose on the map").click()
    page.locator("vn-spot canvas").wait_for()
    page.wait_for_load_state("networkidle")
    assert faults(page) == []
    assert not sticks_out(page)
    reader.picture(f"visit-form-{'phone' if phone else 'wide'}-{'dark' if dark else 'light'}")
    page.get_by_role("button", name="The pin stands right").click()
    tell_address(page)
    expect(page.locator("vn-book .times button").first).to_be_visible()
    assert faults(page) == []
    reader.picture(f"visit-times-{'phone' if phone else 'wide'}-{'dark' if dark else 'light'}")
