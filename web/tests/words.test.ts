import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import en from "../messages/en.json";
import zh from "../messages/zh-Hans.json";
import { rowFor } from "../src/app/categories.js";
import { directionsTo, safeWebsite, telephone } from "../src/app/links.js";
import { distance, minorUnits, price } from "../src/i18n/format.js";
import { alsoUse, language, plural, t, use, useLanguage, type MessageKey } from "../src/i18n/messages.js";

beforeEach(() => use("en", en));

test("strings take their values, and a missing one stays to be seen", () => {
  assert.equal(t("away", { distance: "1 km" }), "1 km away");
  assert.equal(t("away"), "{distance} away");
});

test("a page's own strings follow the reader into another language", async () => {
  const own = (text: string) => () => Promise.resolve({ default: { of_its_own: text } });
  await alsoUse({ en: own("ours"), "zh-Hans": own("我们的") }, "en");
  assert.deepEqual([t("of_its_own" as MessageKey), t("book")], ["ours", "Book"]);
  await useLanguage("zh-Hans");
  assert.deepEqual([t("of_its_own" as MessageKey), t("book"), language()], ["我们的", "预订", "zh-Hans"]);
});

test("numbers choose the form by the language's rule", () => {
  assert.equal(plural("found", 1), "1 result");
  assert.equal(plural("found", 2057), "2,057 results");
  use("zh-Hans", zh);
  assert.equal(plural("found", 1), "1 个结果");
});

test("money is minor units of its own currency", () => {
  assert.equal(price(1090, "EUR"), "€10.90");
  assert.equal(price(1000, "EUR"), "€10");
  assert.equal(price(500, "JPY"), "¥500");
  assert.deepEqual([minorUnits(10.9, "EUR"), minorUnits(500, "JPY")], [1090, 500]);
});

test("distances are metres when near and kilometres when far", () => {
  assert.deepEqual([distance(4), distance(341), distance(994), distance(996), distance(2449), distance(12_400)], ["10 m", "340 m", "990 m", "1 km", "2.4 km", "12 km"]);
});

test("only web addresses become links", () => {
  assert.equal(safeWebsite("javascript:alert(1)"), null);
  assert.equal(safeWebsite("data:text/html,x"), null);
  assert.equal(safeWebsite("not a url"), null);
  assert.equal(safeWebsite("http://example.org"), "http://example.org/");
  assert.equal(telephone("+358 40 839"), "tel:+35840839");
  assert.equal(telephone("<script>"), null);
});

test("directions lead to a map of the machine", () => {
  Object.assign(globalThis, { matchMedia: () => ({ matches: true }) });
  assert.equal(directionsTo(60.1, 24.9), "geo:60.1,24.9?q=60.1,24.9");
  Object.assign(globalThis, { matchMedia: () => ({ matches: false }) });
  assert.equal(directionsTo(60.1, 24.9), "https://www.openstreetmap.org/directions?to=60.1%2C24.9");
});

test("categories are chosen from the root down", () => {
  const cafe = { slug: "cafe", name: "Café", names: {}, children: [] };
  const food = { slug: "food", name: "Food", names: {}, children: [cafe] };
  assert.deepEqual(rowFor([food], undefined).choices, [food]);
  assert.deepEqual(rowFor([food], "food").choices, [cafe]);
  assert.deepEqual(rowFor([food], "cafe").path, [food, cafe]);
  assert.deepEqual(rowFor([food], "unknown").choices, [food]);
});
