import assert from "node:assert/strict";
import { test } from "node:test";

import { ApiProblem, NetworkFailure, type Write } from "../src/api/client.js";
import { isFinal, Requests, waitBefore } from "../src/booking/requests.js";

interface Sending {
  keys: (string | undefined)[];
  /** Seconds that were waited; "told" and "told off" where the page is to show it. */
  waited: (number | string)[];
  requests: Requests;
}

/** Keys that were sent, and requests that end one after the other as told: with an answer or an error. */
function sending(ends: unknown[]): Sending {
  const keys: (string | undefined)[] = [];
  const waited: (number | string)[] = [];
  let made = 0;
  const send = <A>(_url: string, { key }: Write): Promise<A> => {
    keys.push(key);
    const end = ends.shift();
    return end instanceof Error ? Promise.reject(end) : Promise.resolve(end as A);
  };
  const sleep = (seconds: number): Promise<void> => {
    waited.push(seconds);
    return Promise.resolve();
  };
  const waits = (isWaiting: boolean): void => {
    waited.push(isWaiting ? "told" : "told off");
  };
  return { keys, waited, requests: new Requests({ makeKey: () => `key ${(made += 1)}`, send, sleep, waits }) };
}

const problem = (status: number, code: string, retryAfter: number | null = null): ApiProblem => new ApiProblem(status, code, "", null, retryAfter);
const gone = new NetworkFailure("gone");

test("who finds us busy asks again with the same key, and is told meanwhile", async () => {
  const busy = [gone, problem(503, "temporarily_unavailable", 3), problem(409, "idempotency_in_flight", 1)];
  const { keys, waited, requests } = sending([...busy, { id: 1 }, { id: 2 }]);
  assert.deepEqual(await requests.post("/v1/holds", { body: { party: 2 } }), { id: 1 });
  assert.deepEqual(waited, ["told", 1, "told", 3, "told", 4, "told off"]);
  assert.deepEqual(await requests.post("/v1/holds", { body: { party: 2 } }), { id: 2 });
  assert.deepEqual(keys, ["key 1", "key 1", "key 1", "key 1", "key 2"]);
});

test("after four tries it is told, and the next try has the same key", async () => {
  const busy = Array.from({ length: 5 }, () => problem(429, "rate_limited", 1));
  const { keys, requests } = sending([...busy, { id: 1 }]);
  await assert.rejects(requests.post("/v1/holds"), busy[0]);
  assert.equal(keys.length, 4);
  assert.deepEqual(await requests.post("/v1/holds"), { id: 1 });
  assert.deepEqual(new Set(keys), new Set(["key 1"]));
});

test("nobody waits where we fail, refuse, or ask for more than ten seconds", () => {
  assert.deepEqual([0, 1, 2, 3].map((tried) => waitBefore(gone, tried)), [1, 2, 4, null]);
  assert.equal(waitBefore(problem(503, "payment_provider_unavailable", 10), 0), 10);
  assert.equal(waitBefore(problem(429, "rate_limited", 11), 0), null);
  assert.equal(waitBefore(problem(429, "too_many_holds", 1), 0), null);
  assert.equal(waitBefore(problem(500, "internal_error"), 0), null);
  assert.equal(waitBefore(problem(409, "slot_full"), 0), null);
});

test("two that ask the same at once ask it with one key", async () => {
  const { keys, requests } = sending([{ id: 1 }, { id: 1 }]);
  await Promise.all([requests.post("/v1/holds"), requests.post("/v1/holds")]);
  assert.deepEqual(keys, ["key 1", "key 1"]);
});

test("who goes away asks no more", async () => {
  const { keys, requests } = sending([gone, { id: 1 }]);
  const asked = requests.post("/v1/holds");
  requests.stop();
  await assert.rejects(asked, gone);
  assert.equal(keys.length, 1);
});

test("a refusal is final: the next try is another request", async () => {
  const { keys, requests } = sending([problem(409, "slot_full"), {}]);
  await assert.rejects(requests.post("/v1/holds"));
  await requests.post("/v1/holds");
  assert.deepEqual(keys, ["key 1", "key 2"]);
});

test("another place, body or token is another request", async () => {
  const failed = problem(500, "internal_error");
  const { keys, requests } = sending([failed, failed, failed, failed, failed]);
  const asked: [string, Omit<Write, "key">][] = [["/a", {}], ["/b", {}], ["/a", { token: "t" }], ["/a", { body: { x: 1 } }], ["/a", {}]];
  for (const [url, write] of asked) await assert.rejects(requests.post(url, write));
  assert.deepEqual(keys, ["key 1", "key 2", "key 3", "key 4", "key 1"]);
});

test("what is no answer of ours is not final", () => {
  assert.equal(isFinal(new Error("a mistake")), false);
  assert.equal(isFinal(problem(500, "internal_error")), false);
  assert.equal(isFinal(problem(429, "rate_limited")), false);
  assert.equal(isFinal(problem(400, "invalid_parameter")), true);
});
