import assert from "node:assert/strict";
import { test } from "node:test";

import { filtersOf, formatAddress, hasArea, parseAddress, withArea } from "../src/app/address.js";

test("the URL holds the whole state and gives it back", () => {
  const url =
    "/?q=caf%C3%A9+%26+bar&category=cafe&open_now=true&profile=best_deal&bbox=24.9,60.1,25,60.2&view=60.17000,24.94000,14.50&open=deal:a-1:b-2&why=1&lang=zh-Hans";
  const state = parseAddress(url.slice(1));
  assert.equal(state.question.q, "café & bar");
  assert.deepEqual(state.camera, { lat: 60.17, lon: 24.94, zoom: 14.5 });
  assert.equal(state.open, "deal:a-1:b-2");
  assert.equal(formatAddress(state), url);
});

test("what a URL must not say is passed over", () => {
  const state = parseAddress("?unknown=1&open=javascript:alert(1)&view=91,0,3&q=");
  assert.deepEqual(state, { question: {}, open: null, why: false, camera: null, language: null });
  assert.equal(parseAddress("?view=1,2").camera, null);
  assert.equal(parseAddress("?view=a,b,c").camera, null);
});

test("a search takes one area", () => {
  const moved = withArea({ q: "x", lat: "1", lon: "2", radius_metres: "3" }, { bbox: "1,2,3,4" });
  assert.deepEqual(moved, { q: "x", bbox: "1,2,3,4" });
  assert.equal(hasArea(moved), true);
  assert.equal(hasArea({ lat: "1" }), false);
});

test("filters are what narrows, not words, area or order", () => {
  assert.deepEqual(filtersOf({ q: "x", lat: "1", lon: "2", sort: "price", open_now: "true", rating_min: "4" }), ["rating_min", "open_now"]);
});

test("an address is an area, and a circle's middle becomes the address", () => {
  const served = { q: "x", serves: "60.1,24.9", mode: "delivery" } as const;
  assert.equal(hasArea({ serves: "60.1,24.9" }), true);
  assert.deepEqual(withArea(served, { bbox: "1,2,3,4" }), { ...served, bbox: "1,2,3,4" });
  assert.deepEqual(withArea(served, { lat: "48.1", lon: "11.5", radius_metres: "1500" }), { ...served, serves: "48.1,11.5" });
  assert.deepEqual(filtersOf(served), ["mode"]);
});
