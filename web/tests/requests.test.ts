import assert from "node:assert/strict";
import { test } from "node:test";

import { ApiProblem, NetworkFailure, type Write } from "../src/api/client.js";
import { isFinal, Requests } from "../src/booking/requests.js";

/** Keys that were sent, and requests that end one after the other as told: with an answer or an error. */
function sending(ends: unknown[]): { keys: (string | undefined)[]; requests: Requests } {
  const keys: (string | undefined)[] = [];
  let made = 0;
  const send = <A>(_url: string, { key }: Write): Promise<A> => {
    keys.push(key);
    const end = ends.shift();
    return end instanceof Error ? Promise.reject(end) : Promise.resolve(end as A);
  };
  return { keys, requests: new Requests(() => `key ${(made += 1)}`, send) };
}

const problem = (status: number, code: string): ApiProblem => new ApiProblem(status, code, "", null, null);

test("a request keeps its key until its answer is final", async () => {
  const unclear = [new NetworkFailure("gone"), problem(503, "unavailable"), problem(409, "idempotency_in_flight"), problem(502, "no_answer")];
  const { keys, requests } = sending([...unclear, { id: 1 }, { id: 2 }]);
  for (const error of unclear) await assert.rejects(requests.post("/v1/holds", { body: { party: 2 } }), error);
  assert.deepEqual(await requests.post("/v1/holds", { body: { party: 2 } }), { id: 1 });
  assert.deepEqual(await requests.post("/v1/holds", { body: { party: 2 } }), { id: 2 });
  assert.deepEqual(keys, ["key 1", "key 1", "key 1", "key 1", "key 1", "key 2"]);
});

test("a refusal is final: the next try is another request", async () => {
  const { keys, requests } = sending([problem(409, "slot_full"), {}]);
  await assert.rejects(requests.post("/v1/holds"));
  await requests.post("/v1/holds");
  assert.deepEqual(keys, ["key 1", "key 2"]);
});

test("another place, body or token is another request", async () => {
  const gone = new NetworkFailure("gone");
  const { keys, requests } = sending([gone, gone, gone, gone, gone]);
  const asked: [string, Omit<Write, "key">][] = [["/a", {}], ["/b", {}], ["/a", { token: "t" }], ["/a", { body: { x: 1 } }], ["/a", {}]];
  for (const [url, write] of asked) await assert.rejects(requests.post(url, write));
  assert.deepEqual(keys, ["key 1", "key 2", "key 3", "key 4", "key 1"]);
});

test("what is no answer of ours is not final", () => {
  assert.equal(isFinal(new Error("a mistake")), false);
  assert.equal(isFinal(problem(400, "invalid_parameter")), true);
});
