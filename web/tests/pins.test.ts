import assert from "node:assert/strict";
import { test } from "node:test";

import { lookAt, MOST_PINS, type View } from "../src/map/pins.js";

const BOX = { west: 24.9, south: 60.1, east: 25, north: 60.2 };

/** What is asked for a viewport that holds `count`, after a view of the given kind; and what is shown. */
async function looked(count: number, last: View["kind"]): Promise<{ asked: string[]; kind: string }> {
  const asked: string[] = [];
  const answer = { total: { value: count, relation: "eq" }, hits: [], cells: [] };
  const view = await lookAt({ q: "x", lat: "1", lon: "2", sort: "price" }, BOX, 12, last, new AbortController().signal, async <T>(url: string) => {
    asked.push(url);
    return Promise.resolve(answer as T);
  });
  return { asked: asked.map((url) => url.slice(0, url.indexOf("?"))), kind: view.kind };
}

test("after pins both are asked for at once, whichever is shown", async () => {
  assert.deepEqual(await looked(MOST_PINS, "pins"), { asked: ["/v1/search", "/v1/clusters"], kind: "pins" });
  assert.deepEqual(await looked(MOST_PINS + 1, "pins"), { asked: ["/v1/search", "/v1/clusters"], kind: "clusters" });
});

test("after clusters nobody is made to rank what is only counted", async () => {
  assert.deepEqual(await looked(1_000_000, "clusters"), { asked: ["/v1/clusters"], kind: "clusters" });
  assert.deepEqual(await looked(MOST_PINS, "clusters"), { asked: ["/v1/clusters", "/v1/search"], kind: "pins" });
});
