import assert from "node:assert/strict";
import { mock, test } from "node:test";

import type { Suggestion } from "../src/api/client.js";
import { nearOf, QUIET_MILLISECONDS, SuggestSession } from "../src/app/suggest-session.js";

const host = { requestUpdate: (): void => undefined };
const AREA = { lat: "60.1", lon: "24.9" };

interface Asked {
  url: URL;
  settle: (names: string[]) => void;
  fail: (error: unknown) => void;
}

function session(): { it: SuggestSession; asked: Asked[]; pass: (milliseconds: number) => void } {
  const asked: Asked[] = [];
  let tokens = 0;
  let clock = 0;
  const it = new SuggestSession(
    host,
    (url, signal) =>
      new Promise((resolve, reject) => {
        signal.addEventListener("abort", () => reject(new DOMException("", "AbortError")));
        const settle = (names: string[]): void => resolve({ suggestions: names.map((name) => ({ name }) as Suggestion) });
        asked.push({ url: new URL(url, "http://x"), settle, fail: reject });
      }),
    () => `token-${(tokens += 1)}`,
    () => clock,
  );
  const pass = (milliseconds: number): void => {
    clock += milliseconds;
    mock.timers.tick(milliseconds);
  };
  return { it, asked, pass };
}

const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
};

test("keys that come quickly ask once, near what was searched, and only the newest answer counts", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { it, asked, pass } = session();
  it.typed("r", AREA, "en");
  pass(QUIET_MILLISECONDS - 1);
  it.typed("ra", AREA, "en");
  pass(QUIET_MILLISECONDS);
  assert.deepEqual(asked.map(({ url }) => url.search), ["?q=ra&lat=60.1&lon=24.9&lang=en&session=token-1"]);
  it.typed("ram", AREA, "en");
  pass(QUIET_MILLISECONDS);
  asked[1]?.settle(["Ramen"]);
  asked[0]?.settle(["Rat"]);
  await settled();
  assert.deepEqual(it.options.map((option) => option.name), ["Ramen"]);
  assert.equal(it.status, "ready");
  mock.timers.reset();
});

test("one time of typing has one token, which the search that ends it takes along", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { it, asked, pass } = session();
  assert.equal(it.end(), undefined);
  for (const words of ["a", "ab"]) {
    it.typed(words, AREA, "en");
    pass(QUIET_MILLISECONDS);
  }
  assert.deepEqual(asked.map(({ url }) => url.searchParams.get("session")), ["token-1", "token-1"]);
  assert.equal(it.end(), "token-1");
  assert.equal(it.end(), undefined);
  it.typed("c", AREA, "en");
  pass(QUIET_MILLISECONDS);
  assert.equal(asked[2]?.url.searchParams.get("session"), "token-2");
  pass(200_000);
  assert.equal(it.end(), undefined, "a token that the server has forgotten is of no use");
  mock.timers.reset();
});

test("what failed is told, emptied words ask for nothing", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { it, asked, pass } = session();
  it.typed("a", AREA, "en");
  pass(QUIET_MILLISECONDS);
  asked[0]?.fail(new Error("no"));
  await settled();
  assert.equal(it.status, "failed");
  it.typed(" ", AREA, "en");
  pass(QUIET_MILLISECONDS);
  assert.equal(asked.length, 1);
  assert.equal(it.status, "idle");
  mock.timers.reset();
});

test("a box is asked round its middle, across 180° too", () => {
  assert.deepEqual(nearOf({ bbox: "24,60,26,61" }), { lat: "60.50000", lon: "25.00000" });
  assert.deepEqual(nearOf({ bbox: "179,-17,-179,-15" }), { lat: "-16.00000", lon: "180.00000" });
  assert.deepEqual(nearOf({}), {});
});
