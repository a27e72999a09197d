"""Where we are busy or an answer is lost, the page asks again under the same key: nothing is held or paid twice."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.fill_site import TABLES
from tests.e2e.test_booking import APPROVED, expect_booked, opened, pay, to_the_providers_page
from tests.e2e.test_moves import confirmed, start_of, starts_of
from tests.e2e.test_moves import opened as opened_booking
from tests.e2e.test_my_bookings import database
from tests.e2e.test_states import faults

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.usefixtures("worker")]


class Trouble:
    """On the way to one address: the first `times` answers are lost after they were made, or are a proxy's 503."""

    def __init__(self, page, path: str, *, times: int, is_lost: bool):
        self.keys: list[str] = []
        self.left, self.is_lost = times, is_lost
        page.route(re.compile(rf"/v1/{path}$"), self.meet)

    def meet(self, route) -> None:
        if route.request.method != "POST":
            route.continue_()
            return
        self.keys.append(route.request.headers["idempotency-key"])
        self.left -= 1
        if self.left < 0:
            route.continue_()
        elif self.is_lost:
            route.fetch()
            route.abort()
        else:
            route.fulfill(status=503, headers={"Retry-After": "1"}, body="busy")


def count(table: str) -> int:
    with database() as connection:
        row = connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608 -- our own names
    assert row is not None
    return row[0]


def test_answers_that_are_lost_hold_book_and_pay_once(open_page):
    reader = opened(open_page, "free_till_late")
    reader.expects_failures = True
    page = reader.page
    bookings, payments = count("booking_booking"), count("payments_payment")
    holds = Trouble(page, "holds", times=3, is_lost=True)
    page.get_by_role("button", name="Book", exact=True).click()
    page.locator("vn-book .times button").last.click()
    expect(page.get_by_text("It is busy here. We try again…")).to_be_visible()
    expect(page.get_by_role("heading", name="Who books?")).to_be_visible()
    expect(page.get_by_text("It is busy here. We try again…")).to_have_count(0)
    booked = Trouble(page, "bookings", times=3, is_lost=True)
    paid = Trouble(page, "bookings/[^/]+/payment", times=3, is_lost=True)
    to_the_providers_page(page)
    pay(page, APPROVED)
    expect_booked(page)
    for trouble in (holds, booked, paid):
        assert len(trouble.keys) >= 4
        assert len(set(trouble.keys)) == 1
    assert (count("booking_booking"), count("payments_payment")) == (bookings + 1, payments + 1)


def test_after_some_tries_the_reader_decides(open_page):
    reader = opened(open_page, "free_till_late", phone=True, dark=True)
    reader.expects_failures = True
    page = reader.page
    bookings = count("booking_booking")
    holds = Trouble(page, "holds", times=4, is_lost=False)
    page.get_by_role("button", name="Book", exact=True).click()
    page.locator("vn-book .times button").last.click()
    expect(page.get_by_text("It is busy here. We try again…")).to_be_visible()
    expect(page.get_by_text("It is busy here. We try again…")).to_be_in_viewport()
    reader.picture("busy-waiting-phone-dark")
    expect(page.locator("vn-book").get_by_role("alert")).to_contain_text(
        "It is too busy here right now.", timeout=20_000
    )
    expect(page.locator("vn-book").get_by_role("alert")).to_be_in_viewport()
    assert faults(page) == []
    reader.picture("busy-given-up-phone-dark")
    assert count("booking_booking") == bookings
    page.locator("vn-book").get_by_role("button", name="Try again").click()
    expect(page.get_by_role("heading", name="Who books?")).to_be_visible()
    expect(page.locator("vn-book").get_by_role("alert")).to_have_count(0)
    assert len(holds.keys) == 5
    assert len(set(holds.keys)) == 1
    booked = Trouble(page, "bookings", times=4, is_lost=False)
    page.get_by_label("Name").fill("Aino Example")
    page.get_by_label("E-mail").fill("aino@example.com")
    page.get_by_role("button", name=re.compile(r"^Pay ")).click()
    expect(page.get_by_text("It is busy here. We try again…")).to_be_in_viewport()
    expect(page.locator("vn-contact").get_by_role("alert")).to_contain_text(
        "nothing is booked or paid twice", timeout=20_000
    )
    assert faults(page) == []
    reader.picture("busy-contact-phone-dark")
    page.locator("vn-contact").get_by_role("button", name="Try again").click()
    expect(page.get_by_text("This provider is simulated")).to_be_visible()
    assert len(set(booked.keys)) == 1
    assert count("booking_booking") == bookings + 1


def test_a_move_whose_answer_is_lost_is_made_once(open_page, site_url):
    starts = starts_of(site_url, TABLES["free_till_late"])
    booking = confirmed(site_url, TABLES["free_till_late"], starts[-2])
    reader = opened_booking(open_page, booking)
    page = reader.page
    moves = Trouble(page, "bookings/[^/]+/move", times=3, is_lost=True)
    page.get_by_role("button", name="Change the time").click()
    page.locator("vn-move .times button").last.click()
    page.get_by_role("button", name="Yes, move it").click()
    expect(page.get_by_text("It is busy here. We try again…")).to_be_visible()
    expect(page.get_by_role("heading", name="Moved to another time")).to_be_visible()
    assert len(set(moves.keys)) == 1
    assert start_of(booking) == starts[-1]
    with database() as connection:
        row = connection.execute(
            "SELECT count(*) FROM booking_event WHERE booking_id = %s AND kind = 'moved'", [booking[0]]
        ).fetchone()
    assert row == (1,)
