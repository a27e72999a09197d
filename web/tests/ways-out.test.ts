import assert from "node:assert/strict";
import { test } from "node:test";

import { canWiden, widened, without } from "../src/app/ways-out.js";

test("a circle is widened to the next step of nearly twice its radius", () => {
  const at = { q: "x", lat: "60.17", lon: "24.94" };
  assert.deepEqual(widened({ ...at, radius_metres: "1500" }, 1500), { q: "x", lat: "60.17000", lon: "24.94000", radius_metres: "5000" });
  assert.equal(widened({ ...at, radius_metres: "1300" }, 1500).radius_metres, "2500");
  assert.equal(widened(at, 500).radius_metres, "1000");
  assert.equal(widened({ ...at, radius_metres: "50000" }, 1500).radius_metres, "50000");
});

test("a viewport becomes a circle round its middle, also across 180°", () => {
  assert.deepEqual(widened({ bbox: "24.9,60.1,25,60.2" }, 1500), { lat: "60.15000", lon: "24.95000", radius_metres: "20000" });
  assert.equal(widened({ bbox: "179,-17,-179.5,-16" }, 1500).lon, "179.75000");
  assert.equal(widened({ bbox: "179.5,-17,-179,-16" }, 1500).lon, "-179.75000");
});

test("a filter is dropped alone, but a price with both its bounds and their currency", () => {
  const question = { q: "x", price_min_minor: "100", price_max_minor: "900", currency: "EUR", open_now: "true" } as const;
  assert.deepEqual(without(question, "price_max_minor", 1500), { q: "x", open_now: "true" });
  assert.deepEqual(without(question, "q", 1500), { price_min_minor: "100", price_max_minor: "900", currency: "EUR", open_now: "true" });
});

test("a way of serving is dropped with its address, round which is searched then", () => {
  assert.deepEqual(without({ q: "x", serves: "60.1,24.9", mode: "delivery" }, "mode", 1500), { q: "x", lat: "60.1", lon: "24.9", radius_metres: "1500" });
  assert.deepEqual(without({ bbox: "1,2,3,4", serves: "60.1,24.9", mode: "delivery" }, "mode", 1500), { bbox: "1,2,3,4" });
});

test("who serves an address is looked for everywhere, unless in a box", () => {
  assert.equal(canWiden({ serves: "60.1,24.9", mode: "delivery" }), false);
  assert.equal(canWiden({ q: "x" }), true);
  const boxed = { bbox: "1,2,3,4", serves: "60.1,24.9", mode: "delivery" } as const;
  assert.equal(canWiden(boxed), true);
  assert.deepEqual(widened(boxed, 1500), { serves: "60.1,24.9", mode: "delivery" });
});
