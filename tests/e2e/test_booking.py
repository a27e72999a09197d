"""From a search to a prepaid booking in a browser, and to every other end: each seen as its customer sees it."""

from __future__ import annotations

import re
import time

import psycopg
import pytest
from playwright.sync_api import expect

from tests.e2e import conftest
from tests.e2e.fill_site import TABLES, TABLES_PLACE

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.usefixtures("worker")]

APPROVED, DECLINED, ASKS_THE_BANK = "4242 4242 4242 4242", "4000 0000 0000 0002", "4000 0000 0000 3220"
SLOWLY = 60_000
"""Milliseconds: for what a worker does, on a machine that is busy."""


def opened(open_page, table, **look):
    """The map page, the deal open beside it."""
    reader = open_page(**look)
    reader.page.set_default_timeout(SLOWLY * 2)  # the map is drawn by software, and the worker wants the machine too
    reader.goto(f"/?open=deal:{TABLES[table]}:{TABLES_PLACE}")
    return reader


def hold(page):
    """The last time that is shown: days away, so that the policy's tiers are too."""
    page.get_by_role("button", name="Book", exact=True).click()
    page.locator("vn-book .times button").last.click()
    expect(page.get_by_role("heading", name="Who books?")).to_be_visible()
    expect(page.locator("vn-book .countdown")).to_contain_text(re.compile(r"Kept for you for \d+:\d\d"))
    expect(page.locator("vn-book .policy p").first).to_be_visible()


def to_the_providers_page(page, *, name="Aino Example"):
    page.get_by_label("Name").fill(name)
    page.get_by_label("E-mail").fill("aino@example.com")
    page.get_by_role("button", name=re.compile(r"^Pay ")).click()
    expect(page.get_by_text("This provider is simulated")).to_be_visible()


def pay(page, card):
    page.get_by_label("Card number").fill(card)
    page.get_by_role("button", name=re.compile(r"^Pay ")).click()


def expect_booked(page):
    expect(page.get_by_role("heading", name="Booked")).to_be_visible(timeout=SLOWLY)
    expect(page.locator("vn-my-booking .qr img")).to_be_visible()


def letters_link(log, booking_id) -> str:
    for _ in range(240):
        found = re.search(rf"http://\S+/bookings/{booking_id}#token=[\w-]+", log.read_text("utf-8", "replace"))
        if found:
            return found[0]
        time.sleep(0.25)
    raise TimeoutError("no letter")


def the_last_booking() -> str:
    with psycopg.connect(conftest.SITE["DATABASE_URL"].replace("postgis://", "postgresql://")) as connection:
        row = connection.execute("SELECT id FROM booking_booking ORDER BY created_at DESC LIMIT 1").fetchone()
    assert row is not None
    return str(row[0])


def test_a_search_ends_in_a_booking_that_its_letter_opens_and_cancels(open_page, worker):
    reader = open_page()
    page = reader.page
    page.set_default_timeout(SLOWLY * 2)
    reader.show("/?q=harbour+tasting&kind=deal")
    page.locator("vn-hit-card a").filter(has_text="Tasting menu by the harbour").first.click()
    hold(page)
    reader.picture("booking-contact-wide-light")
    to_the_providers_page(page)
    pay(page, APPROVED)
    expect_booked(page)
    reader.picture("booking-confirmed-wide-light")
    with page.expect_download() as download:
        page.get_by_role("button", name="Add to calendar").click()
    assert download.value.suggested_filename == "booking.ics"
    text = download.value.path().read_text("utf-8")
    assert text.startswith("BEGIN:VCALENDAR")
    assert "STATUS:CONFIRMED" in text
    link = letters_link(worker, page.url.rsplit("/", 1)[1])
    other = open_page(phone=True)
    other.page.goto(link)
    expect(other.page.get_by_role("heading", name="Booked")).to_be_visible()
    assert "token" not in other.page.url
    other.page.get_by_role("button", name="Cancel booking").click()
    expect(other.page.get_by_text("€41 comes back to you.")).to_be_visible()
    other.picture("booking-cancel-phone-light")
    other.page.get_by_role("button", name="Yes, cancel").click()
    expect(other.page.get_by_role("heading", name="Cancelled")).to_be_visible()
    expect(other.page.get_by_text("€41 was sent back to you")).to_be_visible(timeout=SLOWLY)


def test_a_declined_card_pays_nothing_and_another_pays(open_page):
    reader = opened(open_page, "free_till_late", phone=True, dark=True)
    page = reader.page
    hold(page)
    reader.picture("booking-contact-phone-dark")
    to_the_providers_page(page)
    pay(page, DECLINED)
    expect(page.get_by_role("alert")).to_contain_text("declined")
    reader.picture("payment-declined-phone-dark")
    page.get_by_role("link", name="Back").click()  # to the booking, which has not lost its place, and to the page again
    expect(page.get_by_role("heading", name="Waiting for your payment")).to_be_visible()
    expect(page.get_by_text("The card was declined.")).to_be_visible(timeout=SLOWLY)
    reader.picture("booking-declined-phone-dark")
    page.get_by_role("button", name=re.compile(r"^Pay ")).click()
    pay(page, APPROVED)
    expect_booked(page)
    reader.picture("booking-confirmed-phone-dark")


