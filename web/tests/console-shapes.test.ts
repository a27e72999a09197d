import assert from "node:assert/strict";
import { test } from "node:test";

import { geojsonText, isInside, partsOf, readGeojson, ringsOf, without, withHole, withPart, withRing, type Ring } from "../src/console/rings.js";
import { bandFeatures, borderFeatures, boundsOf, circleRing } from "../src/console/shapes.js";

const square = (west: number, south: number, size: number): Ring => [
  [west, south], [west + size, south], [west + size, south + size], [west, south + size], [west, south],
];
const BIG = square(0, 0, 10);
const FAR = square(20, 0, 10);
const HOLE = square(22, 2, 3);

void test("a hole goes into the part round its first corner, wherever that stands", () => {
  assert.deepEqual(withHole([[BIG], [FAR]], HOLE), [[BIG], [FAR, HOLE]]);
  assert.deepEqual(withHole([[FAR], [BIG]], HOLE), [[FAR, HOLE], [BIG]]);
  const outside = square(50, 50, 1);
  assert.deepEqual(withHole([[BIG], [FAR]], outside), [[BIG], [FAR, outside]]);
});

void test("rings are taken out and put in by their place", () => {
  const parts = withHole(withPart(withPart([], BIG), FAR), HOLE);
  assert.deepEqual(ringsOf(parts).map(({ place }) => place), [{ part: 0, ring: 0 }, { part: 1, ring: 0 }, { part: 1, ring: 1 }]);
  assert.deepEqual(without(parts, { part: 1, ring: 1 }), [[BIG], [FAR]]);
  assert.deepEqual(without(parts, { part: 1, ring: 0 }), [[BIG]]);
  assert.deepEqual(withRing(parts, { part: 0, ring: 0 }, FAR), [[FAR], [FAR, HOLE]]);
});

void test("inside is inside a concave ring too", () => {
  const horseshoe: Ring = [[0, 0], [9, 0], [9, 9], [6, 9], [6, 3], [3, 3], [3, 9], [0, 9], [0, 0]];
  assert.deepEqual([[1, 5], [4, 5], [7, 5], [4, 1], [10, 5]].map(([x = 0, y = 0]) => isInside([x, y], horseshoe)), [true, false, true, true, false]);
});

void test("text is GeoJSON of one area, and comes back as it went", () => {
  for (const parts of [[[BIG]], [[BIG], [FAR, HOLE]]]) assert.deepEqual(readGeojson(geojsonText(parts)), parts);
  assert.equal(geojsonText([]), "");
  assert.deepEqual(readGeojson("  "), []);
  const polygon = { type: "Polygon", coordinates: [BIG.map(([lon, lat]) => [lon, lat, 33])] };
  const feature = { type: "Feature", properties: {}, geometry: polygon };
  for (const value of [polygon, feature, { type: "FeatureCollection", features: [feature] }]) {
    assert.deepEqual(readGeojson(JSON.stringify(value)), [[BIG]]);
  }
  assert.deepEqual(partsOf({ type: "MultiPolygon", coordinates: [[BIG]] }), [[BIG]]);
});

void test("what is no area's text is not taken", () => {
  const two = { type: "FeatureCollection", features: [{}, {}] };
  const wrong = ["{", "null", "7", '{"type":"Point","coordinates":[1,2]}', '{"type":"Polygon","coordinates":[[["a",2]]]}',
    '{"type":"Polygon","coordinates":[1]}', '{"type":"MultiPolygon"}', JSON.stringify(two)];
  assert.deepEqual(wrong.map(readGeojson), wrong.map(() => null));
});

void test("a circle is as far from its centre everywhere, at high latitudes too", () => {
  const EARTH = 6_371_008.7714;
  for (const centre of [{ lat: 60.17, lon: 24.94 }, { lat: -84, lon: 179.9 }]) {
    const ring = circleRing(centre, 5000);
    assert.deepEqual(ring[0], ring.at(-1));
    for (const [lon, lat] of ring) {
      const [a, b, d] = [centre.lat, lat, lon - centre.lon].map((degrees) => (degrees * Math.PI) / 180) as [number, number, number];
      const distance = EARTH * 2 * Math.asin(Math.sqrt(Math.sin((b - a) / 2) ** 2 + Math.cos(a) * Math.cos(b) * Math.sin(d / 2) ** 2));
      assert.ok(Math.abs(distance - 5000) < 0.01, String(distance));
    }
  }
});

void test("the band that counts lies on top, and a bow tie keeps its border", () => {
  const shown = [{ rank: 0, parts: [[BIG]] }, { rank: 1, parts: [[FAR]], faint: true }, { rank: 2, parts: [[[[0, 0], [1, 1]] as Ring]] }];
  assert.deepEqual(bandFeatures(shown).features.map(({ properties }) => properties), [{ rank: 1, faint: true }, { rank: 0, faint: false }]);
  assert.deepEqual(borderFeatures(shown).features.map(({ properties }) => Number(properties?.rank)), [2, 1, 0]);
  assert.deepEqual(boundsOf(shown), { west: 0, south: 0, east: 30, north: 10 });
  assert.equal(boundsOf([{ rank: 0, parts: [] }]), null);
});
