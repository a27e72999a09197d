"""From a deal to a prepaid booking in a browser, its calendar file, its letter's link, and its cancellation."""

from __future__ import annotations

import re
import subprocess
import sys
import time

import pytest
from playwright.sync_api import expect

from tests.e2e import conftest
from tests.e2e.fill_site import TABLES, TABLES_PLACE

pytestmark = [pytest.mark.browser, pytest.mark.slow]

APPROVED = "4242 4242 4242 4242"
SLOWLY = 60_000
"""Milliseconds: for what a worker does, on a machine that is busy."""


@pytest.fixture(scope="module", autouse=True)
def worker(site_url, tmp_path_factory):
    """The worker, whose threads look at payments, send the simulator's notifications and write letters to its log."""
    log = tmp_path_factory.mktemp("worker") / "log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "celery", "--app", "config", "worker", "--concurrency", "1", "--loglevel", "INFO"],
            cwd=conftest.ROOT,
            env=conftest.SITE,
            stdout=out,
            stderr=out,
        )
        yield log
        process.terminate()
        process.wait(timeout=30)


def to_the_providers_page(page):
    """Deal → time → contact → the hosted page. The last time shown is days away, so that the policy's tiers are too."""
    page.get_by_role("button", name="Book", exact=True).click()
    page.locator("vn-book .times button").last.click()
    expect(page.get_by_role("heading", name="Who books?")).to_be_visible()
    expect(page.locator("vn-book .countdown")).to_contain_text(re.compile(r"Kept for you for \d+:\d\d"))
    expect(page.locator("vn-book .policy p").first).to_be_visible()
    page.get_by_label("Name").fill("Aino Example")
    page.get_by_label("E-mail").fill("aino@example.com")
    page.get_by_role("button", name=re.compile(r"^Pay ")).click()
    expect(page.get_by_text("This provider is simulated")).to_be_visible()


def opened(open_page, table):
    reader = open_page()
    reader.page.set_default_timeout(SLOWLY * 2)  # the map is drawn by software, and the worker wants the machine too
    reader.goto(f"/?open=deal:{TABLES[table]}:{TABLES_PLACE}")
    return reader


def pay(page, card):
    page.get_by_label("Card number").fill(card)
    page.get_by_role("button", name=re.compile(r"^Pay ")).click()


def cancel(page):
    page.get_by_role("button", name="Cancel booking").click()
    page.get_by_role("button", name="Yes, cancel").click()
    expect(page.get_by_role("heading", name="Cancelled")).to_be_visible()


def test_an_approved_card_ends_in_a_confirmed_booking(open_page, worker):
    reader = opened(open_page, "free_till_late")
    page = reader.page
    to_the_providers_page(page)
    pay(page, APPROVED)
    expect(page.get_by_role("heading", name="Booked")).to_be_visible(timeout=SLOWLY)
    expect(page.locator("vn-my-booking .qr img")).to_be_visible()
    reader.picture("booking-confirmed")
    with page.expect_download() as download:
        page.get_by_role("button", name="Add to calendar").click()
    assert download.value.suggested_filename == "booking.ics"
    text = download.value.path().read_text("utf-8")
    assert text.startswith("BEGIN:VCALENDAR")
    assert "STATUS:CONFIRMED" in text
    link = in_the_letter(worker, page.url.rsplit("/", 1)[1])
    other = open_page()
    other.page.goto(link)
    expect(other.page.get_by_role("heading", name="Booked")).to_be_visible()
    assert "token" not in other.page.url
    cancel(other.page)
    expect(other.page.get_by_text("€41 was sent back to you")).to_be_visible(timeout=SLOWLY)


def test_a_table_for_two_shows_its_times_and_one_cancelled_too_late_says_that_nothing_comes_back(open_page, worker):
    """Times are first asked for one person, whom a table for two does not take."""
    reader = opened(open_page, "for_two")
    reader.page.get_by_role("button", name="Book", exact=True).click()
    expect(reader.page.locator("vn-book .times button").first).to_be_visible()
    expect(reader.page.locator("vn-book select")).to_have_value("2")
    reader = opened(open_page, "never_given_back")
    page = reader.page
    to_the_providers_page(page)
    pay(page, APPROVED)
    expect(page.get_by_role("heading", name="Booked")).to_be_visible(timeout=SLOWLY)
    page.get_by_role("button", name="Cancel booking").click()
    expect(page.get_by_text("Nothing of what you paid comes back.")).to_be_visible()
    page.get_by_role("button", name="Yes, cancel").click()
    expect(page.get_by_text("Nothing comes back: it was cancelled too late for that")).to_be_visible()


def in_the_letter(log, booking_id) -> str:
    for _ in range(240):
        found = re.search(rf"http://\S+/bookings/{booking_id}#token=[\w-]+", log.read_text("utf-8", "replace"))
        if found:
            return found[0]
        time.sleep(0.25)
    raise TimeoutError("no letter")