def test_the_bank_asks_and_its_no_and_yes_are_obeyed(open_page):
    reader = opened(open_page, "free_till_late", dark=True)
    page = reader.page
    hold(page)
    to_the_providers_page(page)
    pay(page, ASKS_THE_BANK)
    reader.picture("payment-challenge-wide-dark")
    page.get_by_role("button", name="Refuse").click()
    expect(page.get_by_role("alert")).to_be_visible()
    pay(page, ASKS_THE_BANK)
    page.get_by_role("button", name="Approve").click()
    expect_booked(page)
    reader.picture("booking-confirmed-wide-dark")


def test_a_tab_closed_after_paying_is_booked_and_strangers_see_nothing_of_it(open_page, worker):
    reader = opened(open_page, "free_till_late")
    page = reader.page
    hold(page)
    to_the_providers_page(page)
    booking_id = the_last_booking()
    page.route("**/bookings/**", lambda route: route.abort())  # the way back is never gone
    with page.expect_request(lambda request: f"/bookings/{booking_id}" in request.url):
        pay(page, APPROVED)
    page.close()
    link = letters_link(worker, booking_id)
    owner = open_page(phone=True)
    owner.page.goto(link)
    expect_booked(owner.page)
    stranger = open_page()
    stranger.expects_failures = True
    for address in (link.split("#")[0], link[:-4] + "AAAA"):
        stranger.page.goto("about:blank")
        stranger.page.goto(address)
        expect(stranger.page.get_by_role("heading", name="This booking cannot be opened here")).to_be_visible()
        expect(stranger.page.get_by_text("Tasting menu")).to_have_count(0)
        expect(stranger.page.get_by_text("Aino")).to_have_count(0)
    stranger.picture("booking-stranger-wide-light")


def test_a_hold_that_runs_out_is_told_and_goes_to_who_is_quicker(open_page):
    """The clock of the page and the row in the database are moved alike."""
    reader = open_page()
    page = reader.page
    page.clock.install()
    page.set_default_timeout(SLOWLY * 2)
    reader.goto(f"/?open=deal:{TABLES['only_one']}:{TABLES_PLACE}")
    hold(page)
    mine = the_last_booking()
    taken = page.locator("vn-book .facts span").first.text_content()
    with psycopg.connect(conftest.SITE["DATABASE_URL"].replace("postgis://", "postgresql://")) as connection:
        connection.execute("UPDATE booking_booking SET expires_at = statement_timestamp() WHERE id = %s", [mine])
    page.get_by_label("Name").fill("Aino Example")
    page.get_by_label("E-mail").fill("aino@example.com")
    reader.expects_failures = True  # 410
    page.get_by_role("button", name=re.compile(r"^Pay ")).click()
    expect(page.get_by_role("alert")).to_contain_text("It is not kept for you any more.")
    page.clock.fast_forward("15:00")
    expect(page.get_by_text("Kept for you for")).to_have_count(0)
    expect(page.get_by_text("It is not kept for you any more.")).to_have_count(1)
    expect(page.get_by_role("button", name=re.compile(r"^Pay "))).to_be_disabled()
    reader.picture("booking-lapsed-wide-light")
    quicker = opened(open_page, "only_one")
    hold(quicker.page)
    assert quicker.page.locator("vn-book .facts span").first.text_content() == taken
    before = page.locator("vn-book .times button").count()
    page.get_by_role("button", name="Another time").click()
    expect(page.locator("vn-book .times button").first).to_be_visible()
    assert before == 0
    page.locator("vn-book .times button").last.click()
    expect(page.get_by_role("heading", name="Who books?")).to_be_visible()
    assert page.locator("vn-book .facts span").first.text_content() != taken


def test_a_table_for_two_shows_its_times_of_this_week_and_of_later_ones(open_page):
    """Times are first asked for one person, whom a table for two does not take."""
    reader = opened(open_page, "for_two")
    page = reader.page
    page.get_by_role("button", name="Book", exact=True).click()
    expect(page.locator("vn-book .times button").first).to_be_visible()
    expect(page.locator("vn-book select")).to_have_value("2")
    days = page.locator("vn-book section p").all_text_contents()
    for _ in range(4):
        page.get_by_role("button", name="Later times").click()
        expect(page.locator("vn-book section p").first).not_to_have_text(days[0])
        expect(page.locator("vn-book .times button").first).to_be_visible()
        days += [day for day in page.locator("vn-book section p").all_text_contents() if day not in days]
    expect(page.get_by_role("button", name="Later times")).to_have_count(0)
    expect(page.get_by_role("button", name="Earlier times")).to_be_visible()
    assert len(days) == 31  # today, and thirty days ahead
    reader.picture("booking-times-wide-light")


def test_one_cancelled_too_late_says_that_nothing_comes_back(open_page):
    reader = opened(open_page, "never_given_back")
    page = reader.page
    hold(page)
    to_the_providers_page(page)
    pay(page, APPROVED)
    expect_booked(page)
    page.get_by_role("button", name="Cancel booking").click()
    expect(page.get_by_text("Nothing of what you paid comes back.")).to_be_visible()
    page.get_by_role("button", name="Yes, cancel").click()
    expect(page.get_by_text("Nothing comes back: it was cancelled too late for that")).to_be_visible()
