"""What is brought to the customer, booked in a browser: where to, what is not served, and nothing more taken on."""

from __future__ import annotations

from contextlib import contextmanager

import psycopg
import pytest
from playwright.sync_api import expect

from tests.e2e import conftest
from tests.e2e.fill_site import DELIVERY, TABLES_PLACE
from tests.e2e.test_booking import APPROVED, SLOWLY, expect_booked, pay, to_the_providers_page
from tests.e2e.test_states import faults, sticks_out
from tests.e2e.test_visits import ADDRESS, FAR, NEAR, begin, point_of_the_last, tell_address

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.usefixtures("worker")]


def opened(open_page, spot, **look):
    reader = open_page(**look)
    reader.page.set_default_timeout(SLOWLY * 2)
    reader.expects_failures = True  # 404: it has no times
    reader.goto(f"/?open=deal:{DELIVERY}:{TABLES_PLACE}&serves={spot[0]},{spot[1]}&mode=delivery")
    return reader


def test_it_is_brought_to_the_address_that_was_searched_for(open_page):
    reader = opened(open_page, NEAR)
    page = reader.page
    begin(page)
    expect(page.get_by_role("heading", name="Where is it to be delivered?")).to_be_focused()
    tell_address(page)
    expect(page.get_by_role("heading", name="How many?")).to_be_focused()
    expect(page.get_by_text(f"At your address: {ADDRESS}")).to_be_visible()
    assert faults(page) == []
    reader.picture("delivery-how-many-wide-light")
    page.get_by_label("Number").select_option("2")
    page.get_by_role("button", name="Go on").click()
    expect(page.locator("vn-contact .facts")).to_contain_text(f"At your address: {ADDRESS}")
    assert point_of_the_last() == pytest.approx(NEAR)
    to_the_providers_page(page)
    pay(page, APPROVED)
    expect_booked(page)
    expect(page.locator("vn-my-booking .facts")).to_contain_text(f"At your address: {ADDRESS}")


def test_who_lives_too_far_is_told_and_sees_who_delivers(open_page):
    reader = opened(open_page, FAR, phone=True, dark=True)
    page = reader.page
    begin(page)
    tell_address(page)
    page.get_by_role("button", name="Go on").click()
    expect(page.locator("vn-book").get_by_role("alert")).to_contain_text("does not deliver to this address")
    expect(page.locator("vn-book").get_by_role("alert")).to_be_in_viewport()
    expect(page.get_by_role("link", name="See who delivers there")).to_have_attribute(
        "href", f"/?serves={FAR[0]:.5f},{FAR[1]:.5f}&mode=delivery"
    )
    assert faults(page) == []
    assert not sticks_out(page)
    reader.picture("delivery-not-served-phone-dark")
    page.get_by_role("button", name="Another address").click()
    expect(page.get_by_label("Address")).to_have_value(ADDRESS)
    expect(page.locator("vn-book").get_by_role("alert")).to_have_count(0)


@contextmanager
def nothing_more_taken_on():
    dsn = conftest.SITE["DATABASE_URL"].replace("postgis://", "postgresql://")
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO deliveries_deliverycapacity (branch_id, most, within_minutes) VALUES (%s, 0, 60)",
            [TABLES_PLACE],
        )
        try:
            yield
        finally:
            connection.execute("DELETE FROM deliveries_deliverycapacity WHERE branch_id = %s", [TABLES_PLACE])


def test_where_nothing_more_is_taken_on_it_is_told(open_page):
    reader = opened(open_page, NEAR)
    page = reader.page
    begin(page)
    tell_address(page)
    with nothing_more_taken_on():
        page.get_by_role("button", name="Go on").click()
        expect(page.locator("vn-book").get_by_role("alert")).to_contain_text("takes on no more deliveries just now")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", name="Who books?")).to_be_visible()
