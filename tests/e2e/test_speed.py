"""Quick enough to feel at hand: the first result, pins after a pan, and nothing that jumps."""

from __future__ import annotations

import os
from statistics import quantiles

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]
TIMED = os.environ.get("VICINITY_TIMED") == "1"
"""Set by `make prove`: on a quiet machine the clock is held to its limits. Elsewhere times are only recorded."""
FIRST_RESULT_MILLISECONDS = 1_000
PINS_P95_MILLISECONDS = 200


def test_the_first_result_comes_soon_and_nothing_jumps_after_it(open_page, record_property):
    reader = open_page()
    page = reader.page
    page.add_init_script(
        """
        window.shifted = 0; window.firstResult = 0;
        new PerformanceObserver(list => list.getEntries().forEach(e => { if (!e.hadRecentInput) shifted += e.value }))
          .observe({type: 'layout-shift', buffered: true});
        const look = () => {
          const card = document.querySelector('vn-app')?.shadowRoot?.querySelector('vn-results')?.shadowRoot
            ?.querySelector('vn-hit-card')?.shadowRoot?.querySelector('a');
          if (card) window.firstResult = performance.now(); else requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
        """
    )
    times = []
    for _ in range(5):
        page.context.clear_cookies()
        reader.goto("/?q=coffee")
        page.locator("vn-hit-card").first.wait_for()
        reader.settle()
        times.append(page.evaluate("firstResult"))
        page.wait_for_timeout(500)
        assert page.evaluate("shifted") < 0.01
    told = [round(time) for time in times]
    record_property("first_result_milliseconds", told)
    print("first result after", told, "ms: with a cold cache, then warm")  # noqa: T201 -- shown by -rP
    assert not TIMED or times[0] <= FIRST_RESULT_MILLISECONDS


def test_new_pins_come_soon_after_a_pan(open_page, record_property):
    reader = open_page()
    page = reader.page
    reader.show("/?q=coffee")
    page.locator("vn-map canvas").focus()
    for n in range(30):
        page.keyboard.press("ArrowRight" if n % 4 < 2 else "ArrowLeft")
        page.wait_for_timeout(350)
    times = page.evaluate("performance.getEntriesByName('vicinity:pins').map(e => e.duration)")
    assert len(times) > 15
    p95 = quantiles(times, n=20)[-1]
    record_property("pins_p95_milliseconds", round(p95))
    print(f"pins of {len(times)} pans: p50 {sorted(times)[len(times) // 2]:.0f} ms, p95 {p95:.0f} ms")  # noqa: T201
    assert not TIMED or p95 <= PINS_P95_MILLISECONDS


def test_counts_on_the_map_are_those_of_the_search(open_page, site_url):
    reader = open_page()
    sums = []
    for zoom in range(2, 18, 3):
        answer = reader.page.request.get(
            f"{site_url}/v1/clusters?bbox=24.93,60.16,24.96,60.18&zoom={zoom}&q=coffee"
        ).json()
        sums.append(sum(cell["count"] for cell in answer["cells"]))
    total = reader.page.request.get(f"{site_url}/v1/search?bbox=24.93,60.16,24.96,60.18&q=coffee&limit=1").json()[
        "total"
    ]
    assert sums == [total["value"]] * len(sums)
