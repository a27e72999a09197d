/** What a viewport holds: single pins when they are few, exact counts by cell when they are many. */
import { getUrl, urlOf, type Clusters, type SearchPage } from "../api/client.js";
import type { Question } from "../app/address.js";
import type { Box } from "./features.js";

export const MOST_PINS = 100;
const PIN_FIELDS = "id,kind,lat,lon";

export type View = { kind: "pins"; page: SearchPage } | { kind: "clusters"; clusters: Clusters };

/** The filters of a question without its area, its order and its words' order: what clusters and pins share. */
export function filtersIn(question: Question): Record<string, string | undefined> {
  const { lat, lon, radius_metres, bbox, sort, profile, ...filters } = question;
  return { ...filters };
}

/** Both questions at once: whichever is needed is there after one round trip. */
export async function lookAt(question: Question, box: Box, zoom: number, signal: AbortSignal): Promise<View> {
  const bbox = [box.west, box.south, box.east, box.north].map((degrees) => degrees.toFixed(5)).join(",");
  const filters = { ...filtersIn(question), bbox };
  const [page, clusters] = await Promise.all([
    getUrl<SearchPage>(urlOf("/v1/search", { ...filters, limit: MOST_PINS, fields: PIN_FIELDS }), signal),
    getUrl<Clusters>(urlOf("/v1/clusters", { ...filters, zoom: Math.min(22, Math.max(0, zoom)).toFixed(2) }), signal),
  ]);
  return page.total.relation === "eq" && page.total.value <= MOST_PINS ? { kind: "pins", page } : { kind: "clusters", clusters };
}
