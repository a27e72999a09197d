"""Who lost the link finds their bookings in a browser: by a mailed code, or signed in; and all that can go wrong."""

from __future__ import annotations

import json
import re
import time
import uuid

import psycopg
import pytest
import requests
from playwright.sync_api import expect

from tests.e2e import conftest
from tests.e2e.fill_site import STAFF, STAFF_PASSWORD, TABLES, TABLES_PLACE
from tests.e2e.test_booking import hold, the_last_booking
from tests.e2e.test_states import LOOKS, faults

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.usefixtures("worker")]
SLOWLY = 60_000
"""Milliseconds: for what a worker does, on a machine that is busy."""


def book(url: str, email: str, *, cancelled: bool = False) -> str:
    """One that awaits payment; its id."""

    def write(path: str, body: dict, token: str = "") -> dict:
        headers = {"Idempotency-Key": str(uuid.uuid4()), **({"Authorization": f"Bearer {token}"} if token else {})}
        answer = requests.post(f"{url}/v1/{path}", json=body, headers=headers, timeout=30)
        assert answer.ok, answer.text
        return answer.json()

    offer = f"{TABLES['free_till_late']}/availability?place_id={TABLES_PLACE}"
    start = requests.get(f"{url}/v1/deals/{offer}", timeout=30).json()["starts"][-1]["starts_at"]
    what = {"deal_id": str(TABLES["free_till_late"]), "place_id": str(TABLES_PLACE), "starts_at": start}
    held = write("holds", what)
    booking_id, token = held["booking"]["id"], held["token"]
    write("bookings", {"hold_id": booking_id, "contact": {"name": "Aino", "email": email}}, token)
    if cancelled:
        write(f"bookings/{booking_id}/cancel", {}, token)
    return booking_id


def letters_code(log, email: str, *, but: str = "") -> str:
    """The code of the last letter to the address, once it is another than `but`."""
    for _ in range(240):
        found = re.findall(rf"To: {email}\n.*?^([A-Z]{{4}}-[A-Z]{{4}})$", text_of(log), re.DOTALL | re.MULTILINE)
        if found and found[-1] != but:
            return found[-1]
        time.sleep(0.25)
    raise TimeoutError("no letter")


def text_of(log) -> str:
    return log.read_text("utf-8", "replace")


def database() -> psycopg.Connection:
    return psycopg.connect(conftest.SITE["DATABASE_URL"].replace("postgis://", "postgresql://"))


def in_database(statement: str, *values: str) -> None:
    with database() as connection:
        connection.execute(statement, values)


def address() -> str:
    return f"aino-{uuid.uuid4().hex[:8]}@example.com"


def opened(open_page, **look):
    reader = open_page(**look)
    reader.page.set_default_timeout(SLOWLY)
    reader.goto("/bookings")
    return reader


def ask_for_code(page, email: str) -> None:
    page.get_by_label("E-mail").fill(email)
    page.get_by_role("button", name="Send me a code").click()
    expect(page.get_by_label("Code", exact=True)).to_be_focused()


def show(page, code: str) -> None:
    page.get_by_label("Code", exact=True).fill(code)
    page.get_by_role("button", name="Show my bookings").click()


def test_by_keyboard_from_the_map_to_the_booking_and_its_end(open_page, worker, site_url):
    email = address()
    booking_id = book(site_url, email)
    reader = open_page()
    page = reader.page
    page.set_default_timeout(SLOWLY)
    reader.show("/?q=harbour+tasting&kind=deal")
    page.locator("vn-header").get_by_role("link", name="Your bookings").press("Enter")
    page.get_by_label("E-mail").focus()
    page.keyboard.type(email.upper())
    page.keyboard.press("Enter")
    expect(page.get_by_label("Code", exact=True)).to_be_focused()
    page.keyboard.type(letters_code(worker, email).replace("-", " ").lower())
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=f"Bookings of {email}")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name=re.compile("Tasting menu"))).to_be_focused()
    expect(page.locator("vn-my-bookings li")).to_contain_text("Waiting for your payment · €41")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{site_url}/bookings/{booking_id}")
    expect(page.get_by_role("heading", name="Waiting for your payment")).to_be_visible()
    page.get_by_role("button", name="Cancel booking").press("Enter")
    expect(page.get_by_role("heading", name="Cancelled")).to_be_visible()
    page.get_by_role("link", name="All your bookings").press("Enter")
    expect(page.locator("vn-my-bookings li")).to_contain_text("Cancelled · €41")
    page.get_by_role("button", name="Another address").press("Enter")
    expect(page.get_by_label("E-mail")).to_be_focused()
    reader.expects_failures = True  # 404: no payment was begun
    reader.goto(f"/bookings/{booking_id}")
    expect(page.get_by_role("heading", name="This booking cannot be opened here")).to_be_visible()
    expect(page.get_by_role("link", name="Find my bookings")).to_have_attribute("href", "/bookings")


@pytest.mark.parametrize(("phone", "dark"), LOOKS, ids=["wide-light", "wide-dark", "phone-light", "phone-dark"])
def test_every_step_reads_well(open_page, worker, site_url, phone, dark):
    email, look = address(), f"{'phone' if phone else 'wide'}-{'dark' if dark else 'light'}"
    book(site_url, email)
    book(site_url, email, cancelled=True)
    reader = opened(open_page, phone=phone, dark=dark)
    reader.expects_failures = True  # 400
    page = reader.page

    def reads_well(step: str) -> None:
        reader.picture(f"my-bookings-{step}-{look}")
        assert faults(page) == []
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")

    expect(page.get_by_label("E-mail")).to_be_visible()
    reads_well("email")
    page.get_by_label("E-mail").fill("no address")
    page.get_by_role("button", name="Send me a code").click()
    expect(page.get_by_role("alert")).to_have_text("This is no e-mail address. Look at it again.")
    reads_well("email-wrong")
    ask_for_code(page, email)
    expect(page.get_by_role("alert")).to_have_count(0)
    reads_well("code")
    show(page, "AEIOU")
    expect(page.get_by_role("alert")).to_have_text("This is not the code of the last letter. Look at it again.")
    reads_well("code-wrong")
    show(page, letters_code(worker, email))
    expect(page.locator("vn-my-bookings li")).to_have_count(2)
    reads_well("list")
    page.get_by_role("button", name="Another address").click()
    nobody = address()
    ask_for_code(page, nobody)
    show(page, letters_code(worker, nobody))
    expect(page.get_by_text("There are none.")).to_be_visible()
    reads_well("empty")


