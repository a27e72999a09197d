"""A booking is had at another time in a browser: what changes with it, and why it may keep its own."""

from __future__ import annotations

import re
import time
import uuid

import pytest
import requests
from playwright.sync_api import expect

from tests.e2e.fill_site import TABLES, TABLES_PLACE, VISIT
from tests.e2e.test_booking import SLOWLY
from tests.e2e.test_my_bookings import database, in_database
from tests.e2e.test_states import LOOKS, faults

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.usefixtures("worker")]
HOME = {"address": "Laivasillankatu 3 B 12", "lat": 60.1668, "lon": 24.9560}


def write(url: str, path: str, body: dict, token: str = "") -> dict:
    headers = {"Idempotency-Key": str(uuid.uuid4()), **({"Authorization": f"Bearer {token}"} if token else {})}
    answer = requests.post(f"{url}/v1/{path}", json=body, headers=headers, timeout=30)
    assert answer.ok, answer.text
    return answer.json()


def starts_of(url: str, deal) -> list[str]:
    offer = requests.get(f"{url}/v1/deals/{deal}/availability?place_id={TABLES_PLACE}", timeout=30).json()
    return [start["starts_at"] for start in offer["starts"]]


def held(url: str, deal, starts_at: str, **more) -> tuple[str, str]:
    body = {"deal_id": str(deal), "place_id": str(TABLES_PLACE), "starts_at": starts_at, **more}
    made = write(url, "holds", body)
    return made["booking"]["id"], made["token"]


def confirmed(url: str, deal, starts_at: str, **more) -> tuple[str, str]:
    """Booked and paid: its id and its token."""
    booking_id, token = held(url, deal, starts_at, **more)
    contact = {"name": "Aino", "email": f"aino-{uuid.uuid4().hex[:8]}@example.com"}
    write(url, "bookings", {"hold_id": booking_id, "contact": contact}, token)
    in_database(
        "UPDATE booking_booking SET state = 'confirmed', paid_minor = deposit_minor, expires_at = NULL,"
        " confirmed_at = statement_timestamp() WHERE id = %s",
        booking_id,
    )
    return booking_id, token


def opened(open_page, booking, **look):
    reader = open_page(**look)
    reader.page.set_default_timeout(SLOWLY)
    reader.expects_failures = True  # 404: its payment was not made on our pages
    reader.goto(f"/bookings/{booking[0]}#token={booking[1]}")
    return reader


def start_of(booking) -> str:
    with database() as connection:
        row = connection.execute("SELECT starts_at FROM booking_booking WHERE id = %s", [booking[0]]).fetchone()
    assert row is not None
    return row[0].strftime("%Y-%m-%dT%H:%M:%SZ")


def choose(page, clock=None):
    times = page.locator("vn-move .times button")
    (times if clock is None else times.filter(has_text=clock)).last.click()
    expect(page.get_by_role("heading", name="Move it to this time?")).to_be_focused()


def noon_of(starts: list[str]) -> str:
    """Days from now: within the service area's hours in Helsinki, whose clock is two or three hours on."""
    return next(start for start in starts[72:] if "T10:00" in start)


def test_a_visit_moves_to_a_time_at_which_the_place_comes_there_and_to_no_other(open_page, worker, site_url):
    noon = noon_of(starts_of(site_url, VISIT))
    booking = confirmed(site_url, VISIT, noon, **HOME)
    reader = opened(open_page, booking)
    page = reader.page
    before = page.locator("vn-my-booking .facts span").nth(1).text_content()
    page.get_by_role("button", name="Change the time").click()
    expect(page.get_by_role("heading", name="Choose a time")).to_be_visible()
    assert faults(page) == []
    reader.picture("move-times-wide-light")
    choose(page, "23:30")
    expect(page.locator("vn-move .facts")).to_contain_text("The price stays: €39")
    expect(page.locator("vn-move .facts")).to_contain_text("At your address: Laivasillankatu 3 B 12")
    expect(page.locator("vn-move .policy")).to_contain_text("22:30.")  # an hour before, as was agreed
    page.get_by_role("button", name="Yes, move it").click()
    expect(page.locator("vn-move").get_by_role("alert")).to_contain_text("does not come to your address at this time")
    assert start_of(booking) == noon
    assert faults(page) == []
    reader.picture("move-not-served-wide-light")
    choose(page, "13:30")
    reader.picture("move-sure-wide-light")
    assert faults(page) == []
    page.get_by_role("button", name="Yes, move it").press("Enter")
    expect(page.get_by_role("heading", name="Moved to another time")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator("vn-my-booking .facts span").nth(1)).to_contain_text("13:30")
    assert page.locator("vn-my-booking .facts span").nth(1).text_content() != before
    assert start_of(booking) != noon
    reader.picture("move-done-wide-light")
    for _ in range(240):
        if re.search(rf"Moved: Knives.*?/bookings/{booking[0]}", worker.read_text("utf-8", "replace"), re.DOTALL):
            break
        time.sleep(0.25)
    else:
        raise TimeoutError("no letter")


def test_who_is_not_quick_enough_keeps_their_time(open_page, site_url):
    *_, mine, wanted = starts_of(site_url, TABLES["only_one"])
    booking = confirmed(site_url, TABLES["only_one"], mine)
    reader = opened(open_page, booking, phone=True, dark=True)
    page = reader.page
    page.get_by_role("button", name="Change the time").click()
    choose(page)
    reader.picture("move-sure-phone-dark")
    held(site_url, TABLES["only_one"], wanted)
    page.get_by_role("button", name="Yes, move it").click()
    expect(page.locator("vn-move").get_by_role("alert")).to_contain_text("Somebody else was quicker")
    expect(page.locator("vn-move .times button").first).to_be_visible()
    assert faults(page) == []
    reader.picture("move-taken-phone-dark")
    assert start_of(booking) == mine
    choose(page)
    page.get_by_role("button", name="Yes, move it").click()
    expect(page.get_by_role("heading", name="Moved to another time")).to_be_visible()
    assert start_of(booking) not in (mine, wanted)


def test_what_would_cost_something_is_not_moved_and_says_so(open_page, site_url):
    booking = confirmed(site_url, TABLES["never_given_back"], starts_of(site_url, TABLES["never_given_back"])[-1])
    reader = opened(open_page, booking)
    expect(reader.page.get_by_text("It is too late to move it without cost.")).to_be_visible()
    expect(reader.page.get_by_role("button", name="Cancel booking")).to_be_visible()
    expect(reader.page.get_by_role("button", name="Change the time")).to_have_count(0)
    reader.picture("move-too-late-wide-light")


@pytest.mark.parametrize(("phone", "dark"), LOOKS)
def test_the_dialog_in_every_look_and_in_chinese(open_page, site_url, phone, dark):
    booking = confirmed(site_url, TABLES["free_till_late"], starts_of(site_url, TABLES["free_till_late"])[-1])
    reader = opened(open_page, booking, phone=phone, dark=dark, locale="zh-CN")
    page = reader.page
    look = f"{'phone' if phone else 'wide'}-{'dark' if dark else 'light'}-zh"
    page.get_by_role("button", name="更改时间").click()
    expect(page.get_by_role("heading", name="选择时间")).to_be_visible()
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    reader.picture(f"move-times-{look}")
    page.get_by_role("button", name="更晚的时间").click()
    page.locator("vn-move .times button").last.click()
    expect(page.get_by_role("heading", name="改到这个时间吗?")).to_be_focused()
    assert faults(page) == []
    reader.picture(f"move-sure-{look}")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("heading", name="预订成功")).to_be_visible()
