"""200 merchants who write scripts into every text they are given: nothing runs, in the list, the sheet or the pages."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.fill_site import HOSTILE_LAT, HOSTILE_LON, HOSTILE_MERCHANTS, payload

pytestmark = [pytest.mark.browser, pytest.mark.slow]
AREA = f"lat={HOSTILE_LAT + 0.001}&lon={HOSTILE_LON + 0.005}&radius_metres=3000"


def test_nothing_that_merchants_write_runs(open_page):
    reader = open_page()
    page = reader.page
    reader.show(f"/?kind=place&{AREA}")
    cards = page.locator("vn-hit-card a")
    for shown in range(20, HOSTILE_MERCHANTS, 20):
        expect(cards).to_have_count(shown)
        page.get_by_role("button", name="More results").click()
    expect(cards).to_have_count(HOSTILE_MERCHANTS)
    assert set(cards.all_inner_texts()) == {" ".join(payload(n).split()) for n in range(HOSTILE_MERCHANTS)}
    links = [card.get_attribute("href") for card in cards.all()]
    for index in range(0, HOSTILE_MERCHANTS, 9):
        cards.nth(index).click()
        page.locator("vn-detail vn-hours").wait_for()
        assert page.locator("vn-detail a[href^='javascript']").count() == 0
        page.locator("vn-detail .deals button").first.click()
        page.locator("vn-detail .kicker").wait_for()
    for link in links[::7]:
        reader.goto(link)
        assert page.locator("a[href^='javascript']").count() == 0
    reader.show(f"/?kind=deal&q=alert&{AREA}")
    assert page.evaluate("document.querySelectorAll('iframe, object').length") == 0


def test_nothing_that_a_link_brings_runs(open_page):
    reader = open_page()
    reader.expects_failures = True  # there is no place of the id x
    for n in range(20):
        reader.goto(f"/?q={payload(n).replace('%', '').replace('#', '').replace('&', '')}&open=place:x&lang=en")
        reader.page.locator("vn-results h2").first.wait_for()
    reader.settle()
