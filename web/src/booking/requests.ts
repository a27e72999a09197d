/** Writes of the booking pages: a request keeps its key until its answer is final, so that asking again does it once. */
import { ApiProblem, newKey, post, type Write } from "../api/client.js";

type Send = <A>(url: string, write: Write) => Promise<A>;

export class Requests {
  /** Keys of requests without a final answer, by what they ask. */
  private readonly open = new Map<string, string>();

  constructor(
    private readonly makeKey: () => string = newKey,
    private readonly send: Send = post,
  ) {}

  /** Throws ApiProblem or NetworkFailure. */
  async post<A>(url: string, { token = null, body = {} }: Omit<Write, "key"> = {}): Promise<A> {
    const asked = JSON.stringify([url, token, body]);
    const key = this.open.get(asked) ?? this.makeKey();
    this.open.set(asked, key);
    try {
      const answer = await this.send<A>(url, { key, token, body });
      this.open.delete(asked);
      return answer;
    } catch (error) {
      if (isFinal(error)) this.open.delete(asked);
      throw error;
    }
  }
}

/** Whether an error tells that the request had no effect. Where the server failed, or nobody answered, it may have had one. */
export function isFinal(error: unknown): boolean {
  return error instanceof ApiProblem && error.status < 500 && !["idempotency_in_flight", "no_answer"].includes(error.code);
}
