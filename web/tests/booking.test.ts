import assert from "node:assert/strict";
import { test } from "node:test";

import own from "../messages/bookings/en.json";
import en from "../messages/en.json";
import { laterWeek, weekUrl, WINDOW_MS } from "../src/booking/weeks.js";
import { canMove, daysOf, minutes, movedTo, policyLines, secondsLeft, windowOf } from "../src/booking/words.js";
import { use } from "../src/i18n/messages.js";

use("en", { ...en, ...own });

void test("time left is counted from the server's clock, whatever ours says", () => {
  const wrongClock = Date.parse("2031-01-01T00:00:00Z");
  const left = secondsLeft("2026-11-25T12:10:00Z", "2026-11-25T12:00:00Z", wrongClock, wrongClock + 30_500);
  assert.equal(left, 569);
  assert.equal(secondsLeft("2026-11-25T12:00:00Z", "2026-11-25T12:00:01Z", 0, 0), 0);
});

void test("time left is minutes and seconds", () => {
  assert.deepEqual([605, 59, 0].map(minutes), ["10:05", "0:59", "0:00"]);
});

void test("a policy says until when how much comes back", () => {
  const policy = { is_free_until_used: false, no_show_fee_minor: 2000, deadlines: [{ until: "2026-11-24T18:00:00Z", refund_percent: 50 }] };
  assert.deepEqual(policyLines(policy, "Europe/Helsinki", "EUR"), [
    "50% back if you cancel until Tuesday, November 24, 20:00.",
    "Nothing back after that.",
    "€20 is kept if you do not come.",
  ]);
  assert.deepEqual(policyLines({ ...policy, deadlines: [], no_show_fee_minor: 0 }, "UTC", "EUR"), ["Nothing back if you cancel."]);
  assert.deepEqual(policyLines({ ...policy, is_free_until_used: true }, "UTC", "EUR"), ["Cancel for free until you use it."]);
});

void test("days are those of the place, free and taken starts in each", () => {
  const free = [{ starts_at: "2026-11-25T23:00:00Z" }, { starts_at: "2026-11-25T16:00:00Z" }];
  const taken = ["2026-11-25T15:00:00Z", "2026-11-27T15:00:00Z"];
  const days = daysOf(free, taken, "Europe/Helsinki").map((day) => [day.label, day.free.map((start) => start.starts_at), day.taken]);
  assert.deepEqual(days, [
    ["Wednesday, November 25", ["2026-11-25T16:00:00Z"], ["2026-11-25T15:00:00Z"]],
    ["Thursday, November 26", ["2026-11-25T23:00:00Z"], []],
    ["Friday, November 27", [], ["2026-11-27T15:00:00Z"]],
  ]);
});

void test("a window is said by its first and last start", () => {
  const zone = "Europe/Helsinki";
  assert.equal(windowOf("2026-11-25T16:00:00Z", "2026-11-25T16:01:00Z", zone), "Wednesday, November 25, 18:00");
  assert.equal(windowOf("2026-11-25T16:00:00Z", "2026-11-25T18:31:00Z", zone), "Wednesday, November 25, 18:00 – 20:30");
});

void test("a booking that moves keeps its terms, and their deadlines move along", () => {
  const cancellation = { is_free_until_used: false, no_show_fee_minor: 2000, deadlines: [{ until: "2026-11-24T18:00:00Z", refund_percent: 50 }] };
  const moved = movedTo({ starts_at: "2026-11-25T18:00:00Z", cancellation }, "2026-11-26T19:30:00Z");
  assert.deepEqual(moved, { ...cancellation, deadlines: [{ until: "2026-11-25T19:30:00.000Z", refund_percent: 50 }] });
});

void test("only what would forfeit nothing is offered to be moved", () => {
  const price = { price_minor: 100, list_price_minor: 100, currency: "EUR", due_minor: 100, paid_minor: 100, refund_due_minor: 0, refund_if_cancelled_minor: 100 };
  const booking = { state: "confirmed" as const, starts_at: "2026-11-25T18:00:00Z", deal: { id: "d", title: "" }, service: { id: "s", name: "" }, price };
  assert.equal(canMove(booking), true);
  assert.equal(canMove({ ...booking, price: { ...price, paid_minor: 0, refund_if_cancelled_minor: 0 } }), true);
  for (const other of [{ state: "awaiting_payment" as const }, { starts_at: null }, { deal: null }, { service: null }]) assert.equal(canMove({ ...booking, ...other }), false);
  for (const back of [99, null]) assert.equal(canMove({ ...booking, price: { ...price, refund_if_cancelled_minor: back } }), false);
});

void test("times are asked for by the week, up to the last that can be booked", () => {
  const at = Date.parse("2026-11-25T12:00:00Z");
  assert.equal(weekUrl({ deal: "d", place: "p", party: 2, since: null }), "/v1/deals/d/availability?place_id=p&party=2");
  assert.equal(weekUrl({ deal: "d", place: "p", party: 2, since: at }), "/v1/deals/d/availability?place_id=p&party=2&from=2026-11-25T12%3A00%3A00.000Z");
  const offer = { as_of: "2026-11-25T12:00:00Z", bookable_until: "2026-12-02T12:00:00Z" };
  assert.equal(laterWeek(offer, null), at + WINDOW_MS);
  assert.equal(laterWeek(offer, at + 1), null);
});
