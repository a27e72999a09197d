import assert from "node:assert/strict";
import { test } from "node:test";

import type { Suggestion } from "../src/api/client.js";
import { suggested } from "../src/app/suggested.js";

const ASKED = { q: "cof", open_now: "true", bbox: "24.9,60.1,25,60.2" };

function suggestion(type: Suggestion["type"], given: Partial<Suggestion>): Suggestion {
  const rest = { parts: [], detail: "", tier: "prefix" as const, lat: null, lon: null, distance_metres: null, search: null };
  return { type, id: `${type}:1`, name: "Coffee", ...rest, ...given };
}

test("a category or a brand takes the place of the words, and the rest of the question stays", () => {
  const category = suggestion("category", { search: { category: "cafe" } });
  assert.deepEqual(suggested(ASKED, category, 1500), { question: { open_now: "true", bbox: ASKED.bbox, category: "cafe" }, open: null, elsewhere: false });
  const brand = suggestion("brand", { search: { chain: "7" }, lat: 1, lon: 2 });
  assert.deepEqual(suggested(ASKED, brand, 1500).question, { open_now: "true", bbox: ASKED.bbox, chain: "7" });
});

test("an area or a city is where to ask, and the filters stay", () => {
  const area = suggestion("area", { search: { lat: "60.2", lon: "25" } });
  assert.deepEqual(suggested(ASKED, area, 1500), { question: { open_now: "true", lat: "60.2", lon: "25", radius_metres: "1500" }, open: null, elsewhere: true });
});

test("a place or a deal is opened where it is, and no filter hides it", () => {
  const place = suggestion("place", { lat: 60.123456, lon: 24.9 });
  assert.deepEqual(suggested(ASKED, place, 1500), {
    question: { q: "Coffee", lat: "60.12346", lon: "24.90000", radius_metres: "1500" },
    open: "place:1",
    elsewhere: true,
  });
});
