/** The API, typed by its own OpenAPI document: `schema.d.ts` is generated from docs/openapi.json at every build. */
import type { components, paths } from "./schema.js";

export type Schemas = components["schemas"];
export type Hit = Schemas["Hit"];
export type SearchPage = Schemas["SearchPage"];
export type Clusters = Schemas["Clusters"];
export type Place = Schemas["Place"];
export type Deal = Schemas["Deal"];
export type Suggestion = Schemas["Suggestion"];
export type CategoryNode = Schemas["CategoryNode"];
export type Availability = Schemas["AvailabilityShape"];
export type Booking = Schemas["BookingShape"];
export type Held = Schemas["HoldShape"];
export type Payment = Schemas["PaymentShape"];
export type Entry = Schemas["EntryShape"];
export type Joined = Schemas["JoinedShape"];

type Get<P extends keyof paths> = paths[P] extends { get: infer O } ? O : never;
type Query<P extends keyof paths> = Get<P> extends { parameters: { query?: infer Q } } ? NonNullable<Q> : never;
type Answer<P extends keyof paths> =
  Get<P> extends { responses: { 200: { content: { "application/json": infer A } } } } ? A : never;

/** The API said no: RFC 9457, with a stable `code`. */
export class ApiProblem extends Error {
  override readonly name = "ApiProblem";
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly parameter: string | null,
    readonly retryAfterSeconds: number | null,
  ) {
    super(`${code}: ${detail}`);
  }
}

/** No answer came at all. */
export class NetworkFailure extends Error {
  override readonly name = "NetworkFailure";
}

export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}

/** The URL of an operation; parameters in the order given, those that are undefined or "" left out. */
export function urlOf(path: string, query: Readonly<Record<string, string | number | boolean | undefined>>): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== "");
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return text === "" ? path : `${path}?${text}`;
}

/** GET an operation. Throws ApiProblem, NetworkFailure, or the signal's own reason. */
export async function get<P extends keyof paths>(
  path: P,
  options: { id?: string; query?: Query<P>; signal?: AbortSignal } = {},
): Promise<Answer<P>> {
  const filled = path.replace("{id}", encodeURIComponent(options.id ?? ""));
  return getUrl<Answer<P>>(urlOf(filled, options.query ?? {}), options.signal);
}

/** GET a URL that was put together before, such as the one that the page preloads. */
export async function getUrl<A>(url: string, signal?: AbortSignal): Promise<A> {
  return request<A>(url, signal ? { signal } : {});
}

/** A new Idempotency-Key: one for each intent, the same for each retry of it. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export interface Write {
  /** Needed by what moves a place or money. */
  key?: string;
  /** None: as who is signed in here, if anybody is. */
  token?: string | null;
  body?: object;
}

/** POST, and once more under the same key where no answer came. Throws ApiProblem or NetworkFailure. */
export async function post<A>(url: string, { key, token = null, body = {} }: Write): Promise<A> {
  const headers: Record<string, string> = { "Content-Type": "application/json" };
  if (key !== undefined) headers["Idempotency-Key"] = key;
  if (token === null) headers["X-CSRFToken"] = csrfToken();
  else headers.Authorization = `Bearer ${token}`;
  const init = { method: "POST", headers, body: JSON.stringify(body) };
  try {
    return await request<A>(url, init);
  } catch (error) {
    if (error instanceof NetworkFailure && key !== undefined) return request<A>(url, init);
    throw error;
  }
}

/** What proves that a write comes from our own page; "" where nobody was ever signed in. */
export function csrfToken(): string {
  return /(?:^|;\s*)csrftoken=([^;]*)/.exec(document.cookie)?.[1] ?? "";
}

/** Throws ApiProblem, NetworkFailure, or the signal's own reason. */
export async function request<A>(url: string, init: RequestInit): Promise<A> {
  let response: Response;
  try {
    response = await fetch(url, init);
  } catch (error) {
    if (isAbort(error)) throw error;
    throw new NetworkFailure(String(error));
  }
  const body: unknown = await response.json().catch(() => null);
  if (response.ok && body !== null) return body as A;
  const problem = (typeof body === "object" && body !== null ? body : {}) as Record<string, unknown>;
  const retry = Number(response.headers.get("Retry-After") ?? NaN);
  throw new ApiProblem(
    response.status,
    typeof problem.code === "string" ? problem.code : "no_answer",
    typeof problem.detail === "string" ? problem.detail : response.statusText,
    typeof problem.parameter === "string" ? problem.parameter : null,
    Number.isFinite(retry) ? retry : null,
  );
}
