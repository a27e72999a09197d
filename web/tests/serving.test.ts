import assert from "node:assert/strict";
import { test } from "node:test";

import { addressOf, middleOf, servedAt } from "../src/app/serving.js";
import { areaOutline, boxOf } from "../src/map/features.js";

test("an address takes the place of the area, and keeps the rest", () => {
  const question = { q: "pizza", lat: "60", lon: "24", radius_metres: "900", open_now: "true" };
  const at = { lat: 60.1234567, lon: 24.9 };
  assert.deepEqual(servedAt(question, "delivery", at), { q: "pizza", open_now: "true", serves: "60.12346,24.90000", mode: "delivery" });
});

test("an address that is none is told as none", () => {
  assert.deepEqual(addressOf({ serves: "60.1,24.9" }), { lat: 60.1, lon: 24.9 });
  for (const serves of ["", "x,y", "91,0", "0,181", "60"]) assert.equal(addressOf({ serves }), null, serves);
  assert.equal(addressOf({}), null);
});

test("the middle of an address, a circle, and boxes on both sides of 180°", () => {
  assert.deepEqual(middleOf({ serves: "1,2", bbox: "10,20,30,40" }), { lat: 1, lon: 2 });
  assert.deepEqual(middleOf({ lat: "1", lon: "2" }), { lat: 1, lon: 2 });
  assert.deepEqual(middleOf({ bbox: "10,20,30,40" }), { lat: 30, lon: 20 });
  assert.deepEqual(middleOf({ bbox: "179,-17,-179.5,-16" }), { lat: -16.5, lon: 179.75 });
  assert.deepEqual(middleOf({ bbox: "179.5,-17,-179,-16" }), { lat: -16.5, lon: -179.75 });
  assert.equal(middleOf({ bbox: "1,2" }), null);
  assert.equal(middleOf({}), null);
});

test("the map goes to an address, and draws no border round it", () => {
  const box = boxOf({ serves: "60,24", mode: "delivery" });
  assert.ok(box !== null && box.south < 60 && box.north > 60 && box.west < 24 && box.east > 24);
  assert.deepEqual(areaOutline({ serves: "60,24", mode: "delivery" }).features, []);
  assert.equal(areaOutline({ serves: "60,24", bbox: "1,2,3,4" }).features.length, 1);
});
