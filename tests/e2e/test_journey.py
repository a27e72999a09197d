"""The main job in a browser: search, filter, pan, open, understand, share, switch language; also by keyboard."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_from_words_to_a_shared_link(open_page, site_url):
    reader = open_page()
    page = reader.page
    reader.show()
    page.get_by_role("combobox", name="Search places and deals").fill("coffee")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"[?&]q=coffee"))
    page.get_by_role("button", name="Open now").click()
    expect(page).to_have_url(re.compile(r"open_now=true"))
    expect(page.get_by_role("heading", name=re.compile(r"^\d+ results?$"))).to_be_visible()
    reader.settle()

    canvas = page.locator("vn-map canvas").bounding_box()
    page.mouse.move(canvas["x"] + 500, canvas["y"] + 500)
    page.mouse.down()
    page.mouse.move(canvas["x"] + 380, canvas["y"] + 460, steps=6)
    page.mouse.up()
    page.get_by_role("button", name="Search this area").click()
    expect(page).to_have_url(re.compile(r"bbox="))
    expect(page.get_by_role("button", name="Search this area")).to_have_count(0)

    page.get_by_role("button", name="Deals", exact=True).click()
    expect(page).to_have_url(re.compile(r"kind=deal"))
    page.get_by_role("button", name="Open now").click()
    reader.settle()
    first = page.locator("vn-hit-card a").first
    title = first.inner_text()
    first.click()
    expect(page.locator("vn-detail h2").first).to_have_text(title)
    expect(page.locator("vn-detail vn-price s").first).to_be_visible()
    page.get_by_role("button", name="Why here?").click()
    expect(page.get_by_role("heading", name="Why it is number 1")).to_be_visible()
    assert page.locator("vn-bars dt").count() == 5
    reader.settle()

    told = page.locator("vn-results h2").inner_text()
    other = open_page()
    other.goto(page.url.removeprefix(site_url))
    expect(other.page.locator("vn-detail h2").first).to_have_text(title)
    expect(other.page.get_by_role("heading", name="Why it is number 1")).to_be_visible()
    expect(other.page.locator("vn-results h2")).to_have_text(told)
    expect(other.page.get_by_role("combobox", name="Search places and deals")).to_have_value("coffee")
    other.settle()
    assert other.page.url == page.url

    page.get_by_role("button", name="切换到中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    expect(page.get_by_role("button", name="筛选")).to_be_visible()
    expect(page.get_by_role("heading", name="为何排第 1")).to_be_visible()
    reader.settle()


def test_back_undoes_one_step_at_a_time(open_page):
    reader = open_page()
    page = reader.page
    reader.show("/?q=coffee")
    page.get_by_role("button", name="Open now").click()
    expect(page).to_have_url(re.compile("open_now=true"))
    reader.settle()
    page.locator("vn-hit-card a").first.click()
    expect(page.locator("vn-detail")).to_be_visible()
    reader.settle()
    page.go_back()
    expect(page.locator("vn-detail")).to_have_count(0)
    expect(page).to_have_url(re.compile("open_now=true"))
    page.go_back()
    expect(page).not_to_have_url(re.compile("open_now"))
    expect(page.get_by_role("button", name="Open now")).to_have_attribute("aria-pressed", "false")
    reader.settle()


def test_who_delivers_to_an_address(open_page, site_url):
    reader = open_page()
    page = reader.page
    reader.show("/?kind=place")
    page.get_by_role("button", name="Filters", exact=True).click()
    page.get_by_role("button", name="Delivered there").click()
    expect(page).to_have_url(re.compile(r"serves=60\.\d{5},24\.\d{5}&mode=delivery"))
    expect(page.get_by_text("The address is the dot on the map.")).to_be_visible()
    page.keyboard.press("Escape")
    reader.settle()
    told = page.locator("vn-hit-card vn-served")
    expect(told).to_have_count(page.locator("vn-hit-card").count())
    expect(told.first).to_contain_text("Delivers there")
    expect(told.first).to_contain_text(re.compile(r"no fee|€[\d.]+ fee"))
    first = told.first.inner_text()
    reader.picture("who-delivers")

    page.locator("vn-hit-card a").first.click()
    expect(page.locator("vn-detail vn-served")).to_have_text(re.compile("Delivers there"))
    other = open_page()
    other.goto(page.url.removeprefix(site_url))
    expect(other.page.locator("vn-hit-card vn-served").first).to_be_attached()
    other.settle()
    assert other.page.locator("vn-hit-card vn-served").first.inner_text() == first

    page.keyboard.press("Escape")
    page.get_by_role("button", name="Filters").first.click()
    page.get_by_role("button", name="Delivered there").click()
    expect(page).to_have_url(re.compile(r"lat=60\.\d{5}&lon=24\.\d{5}&radius_metres=\d+"))
    expect(page.locator("vn-served")).to_have_count(0)
    reader.settle()


def test_an_address_that_nobody_serves_has_a_way_out(open_page):
    reader = open_page()
    page = reader.page
    reader.goto("/?serves=70.0,10.0&mode=delivery")
    expect(page.get_by_text("Nothing here passes these filters.")).to_be_visible()
    expect(page.get_by_role("button", name="Search a wider area")).to_have_count(0)
    page.get_by_role("button", name="To an address").click()
    expect(page).to_have_url(re.compile(r"lat=70\.0&lon=10\.0&radius_metres="))
    reader.settle()


def focused(page) -> str:
    """The name of what has the focus, through shadow roots."""
    return page.evaluate(
        "() => { let e = document.activeElement; while (e?.shadowRoot?.activeElement) e = e.shadowRoot.activeElement;"
        " return (e?.ariaLabel || e?.labels?.[0]?.textContent || e?.textContent || '').trim(); }"
    )


def until_focused(page, name: str) -> None:
    for _ in range(40):
        if focused(page) == name:
            return
        page.wait_for_timeout(50)
    assert focused(page) == name


def tab_to(page, name: str, most: int = 60) -> None:
    seen = []
    for _ in range(most):
        page.keyboard.press("Tab")
        seen.append(focused(page))
        if seen[-1] == name:
            return
    raise AssertionError(f"{name!r} is not reached by Tab: {seen}")


def test_the_whole_journey_by_keyboard_alone(open_page):
    reader = open_page()
    page = reader.page
    reader.show()
    page.keyboard.press("Tab")
    assert focused(page) == "Skip to the results"
    tab_to(page, "Search places and deals")
    page.keyboard.type("coffee")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("q=coffee"))
    expect(page.get_by_role("status").filter(has_text=re.compile(r"\d+ results"))).to_have_count(1)
    tab_to(page, "Filters")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    tab_to(page, "4 stars and up")
    page.keyboard.press("Space")
    expect(page).to_have_url(re.compile("rating_min=4"))
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    reader.settle()
    title = page.locator("vn-hit-card a").first.inner_text()
    tab_to(page, title)
    page.keyboard.press("Enter")
    expect(page.locator("vn-detail h2").first).to_have_text(title)
    reader.settle()
    until_focused(page, title)
    tab_to(page, "Why here?")
    page.keyboard.press("Enter")
    expect(page.locator("vn-bars")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("vn-detail")).to_have_count(0)
    until_focused(page, title)
    reader.settle()


def test_a_suggestion_is_picked_by_keys_or_by_finger(open_page):
    reader = open_page()
    page = reader.page
    reader.show()
    box = page.get_by_role("combobox", name="Search places and deals")
    box.press_sequentially("caf")
    expect(page.get_by_role("option").first).to_contain_text("Category")
    expect(page.get_by_role("status").filter(has_text=re.compile(r"^\d+ suggestions?$"))).to_have_count(1)
    box.press("ArrowDown")
    expect(page.get_by_role("option").first).to_have_attribute("aria-selected", "true")
    box.press("Enter")
    expect(page).to_have_url(re.compile(r"[?&]category=cafe(&|$)"))
    expect(page).not_to_have_url(re.compile(r"[?&](q|session)="))
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(box).to_have_value("")
    reader.settle()
    page.get_by_role("button", name="Places", exact=True).click()
    expect(page).to_have_url(re.compile(r"kind=place"))
    reader.settle()
    name = page.locator("vn-hit-card a").first.inner_text()
    box.fill(name)
    of_place = page.get_by_role("option").filter(has_text="Place").filter(has_text=name)
    of_place.first.click()
    expect(page).to_have_url(re.compile(r"[?&]open=place:"))
    expect(page.locator("vn-detail h2").first).to_have_text(name)
    expect(box).to_have_value(name)
    reader.settle()
    page.keyboard.press("Escape")
    expect(page.locator("vn-detail")).to_have_count(0)
    box.fill("no such thing anywhere")
    expect(page.get_by_text("No suggestions. Press Enter to search.").first).to_be_visible()
    box.press("Escape")
    expect(page.get_by_text("No suggestions. Press Enter to search.").first).to_be_hidden()
    reader.settle()


def test_where_the_reader_is_and_where_they_refuse_to_say(open_page):
    here = open_page(geolocation={"latitude": 60.1699, "longitude": 24.9500}, permissions=["geolocation"])
    here.show()
    here.page.get_by_role("button", name="Search near me").click()
    expect(here.page).to_have_url(re.compile(r"lat=60\.16990&lon=24\.95000"))
    here.settle()
    refused = open_page()
    refused.show()
    refused.page.get_by_role("button", name="Search near me").click()
    expect(refused.page.get_by_role("alert")).to_contain_text("Your position was not shared")


def test_a_sheet_on_a_phone_moves_by_finger_and_by_button(open_page):
    reader = open_page(phone=True)
    page = reader.page
    reader.show("/?q=coffee")
    top = lambda: page.locator("vn-sheet.list").bounding_box()["y"]  # noqa: E731 -- asked again and again
    half = top()
    page.get_by_role("button", name="Show more of the list").click()
    expect(page.locator("vn-sheet.list")).to_have_attribute("stop", "full")
    assert top() < half - 100
    grip = page.locator("vn-sheet.list .grip").bounding_box()
    page.mouse.move(grip["x"] + 5, grip["y"] + 2)
    page.mouse.down()
    page.mouse.move(grip["x"] + 5, grip["y"] + 600, steps=8)
    page.mouse.up()
    expect(page.locator("vn-sheet.list")).to_have_attribute("stop", "peek")
    assert top() > half + 100
    reader.settle()


@pytest.mark.parametrize("path", ["places", "deals"])
def test_a_qr_code_leads_to_a_page_that_reads_without_a_script(open_page, chromium, site_url, path):
    reader = open_page()
    page = reader.page
    reader.show("/?kind=place&has_deals=true" if path == "places" else "/?kind=deal")
    page.locator("vn-hit-card a").first.click()
    page.get_by_role("button", name="QR code").click()
    picture = page.get_by_role("img", name="QR code of this page's address")
    expect(picture).to_be_visible()
    source = picture.get_attribute("src")
    assert source.startswith(f"/{path}/")
    assert source.endswith("/qr.svg")
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth > 0)")
    title = page.locator("vn-detail h2").first.inner_text()
    reader.settle()
    context = chromium.new_context(java_script_enabled=False)
    plain = context.new_page()
    plain.goto(site_url + source.removesuffix("/qr.svg"))
    expect(plain.get_by_role("heading", level=1)).to_have_text(title)
    context.close()
