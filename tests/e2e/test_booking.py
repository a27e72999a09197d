"""From a deal to a prepaid booking in a browser, its calendar file, its letter's link, and its cancellation."""

from __future__ import annotations

import re
import subprocess
import sys
import time

import psycopg
import pytest
from playwright.sync_api import expect

from tests.e2e import conftest

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


@pytest.fixture
def offer(site_url):
    """(deal, place) of a deal that is booked for a time and paid ahead."""
    with psycopg.connect(conftest.SITE["DATABASE_URL"].replace("postgis://", "postgresql://")) as connection:
        row = connection.execute(
            "SELECT service.deal_id, service.branch_id FROM booking_service AS service"
            " JOIN deals_deal AS deal ON deal.id = service.deal_id"
            " WHERE service.is_offered AND service.deposit_percent > 0 AND service.capacity > 3"
            " AND deal.state = 'live' AND deal.valid_from <= now() AND deal.valid_until > now() + interval '5 days'"
            " AND service.mode = 'visit' ORDER BY service.capacity DESC, service.id LIMIT 1"
        ).fetchone()
    assert row is not None
    return row


def to_the_providers_page(page, offer):
    """Deal → time → contact → the hosted page."""
    page.get_by_role("button", name="Book", exact=True).click()
    page.locator("vn-book .times button").first.click()
    expect(page.get_by_role("heading", name="Who books?")).to_be_visible()
    expect(page.locator("vn-book .countdown")).to_contain_text(re.compile(r"Kept for you for \d+:\d\d"))
    expect(page.locator("vn-book .policy p").first).to_be_visible()
    page.get_by_label("Name").fill("Aino Example")
    page.get_by_label("E-mail").fill("aino@example.com")
    page.get_by_role("button", name=re.compile(r"^Pay ")).click()
    expect(page.get_by_text("This provider is simulated")).to_be_visible()


def opened(open_page, offer):
    reader = open_page()
    reader.page.set_default_timeout(SLOWLY * 2)  # the map is drawn by software, and the worker wants the machine too
    deal, place = offer
    reader.goto(f"/?open=deal:{deal}:{place}")
    return reader


def pay(page, card):
    page.get_by_label("Card number").fill(card)
    page.get_by_role("button", name=re.compile(r"^Pay ")).click()


def test_an_approved_card_ends_in_a_confirmed_booking(open_page, offer, worker):
    reader = opened(open_page, offer)
    page = reader.page
    to_the_providers_page(page, offer)
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
    other.page.get_by_role("button", name="Cancel booking").click()
    other.page.get_by_role("button", name="Yes, cancel").click()
    expect(other.page.get_by_role("heading", name="Cancelled")).to_be_visible()
    expect(other.page.get_by_text("was sent back to you")).to_be_visible(timeout=SLOWLY)


def in_the_letter(log, booking_id) -> str:
    for _ in range(240):
        found = re.search(rf"http://\S+/bookings/{booking_id}#token=[\w-]+", log.read_text("utf-8", "replace"))
        if found:
            return found[0]
        time.sleep(0.25)
    raise TimeoutError("no letter")
