import assert from "node:assert/strict";
import { mock, test } from "node:test";

import type { SearchPage } from "../src/api/client.js";
import { searchUrl, SearchSession, SLOW_AFTER_MILLISECONDS } from "../src/app/search-session.js";

const page = (ids: string[], next: string | null = null): SearchPage =>
  ({ hits: ids.map((id) => ({ id })), next_cursor: next, facets: {}, total: { value: ids.length, relation: "eq" } }) as unknown as SearchPage;
const host = { requestUpdate: (): void => undefined };

function pending(): { promise: Promise<SearchPage>; settle: (answer: SearchPage) => void; fail: (error: unknown) => void } {
  let settle = (_: SearchPage): void => undefined;
  let fail = (_: unknown): void => undefined;
  const promise = new Promise<SearchPage>((resolve, reject) => {
    settle = resolve;
    fail = reject;
  });
  return { promise, settle, fail };
}

test("an older answer that comes late is not shown", async () => {
  const answers = new Map([["old", pending()], ["new", pending()]]);
  const session = new SearchSession(host, (url, signal) => {
    const answer = answers.get(url);
    assert.ok(answer);
    signal.addEventListener("abort", () => answer.fail(new DOMException("", "AbortError")));
    return answer.promise;
  });
  const first = session.ask("old");
  const second = session.ask("new");
  answers.get("new")?.settle(page(["b"]));
  await Promise.all([first, second]);
  assert.deepEqual(session.hits.map((hit) => hit.id), ["b"]);
  assert.equal(session.status, "ready");
});

test("a further page comes after what is there, each hit once", async () => {
  const asked: string[] = [];
  const session = new SearchSession(host, async (url) => {
    asked.push(url);
    return Promise.resolve(asked.length === 1 ? page(["a", "b"], "next/+") : page(["b", "c"]));
  });
  await session.ask("/v1/search?q=x");
  await session.more();
  assert.deepEqual(session.hits.map((hit) => hit.id), ["a", "b", "c"]);
  assert.equal(asked[1], "/v1/search?q=x&cursor=next%2F%2B");
  await session.more();
  assert.equal(asked.length, 2);
});

test("what failed is told, and can be tried again", async () => {
  let fails = true;
  const session = new SearchSession(host, async () => (fails ? Promise.reject(new Error("no")) : Promise.resolve(page(["a"]))));
  await session.ask("x");
  assert.equal(session.status, "failed");
  fails = false;
  await session.retry();
  assert.equal(session.status, "ready");
  assert.equal(session.failure, null);
});

test("slowness is told after three seconds and forgotten with the answer", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const answer = pending();
  const session = new SearchSession(host, () => answer.promise);
  const asking = session.ask("x");
  mock.timers.tick(SLOW_AFTER_MILLISECONDS - 1);
  assert.equal(session.slow, false);
  mock.timers.tick(1);
  assert.equal(session.slow, true);
  answer.settle(page(["a"]));
  await asking;
  assert.equal(session.slow, false);
  mock.timers.reset();
});

test("a question becomes the URL of the API", () => {
  assert.equal(
    searchUrl({ q: "a b", open_now: "true" }, "en"),
    "/v1/search?q=a+b&open_now=true&facets=kind%2Ccategory%2Crating%2Cprice%2Cdiscount%2Cattribute%2Copen_now&limit=20&explain=true&highlight=true&lang=en",
  );
});
