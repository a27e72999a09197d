"""A full evening in a browser: one guest waits, another cancels, and the letter's link ends in a booking."""

from __future__ import annotations

import re
import time

import psycopg
import pytest
from playwright.sync_api import expect

from tests.e2e import conftest
from tests.e2e.fill_site import TABLES, TABLES_PLACE
from tests.e2e.test_booking import (
    APPROVED,
    SLOWLY,
    expect_booked,
    hold,
    letters_link,
    opened,
    pay,
    to_the_providers_page,
)
from tests.e2e.test_states import faults

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.usefixtures("worker")]


def offer_of_who_is(state: str) -> str:
    """The booking of the one entry in this state, as soon as there is one."""
    url = conftest.SITE["DATABASE_URL"].replace("postgis://", "postgresql://")
    with psycopg.connect(url, autocommit=True) as connection:
        for _ in range(240):
            row = connection.execute("SELECT offer_id FROM waitlist_entry WHERE state = %s", [state]).fetchone()
            if row:
                return str(row[0])
            time.sleep(0.25)
    raise TimeoutError(state)


def full_day(page):
    """The section of the day that is taken."""
    page.get_by_role("button", name="Book", exact=True).click()
    section = page.locator("vn-book section").filter(has_text="Every time is taken.")
    expect(section).to_have_count(1)
    return section


def test_who_waits_for_a_full_evening_is_written_to_when_another_cancels(open_page, worker):
    quick = opened(open_page, "once_a_day")
    hold(quick.page)
    day = quick.page.locator("vn-book .facts span").first.text_content()
    to_the_providers_page(quick.page)
    pay(quick.page, APPROVED)
    expect_booked(quick.page)

    waiting = opened(open_page, "once_a_day", phone=True)
    page = waiting.page
    section = full_day(page)
    assert day is not None
    assert day.startswith(section.locator("p").first.text_content() or "nothing")
    waiting.picture("waitlist-full-phone-light")
    section.get_by_role("button", name="Tell me when a place is free").press("Enter")
    expect(page.get_by_role("heading", name="Tell me when a place is free")).to_be_focused()
    assert faults(page) == []
    waiting.picture("waitlist-form-phone-light")
    page.keyboard.press("Tab")
    page.keyboard.type("Eino Example")
    page.keyboard.press("Tab")
    page.keyboard.type("eino@example.com")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="You are on the list")).to_be_focused()
    expect(page.get_by_text("You are number 1 in the queue.")).to_be_visible()
    waiting.picture("waitlist-joined-phone-light")
    page.get_by_role("link", name="See where I stand").click()
    expect(page.get_by_role("heading", name="You are on the list")).to_be_visible()
    assert faults(page) == []

    second = opened(open_page, "once_a_day", dark=True)
    full_day(second.page).get_by_role("button", name="Tell me when a place is free").click()
    second.page.get_by_label("Name").fill("Oiva Example")
    second.page.get_by_label("E-mail").fill("eino@example.com")
    second.expects_failures = True  # 409
    second.page.get_by_role("button", name="Put me on the list").click()
    expect(second.page.get_by_role("alert")).to_contain_text("on the list for these times already")
    second.page.get_by_label("E-mail").fill("oiva@example.com")
    second.page.get_by_role("button", name="Put me on the list").click()
    expect(second.page.get_by_text("You are number 2 in the queue.")).to_be_visible()
    second.picture("waitlist-joined-wide-dark")
    second.page.get_by_role("link", name="See where I stand").click()

    quick.page.get_by_role("button", name="Cancel booking").click()
    quick.page.get_by_role("button", name="Yes, cancel").click()
    expect(quick.page.get_by_role("heading", name="Cancelled")).to_be_visible()

    link = letters_link(worker, offer_of_who_is("offered"))
    expect(page.get_by_role("heading", name="A place is free for you")).to_be_visible(timeout=SLOWLY)
    expect(page.locator("vn-my-waiting .countdown")).to_contain_text(re.compile(r"Kept for you for \d+:\d\d"))
    waiting.picture("waitlist-offered-phone-light")
    expect(second.page.get_by_text("You are number 1 in the queue.")).to_be_visible(timeout=SLOWLY)

    reader = open_page(dark=True)
    reader.page.goto(link)
    expect(reader.page.locator("vn-my-booking .countdown")).to_contain_text(re.compile(r"Kept for you for 1[0-4]:\d\d"))
    assert "token" not in reader.page.url
    assert reader.page.locator("vn-my-booking .facts span").first.text_content() == day
    expect(reader.page.get_by_label("Name")).to_have_value("Eino Example")
    expect(reader.page.get_by_label("E-mail")).to_have_value("eino@example.com")
    assert faults(reader.page) == []
    reader.picture("waitlist-offer-wide-dark")
    reader.page.get_by_role("button", name=re.compile(r"^Pay ")).click()
    expect(reader.page.get_by_text("This provider is simulated")).to_be_visible()
    pay(reader.page, APPROVED)
    expect_booked(reader.page)
    expect(page.get_by_role("heading", name="Booked")).to_be_visible(timeout=SLOWLY)
    booked = offer_of_who_is("booked")
    assert page.get_by_role("link", name="See the booking").get_attribute("href") == f"/bookings/{booked}"

    second.page.get_by_role("button", name="Leave the list").click()
    expect(second.page.get_by_role("heading", name="You left the list")).to_be_visible()


def test_a_reader_of_chinese_lets_an_offer_go_and_a_stranger_sees_nothing_of_it(open_page):
    quick = opened(open_page, "once_a_day")
    quick.page.get_by_role("button", name="Book", exact=True).click()
    quick.page.locator("vn-book .times button").nth(2).click()
    expect(quick.page.get_by_role("heading", name="Who books?")).to_be_visible()

    waiting = open_page(locale="zh-CN")
    waiting.page.set_default_timeout(SLOWLY * 2)
    waiting.goto(f"/?open=deal:{TABLES['once_a_day']}:{TABLES_PLACE}")
    waiting.page.get_by_role("button", name="预订", exact=True).click()
    waiting.page.locator("vn-book section").filter(has_text="全部时间已订满").first.get_by_role(
        "button", name="有空位时通知我"
    ).click()
    waiting.page.get_by_label("姓名").fill("王小明")
    waiting.page.get_by_label("电子邮箱").fill("wang@example.com")
    waiting.page.get_by_role("button", name="加入候补").click()
    expect(waiting.page.get_by_text("您排在第 1 位")).to_be_visible()
    waiting.picture("waitlist-joined-wide-light-zh")
    waiting.page.get_by_role("link", name="查看候补情况").click()
    expect(waiting.page.get_by_role("heading", name="您已加入候补")).to_be_visible()

    quick.page.get_by_role("button", name="Another time").click()
    expect(waiting.page.get_by_role("heading", name="有空位了")).to_be_visible(timeout=SLOWLY)
    waiting.page.get_by_role("link", name="查看并预订").click()
    expect(waiting.page.get_by_role("heading", name="已保留,尚未预订")).to_be_visible()
    stranger = open_page()
    stranger.expects_failures = True
    stranger.page.goto(waiting.page.url)
    expect(stranger.page.get_by_role("heading", name="This booking cannot be opened here")).to_be_visible()
    stranger.goto("/waitlist/00000000-0000-0000-0000-000000000009#token=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
    expect(stranger.page.get_by_role("heading", name="This place on a list cannot be opened here")).to_be_visible()
    waiting.expects_failures = True  # 404: no payment was begun for what was let go
    waiting.page.get_by_role("button", name="放弃").click()
    expect(waiting.page.get_by_role("heading", name="已取消")).to_be_visible()
