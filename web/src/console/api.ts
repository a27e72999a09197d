/** What the console asks of the API, in the browser's session: writes carry the CSRF token, and the state they are about. */
import { ApiProblem, csrfToken, isAbort, NetworkFailure, type Schemas } from "../api/client.js";

export type Account = Schemas["AccountShape"];
export type Merchant = Schemas["MyMerchantShape"];
export type Branch = Schemas["MyBranchShape"];
export type Branches = Schemas["MyBranchesShape"];
export type Invitation = Schemas["MyInvitationShape"];
export type Area = Schemas["AreaShape"];
export type Version = Schemas["VersionShape"];
export type VersionHead = Schemas["VersionHeadShape"];
export type Versions = Schemas["VersionsShape"];
export type Band = Schemas["BandShape"];
export type NamedArea = Schemas["NamedAreaShape"];
export type NamedAreaInFull = Schemas["NamedAreaInFullShape"];
export type Preview = Schemas["PreviewShape"];
export type Mode = Area["mode"];
export type MultiPolygon = NamedAreaInFull["area"];

export interface Position {
  lat: number;
  lon: number;
}

/** The API said no, with what it tells of a shape: `reason`, and `place` where one point shows the fault. */
export class Refusal extends ApiProblem {
  constructor(
    problem: ApiProblem,
    readonly reason: string | null,
    readonly place: Position | null,
  ) {
    super(problem.status, problem.code, problem.detail, problem.parameter, problem.retryAfterSeconds);
  }
}

export interface Options {
  method?: "GET" | "POST" | "PUT" | "DELETE";
  body?: object;
  /** The `etag` of the area that was seen. */
  ifMatch?: string;
  signal?: AbortSignal;
}

/** Ask an operation under /v1/. Throws Refusal, NetworkFailure, or the signal's own reason; `null` for an answer without a body. */
export async function call<A>(path: string, { method = "GET", body, ifMatch, signal }: Options = {}): Promise<A> {
  const headers: Record<string, string> = {};
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (method !== "GET") headers["X-CSRFToken"] = csrfToken();
  if (ifMatch !== undefined) headers["If-Match"] = ifMatch;
  let response: Response;
  try {
    response = await fetch(`/v1/${path}`, {
      method,
      headers,
      cache: "no-store",
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    if (isAbort(error)) throw error;
    throw new NetworkFailure(String(error));
  }
  const answer: unknown = response.status === 204 ? null : await response.json().catch(() => null);
  if (response.ok) return answer as A;
  throw refusalOf(response.status, answer, response.headers.get("Retry-After"));
}

/** A problem document as what is thrown. */
export function refusalOf(status: number, answer: unknown, retryAfter: string | null = null): Refusal {
  const problem = (typeof answer === "object" && answer !== null ? answer : {}) as Record<string, unknown>;
  const text = (value: unknown): string | null => (typeof value === "string" ? value : null);
  const seconds = Number(retryAfter ?? NaN);
  const plain = new ApiProblem(
    status,
    text(problem.code) ?? "no_answer",
    text(problem.detail) ?? text(problem.title) ?? "",
    text(problem.parameter),
    Number.isFinite(seconds) ? seconds : null,
  );
  return new Refusal(plain, text(problem.reason), placeOf(problem.place));
}

function placeOf(value: unknown): Position | null {
  if (typeof value !== "object" || value === null) return null;
  const { lat, lon } = value as Record<string, unknown>;
  return typeof lat === "number" && typeof lon === "number" ? { lat, lon } : null;
}
export type BranchInFull = Schemas["MyBranchInFullShape"];