def test_in_chinese(open_page, worker, site_url):
    email = address()
    book(site_url, email)
    reader = opened(open_page, phone=True, locale="zh-CN")
    page = reader.page
    page.get_by_label("电子邮箱").fill(email)
    page.get_by_role("button", name="发送验证码").click()
    page.get_by_label("验证码", exact=True).fill(letters_code(worker, email))
    page.get_by_role("button", name="查看我的预订").click()
    expect(page.get_by_role("heading", name=f"{email} 的预订")).to_be_visible()
    expect(page.locator("vn-my-bookings li")).to_contain_text("等待付款")
    reader.picture("my-bookings-list-chinese")
    assert faults(page) == []


def test_a_code_that_is_too_old_or_was_tried_too_often_says_so_and_another_opens(open_page, worker, site_url):
    email = address()
    book(site_url, email)
    reader = opened(open_page)
    reader.expects_failures = True  # 400, 409, 410
    page = reader.page
    ask_for_code(page, email)
    first = letters_code(worker, email)
    in_database("UPDATE guests_code SET expires_at = statement_timestamp() WHERE email = %s", email)
    show(page, first)
    expect(page.get_by_role("alert")).to_have_text("This code is too old, or was used. Have a new one sent.")
    reader.picture("my-bookings-code-expired")
    page.get_by_role("button", name="Send a new code").click()
    expect(page.get_by_role("alert")).to_have_count(0)
    second = letters_code(worker, email, but=first)
    for _ in range(5):
        with page.expect_response("**/v1/guests/sessions"):
            show(page, first)
        expect(page.get_by_role("alert")).to_have_text("This is not the code of the last letter. Look at it again.")
    show(page, second)
    expect(page.get_by_role("alert")).to_have_text("The code was tried too often. Have a new one sent.")
    reader.picture("my-bookings-code-used-up")
    page.get_by_role("button", name="Send a new code").click()
    expect(page.get_by_role("alert")).to_have_count(0)
    show(page, letters_code(worker, email, but=second))
    expect(page.locator("vn-my-bookings li")).to_have_count(1)
    in_database("UPDATE guests_session SET expires_at = statement_timestamp() WHERE email = %s", email)
    page.reload()
    expect(page.get_by_role("alert")).to_have_text("Your code has run out. Have a new one sent.")
    expect(page.get_by_label("E-mail")).to_have_value(email)


def test_older_bookings_follow_the_newest(open_page, worker, site_url):
    email = address()
    for _ in range(21):
        book(site_url, email, cancelled=True)
    reader = opened(open_page)
    page = reader.page
    ask_for_code(page, email)
    show(page, letters_code(worker, email))
    expect(page.locator("vn-my-bookings li")).to_have_count(20)
    page.get_by_role("button", name="Earlier bookings").click()
    expect(page.locator("vn-my-bookings li")).to_have_count(21)
    expect(page.locator("vn-my-bookings li a").last).to_be_focused()
    expect(page.get_by_role("button", name="Earlier bookings")).to_have_count(0)


def signed_in(open_page, site_url, email: str):
    """A browser with the session of the account."""
    reader = open_page()
    reader.page.set_default_timeout(SLOWLY)
    asks = reader.page.context.request
    asks.get(f"{site_url}/v1/auth/session")
    csrf = next(each["value"] for each in reader.page.context.cookies() if each["name"] == "csrftoken")
    answer = asks.post(
        f"{site_url}/v1/auth/browser/password",
        data=json.dumps({"email": email, "password": STAFF_PASSWORD}),
        headers={"Content-Type": "application/json", "X-CSRFToken": csrf},
    )
    assert answer.ok, answer.text()
    return reader


def test_who_is_signed_in_sees_theirs_at_once_and_acts_without_a_token(open_page, site_url):
    booking_id = book(site_url, STAFF[0])
    reader = signed_in(open_page, site_url, STAFF[0])
    reader.expects_failures = True  # 404: no payment was begun
    reader.goto("/bookings")
    page = reader.page
    expect(page.get_by_role("heading", name="Bookings of your account")).to_be_visible()
    page.locator(f'vn-my-bookings a[href="/bookings/{booking_id}"]').click()
    expect(page.get_by_role("heading", name="Waiting for your payment")).to_be_visible()
    page.get_by_role("button", name="Cancel booking").click()
    expect(page.get_by_role("heading", name="Cancelled")).to_be_visible()


def test_who_is_signed_in_holds_for_the_account(open_page, site_url):
    reader = signed_in(open_page, site_url, STAFF[1])
    reader.goto(f"/?open=deal:{TABLES['never_given_back']}:{TABLES_PLACE}")
    hold(reader.page)
    with database() as connection:
        rows = connection.execute(
            "SELECT booking.id::text FROM booking_booking AS booking JOIN auth_user ON auth_user.id = booking.user_id"
            " WHERE auth_user.email = %s",
            [STAFF[1]],
        ).fetchall()
    assert rows == [(the_last_booking(),)]
