import assert from "node:assert/strict";
import { test } from "node:test";

import own from "../messages/console/en.json";
import en from "../messages/en.json";
import { refusalOf, type Version } from "../src/console/api.js";
import { bodyOf, currencyDigits, formOf, freshBand, freshDraft, minorOf, unitsText, wholeOf } from "../src/console/draft.js";
import { faultOf, formFault } from "../src/console/faults.js";
import { pathOf, routeOf } from "../src/console/route.js";
import { instantOf, wallClock } from "../src/console/zone.js";
import { NetworkFailure } from "../src/api/client.js";
import { use } from "../src/i18n/messages.js";

use("en", { ...en, ...own });
const ID = "9ea1a672-7bc5-4396-a9c3-441fdcc8c33a";
const NAMED = { id: ID, name: "Kallio", kind: "district", source: "helsinki" };

const version: Version = {
  number: 3, state: "draft", copied_from: null, created_at: "2026-11-25T12:00:00Z", created_by: "ada@example.org", edited_at: "2026-11-25T12:00:00Z",
  published_at: null, published_by: null, retired_at: null, retired_by: null,
  valid_from: "2026-12-01T08:00:00Z", valid_until: null, currency: "EUR", hours: "Mo-Fr 11:00-21:00",
  bands: [
    { radius_metres: 1500, area: null, named_area: null, fee_minor: 290, minimum_minor: 1500, eta_min_minutes: 15, eta_max_minutes: 30 },
    { radius_metres: null, area: { type: "MultiPolygon", coordinates: [[[[0, 0], [1, 0], [1, 1], [0, 0]]]] }, named_area: null, fee_minor: 0, minimum_minor: 0, eta_min_minutes: null, eta_max_minutes: null },
    { radius_metres: null, area: null, named_area: NAMED, fee_minor: 500, minimum_minor: 0, eta_min_minutes: null, eta_max_minutes: null },
  ],
};

void test("a version goes through the form as it was", () => {
  const { body, faults } = bodyOf(formOf(version, "Europe/Helsinki", "SEK"), "Europe/Helsinki");
  assert.deepEqual(faults, []);
  assert.deepEqual(body, {
    currency: "EUR", hours: "Mo-Fr 11:00-21:00", valid_from: "2026-12-01T08:00:00.000Z", valid_until: null,
    bands: [
      { radius_metres: 1500, fee_minor: 290, minimum_minor: 1500, eta_min_minutes: 15, eta_max_minutes: 30 },
      { area: { type: "Polygon", coordinates: [[[0, 0], [1, 0], [1, 1], [0, 0]]] }, fee_minor: 0, minimum_minor: 0, eta_min_minutes: null, eta_max_minutes: null },
      { named_area_id: ID, fee_minor: 500, minimum_minor: 0, eta_min_minutes: null, eta_max_minutes: null },
    ],
  });
});

void test("what is typed and is no number, amount, time or shape is told with its field", () => {
  const bands = [{ ...freshBand(), radius: "1.5", fee: "2.999", etaMin: "soon" }, freshBand("drawn"), freshBand("named")];
  const { faults } = bodyOf({ ...freshDraft("EUR"), validUntil: "tomorrow", bands }, "UTC");
  assert.deepEqual(faults.map(({ parameter, what }) => `${parameter} ${what}`), [
    "bands[0].fee_minor money", "bands[0].eta_min_minutes whole", "bands[0].radius_metres whole",
    "bands[1].area shape", "bands[2].named_area_id named_area", "valid_until instant",
  ]);
  const told = formFault({ parameter: "bands[1].area", what: "shape" });
  assert.deepEqual([told.band, told.field, told.words], [1, "bands[1].area", own.fault_shape]);
});

void test("amounts are minor units of their currency", () => {
  assert.deepEqual(["2.9", "2,90", "3", "", "0.05", "2.999", "-1", "x"].map((text) => minorOf(text, 2)), [290, 290, 300, 0, 5, null, null, null]);
  assert.deepEqual(["500", "5.5"].map((text) => minorOf(text, 0)), [500, null]);
  assert.deepEqual(["EUR", "jpy", "KWD", "no code"].map(currencyDigits), [2, 0, 3, 2]);
  assert.deepEqual([unitsText(290, "EUR"), unitsText(300, "EUR"), unitsText(500, "JPY")], ["2.90", "3", "500"]);
  assert.deepEqual(["12", " 7 ", "", "1e3", "1.0"].map(wholeOf), [12, 7, null, null, null]);
});

void test("a wall clock is an instant in its zone, in winter, in summer and when clocks are changed", () => {
  assert.equal(wallClock("2026-12-01T08:00:00Z", "Europe/Helsinki"), "2026-12-01T10:00");
  assert.equal(instantOf("2026-12-01T10:00", "Europe/Helsinki"), "2026-12-01T08:00:00.000Z");
  assert.equal(instantOf("2026-07-01T10:00", "Europe/Helsinki"), "2026-07-01T07:00:00.000Z");
  assert.equal(instantOf("2026-10-25T03:30", "Europe/Helsinki"), "2026-10-25T00:30:00.000Z", "twice: its first");
  assert.equal(instantOf("2026-03-29T03:30", "Europe/Helsinki"), "2026-03-29T01:30:00.000Z", "left out: as far after the gap");
  assert.equal(instantOf("2026-01-01T00:15", "Asia/Kathmandu"), "2025-12-31T18:30:00.000Z");
  assert.equal(instantOf("", "UTC"), null);
});

void test("an address names where one is, and keeps the language alone", () => {
  const routes = [{ branch: null, area: null }, { branch: ID, area: null }, { branch: ID, area: "new" }, { branch: ID, area: ID }];
  for (const route of routes) assert.deepEqual(routeOf(pathOf(route)), route);
  assert.equal(pathOf({ branch: ID, area: null }, "?lang=zh-Hans&x=1"), `/console/branches/${ID}?lang=zh-Hans`);
  assert.deepEqual(routeOf("/console/branches/none"), { branch: null, area: null });
});

void test("a refusal is told in words, at its band and at its place", () => {
  const refusal = refusalOf(400, { code: "invalid_area", detail: "…", parameter: "draft.bands[1].area", reason: "self_intersection", place: { lon: 24.9, lat: 60.1 } });
  assert.deepEqual(faultOf(refusal), {
    words: own.reason_self_intersection, field: "bands[1].area", band: 1, place: { lon: 24.9, lat: 60.1 }, isStale: false, isMissing: false,
  });
  assert.equal(faultOf(refusalOf(412, { code: "area_changed" })).isStale, true);
  assert.equal(faultOf(refusalOf(404, { code: "not_found" })).isMissing, true);
  assert.equal(faultOf(refusalOf(400, { code: "invalid_parameter", detail: "Give both.", parameter: "draft.bands[0].eta_max_minutes" })).words, "Give both.");
  assert.equal(faultOf(refusalOf(429, { code: "rate_limited" }, "7")).words, "Please wait 7 seconds, then try again.");
  assert.equal(faultOf(refusalOf(502, null)).words, en.server_error_detail);
  assert.equal(faultOf(new NetworkFailure("x")).words, en.no_network_detail);
});
