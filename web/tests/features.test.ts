import assert from "node:assert/strict";
import { test } from "node:test";

import type { Hit } from "../src/api/client.js";
import { areaOutline, beginningBox, boxOf, dots, rankedPins } from "../src/map/features.js";
import { filtersIn } from "../src/map/pins.js";

const hit = (id: string, lat: number, lon: number, kind: "place" | "deal" = "place"): Hit => ({ id, lat, lon, kind });
const nothing = { selected: null, hovered: null };

test("one pin stands for all hits at a position, with the best rank", () => {
  const pins = rankedPins([hit("a", 1, 2), hit("b", 3, 4), hit("c", 1, 2, "deal")], nothing).features;
  assert.deepEqual(pins.map((pin): unknown => pin.properties?.label), ["1+", "2"]);
});

test("a pin is chosen by any of the hits at its position", () => {
  const [pin] = rankedPins([hit("a", 1, 2), hit("c", 1, 2, "deal")], { selected: "c", hovered: null }).features;
  assert.equal(pin?.properties?.selected, true);
});

test("what is in the list is not drawn twice", () => {
  assert.deepEqual(dots([hit("a", 1, 2), hit("b", 3, 4)], [hit("a", 1, 2)], null).features.map((dot): unknown => dot.properties?.id), ["b"]);
});

test("a radius is metres to every side", () => {
  const box = boxOf({ lat: "60", lon: "24", radius_metres: "1000" });
  assert.ok(box);
  assert.ok(Math.abs((box.north - 60) * 111_195 - 1000) < 1);
  assert.ok(Math.abs((box.east - 24) * 111_195 * Math.cos(Math.PI / 3) - 1000) < 1);
  assert.equal(boxOf({ lat: "x", lon: "1" }), null);
  assert.equal(boxOf({ bbox: "1,2,3" }), null);
});

test("the outline of a box over 180 degrees goes the short way", () => {
  const line = areaOutline({ bbox: "170,0,-170,10" }).features[0]?.geometry;
  assert.deepEqual(line?.type === "LineString" ? line.coordinates[1] : null, [190, 0]);
});

test("the map begins at the hits, or at the area where there are none", () => {
  const area = { lat: "60", lon: "24", radius_metres: "1000" };
  assert.deepEqual(beginningBox(area, [hit("a", 60, 24), hit("b", 60.01, 24.02)]), { west: 24, south: 60, east: 24.02, north: 60.01 });
  assert.deepEqual(beginningBox(area, []), boxOf(area));
});

test("clusters are asked with the filters alone", () => {
  assert.deepEqual(filtersIn({ q: "x", lat: "1", lon: "2", radius_metres: "3", bbox: "1", sort: "price", profile: "nearest", open_now: "true" }), { q: "x", open_now: "true" });
});
