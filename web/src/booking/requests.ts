/** Writes of the booking pages: a request keeps its key until its answer is final, so that asking again does it once. */
import { ApiProblem, NetworkFailure, newKey, post, type Write } from "../api/client.js";

type Send = <A>(url: string, write: Write) => Promise<A>;

/** A request that finds us busy is made so often, with these seconds between, unless Retry-After says another number. */
const WAITS_SECONDS = [1, 2, 4];
/** Who is to wait for longer is told so instead. */
const LONGEST_WAIT_SECONDS = 10;
const BUSY_STATUSES = [502, 503, 504];
const BUSY_CODES = ["rate_limited", "idempotency_in_flight"];

interface Ways {
  makeKey?: () => string;
  send?: Send;
  sleep?: (seconds: number) => Promise<void>;
  /** Is told when a request is to be made again, and when it has ended. */
  waits?: (isWaiting: boolean) => void;
}

export class Requests {
  /** Keys of requests without a final answer, by what they ask. */
  private readonly open = new Map<string, string>();
  private readonly ways: Required<Ways>;
  /** How often all was stopped. */
  private stops = 0;

  constructor(ways: Ways = {}) {
    this.ways = { makeKey: newKey, send: post, sleep, waits: () => undefined, ...ways };
  }

  /** Throws ApiProblem or NetworkFailure; where we are busy only after some tries, all of the same key. */
  async post<A>(url: string, { token = null, body = {} }: Omit<Write, "key"> = {}): Promise<A> {
    const asked = JSON.stringify([url, token, body]);
    const key = this.open.get(asked) ?? this.ways.makeKey();
    this.open.set(asked, key);
    try {
      const answer = await this.sendUntilHeard<A>(url, { key, token, body });
      this.open.delete(asked);
      return answer;
    } catch (error) {
      if (isFinal(error)) this.open.delete(asked);
      throw error;
    } finally {
      this.ways.waits(false);
    }
  }

  private async sendUntilHeard<A>(url: string, write: Write): Promise<A> {
    const { stops } = this;
    for (let tried = 0; ; tried += 1) {
      try {
        return await this.ways.send<A>(url, write);
      } catch (error) {
        const seconds = waitBefore(error, tried);
        if (seconds === null || this.stops > stops) throw error;
        this.ways.waits(true);
        await this.ways.sleep(seconds);
        if (this.stops > stops) throw error;
      }
    }
  }

  /** Nobody looks any more: what waits is not made again. */
  stop(): void {
    this.stops += 1;
  }
}

/** Whether an error tells that the request had no effect. Where the server failed, or nobody answered, it may have had one. */
export function isFinal(error: unknown): boolean {
  return error instanceof ApiProblem && error.status < 500 && ![...BUSY_CODES, "no_answer"].includes(error.code);
}

/** Whether the same request may succeed a little later. */
export function isBusy(error: unknown): boolean {
  if (error instanceof NetworkFailure) return true;
  return error instanceof ApiProblem && (BUSY_STATUSES.includes(error.status) || BUSY_CODES.includes(error.code));
}

/** Seconds until a request that was tried so often again is made once more; null: it is not. */
export function waitBefore(error: unknown, tried: number): number | null {
  const usual = WAITS_SECONDS[tried];
  if (!isBusy(error) || usual === undefined) return null;
  const seconds = Math.max(usual, error instanceof ApiProblem ? (error.retryAfterSeconds ?? 0) : 0);
  return seconds <= LONGEST_WAIT_SECONDS ? seconds : null;
}

function sleep(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}
