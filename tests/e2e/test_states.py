"""Every state of the page, wide and on a phone, by day and by night: no serious fault for axe, nothing sticks out."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.slow]
AXE = (ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
LOOKS = [(False, False), (False, True), (True, False), (True, True)]


def faults(page) -> list[str]:
    """What axe finds serious or critical."""
    page.evaluate(AXE)
    found = page.evaluate(
        "async () => (await axe.run(document, {resultTypes: ['violations']})).violations"
        ".filter(v => ['serious', 'critical'].includes(v.impact))"
        ".map(v => [v.id, v.nodes.slice(0, 3).map(n => JSON.stringify(n.target) + ' ' + n.failureSummary)])"
    )
    return [json.dumps(each, ensure_ascii=False) for each in found]


def sticks_out(page) -> bool:
    return page.evaluate(
        "document.documentElement.scrollWidth > innerWidth || document.documentElement.scrollHeight > innerHeight"
    )


def results(reader):
    reader.show("/?q=coffee")


def place(reader):
    reader.show("/?kind=place&q=coffee")
    reader.page.locator("vn-hit-card a").first.click()
    reader.page.locator("vn-detail vn-hours").wait_for()
    reader.settle()


def deal_with_why(reader):
    reader.show("/?kind=deal")
    reader.page.locator("vn-hit-card a").first.click()
    reader.page.get_by_role("button", name=re.compile("Why here|为何在此")).click()
    reader.page.locator("vn-bars").wait_for()
    reader.settle()


def filters(reader):
    reader.show()
    reader.page.get_by_role("button", name="Filters").first.click()
    reader.page.get_by_role("dialog").wait_for()
    reader.settle()


def serving(reader):
    reader.show("/?serves=60.1699,24.9384&mode=delivery")
    reader.page.locator("vn-served").first.wait_for()


def qr(reader):
    reader.show("/?kind=deal")
    reader.page.locator("vn-hit-card a").first.click()
    reader.page.get_by_role("button", name="QR code").click()
    reader.page.get_by_role("dialog").wait_for()
    reader.settle()


def suggestions(reader):
    reader.show()
    reader.page.get_by_role("combobox", name="Search places and deals").press_sequentially("caf")
    reader.page.get_by_role("option").first.wait_for()
    reader.settle()


def chinese(reader):
    reader.show("/?lang=zh-Hans")


def category(reader):
    reader.show("/?category=food-drink&rating_min=4")


def empty(reader):
    reader.goto("/?q=xqzzyq&open_now=true")
    reader.page.get_by_role("heading", name="Nothing found").wait_for()
    reader.settle()


def refused(reader):
    reader.expects_failures = True
    reader.goto("/?q=coffee&category=no-such-thing")
    reader.page.get_by_role("heading", name="This search cannot be answered").wait_for()
    reader.settle()


def no_network(reader):
    reader.expects_failures = True
    reader.page.route("**/v1/search?*", lambda route: route.abort())
    reader.goto("/?q=coffee")
    reader.page.get_by_role("heading", name="No connection").wait_for()


def slow(reader):
    reader.page.route("**/v1/search?*", lambda _route: None)  # never answered
    reader.goto("/?q=coffee")
    reader.page.get_by_text("This takes longer than usual").wait_for(timeout=6000)


def loading(reader):
    reader.page.route("**/v1/search?*", lambda _route: None)
    reader.goto("/?q=coffee")
    reader.page.locator("vn-skeleton").wait_for()


STATES = {
    state.__name__: state
    for state in (
        results, place, deal_with_why, filters, serving, qr, suggestions, chinese, category,
        empty, refused, no_network, slow, loading,
    )
}  # fmt: skip


@pytest.mark.parametrize(("phone", "dark"), LOOKS, ids=["wide-light", "wide-dark", "phone-light", "phone-dark"])
@pytest.mark.parametrize("state", STATES)
def test_a_state_reads_well(open_page, state, phone, dark):
    reader = open_page(phone=phone, dark=dark)
    STATES[state](reader)
    reader.picture(f"{state}-{'phone' if phone else 'wide'}-{'dark' if dark else 'light'}")
    assert faults(reader.page) == []
    assert not sticks_out(reader.page)
    expect(reader.page.get_by_text("© OpenStreetMap contributors").first).to_be_attached()


@pytest.mark.parametrize("dark", [False, True])
def test_every_component_reads_well(open_page, dark):
    reader = open_page(dark=dark)
    reader.goto("/components")
    reader.page.locator("vn-hours").first.wait_for()
    reader.picture(f"components-{'dark' if dark else 'light'}")
    assert faults(reader.page) == []


@pytest.mark.parametrize("path", ["places", "deals"])
def test_a_page_of_its_own_reads_well(open_page, path):
    reader = open_page()
    reader.show("/?kind=place&has_deals=true" if path == "places" else "/?kind=deal")
    reader.goto(reader.page.locator("vn-hit-card a").first.get_attribute("href"))
    reader.picture(f"page-{path}")
    assert faults(reader.page) == []


def test_what_failed_can_be_tried_again(open_page):
    reader = open_page()
    no_network(reader)
    reader.page.unroute("**/v1/search?*")
    reader.page.get_by_role("button", name="Try again").click()
    reader.page.locator("vn-hit-card").first.wait_for()
    reader.settle()


def test_an_empty_answer_has_ways_out(open_page):
    reader = open_page()
    empty(reader)
    reader.page.get_by_role("button", name="Clear the words").click()
    expect(reader.page).not_to_have_url(re.compile("q="))
    reader.page.get_by_role("button", name="Open now").click()
    reader.page.locator("vn-hit-card").first.wait_for()
    reader.goto("/?q=coffee&lat=60.3&lon=24.9&radius_metres=1000")
    reader.page.get_by_role("button", name="Search a wider area").click()
    expect(reader.page).to_have_url(re.compile("radius_metres=2500"))
    reader.settle()
