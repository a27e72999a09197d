/** The page's whole state as its URL: the search in the API's own words, and beside it what is open and where the map is. */

export interface Question {
  q?: string;
  category?: string;
  kind?: "place" | "deal";
  price_min_minor?: string;
  price_max_minor?: string;
  currency?: string;
  discount_min_percent?: string;
  rating_min?: string;
  attributes?: string;
  has_deals?: string;
  open_now?: string;
  open_at?: string;
  chain?: string;
  collapse?: string;
  sort?: string;
  profile?: string;
  lat?: string;
  lon?: string;
  radius_metres?: string;
  bbox?: string;
  /** `lat,lon`: only what serves this address, in the way of `mode`. */
  serves?: string;
  mode?: Way;
}

/** How a merchant serves an address. */
export type Way = "delivery" | "at_home";

export interface Camera {
  lat: number;
  lon: number;
  zoom: number;
}

export interface PageState {
  question: Question;
  /** `place:<id>` or `deal:<id>:<place id>`, as hits are named. */
  open: string | null;
  why: boolean;
  camera: Camera | null;
  language: string | null;
}

/** In the order in which they stand in a URL. The page's server code holds the same list (web/addresses.py). */
export const QUESTION_NAMES = [
  "q", "category", "kind", "price_min_minor", "price_max_minor", "currency", "discount_min_percent", "rating_min",
  "attributes", "has_deals", "open_now", "open_at", "chain", "collapse", "sort", "profile",
  "lat", "lon", "radius_metres", "bbox", "serves", "mode",
] as const satisfies readonly (keyof Question)[];

const WHERE_NAMES: readonly (keyof Question)[] = ["lat", "lon", "radius_metres", "bbox"];

export function parseAddress(search: string): PageState {
  const params = new URLSearchParams(search);
  const question: Record<string, string> = {};
  for (const name of QUESTION_NAMES) {
    const value = params.get(name);
    if (value !== null && value !== "") question[name] = value;
  }
  return {
    question,
    open: /^(place|deal):[\w:-]{1,120}$/.exec(params.get("open") ?? "")?.[0] ?? null,
    why: params.get("why") === "1",
    camera: parseCamera(params.get("view")),
    language: params.get("lang"),
  };
}

export function formatAddress(state: PageState): string {
  const params = new URLSearchParams();
  for (const name of QUESTION_NAMES) {
    const value = state.question[name];
    if (value !== undefined && value !== "") params.set(name, value);
  }
  if (state.camera) {
    const { lat, lon, zoom } = state.camera;
    params.set("view", `${lat.toFixed(5)},${lon.toFixed(5)},${zoom.toFixed(2)}`);
  }
  if (state.open !== null) params.set("open", state.open);
  if (state.why) params.set("why", "1");
  if (state.language !== null) params.set("lang", state.language);
  // Commas and colons are fine in a query, and a shared link is read by people.
  const text = params.toString().replaceAll("%2C", ",").replaceAll("%3A", ":");
  return text === "" ? "/" : `/?${text}`;
}

function parseCamera(text: string | null): Camera | null {
  const parts = (text ?? "").split(",").map(Number);
  const [lat, lon, zoom] = parts;
  if (parts.length !== 3 || lat === undefined || lon === undefined || zoom === undefined) return null;
  const sound = Math.abs(lat) <= 85 && Math.abs(lon) <= 180 && zoom >= 0 && zoom <= 22;
  return sound ? { lat, lon, zoom } : null;
}

/** The question with the area replaced: a search takes exactly one. Where an address is served, a circle's middle becomes the address. */
export function withArea(question: Question, area: Partial<Pick<Question, "lat" | "lon" | "radius_metres" | "bbox">>): Question {
  const rest = Object.fromEntries(Object.entries(question).filter(([name]) => !WHERE_NAMES.includes(name as keyof Question)));
  if (question.serves !== undefined && area.lat !== undefined && area.lon !== undefined) return { ...rest, serves: `${area.lat},${area.lon}` };
  return { ...rest, ...area };
}

export function hasArea(question: Question): boolean {
  return question.serves !== undefined || question.bbox !== undefined || (question.lat !== undefined && question.lon !== undefined);
}

/** Names of the filters that narrow the question, besides words and area. */
export function filtersOf(question: Question): (keyof Question)[] {
  const quiet: readonly (keyof Question)[] = [...WHERE_NAMES, "serves", "q", "sort", "profile", "currency", "collapse"];
  return QUESTION_NAMES.filter((name) => question[name] !== undefined && !quiet.includes(name));
}
