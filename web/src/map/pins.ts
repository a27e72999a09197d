/** What a viewport holds: single pins when they are few, exact counts by cell when they are many. */
import { getUrl, urlOf, type Clusters, type SearchPage } from "../api/client.js";
import type { Question } from "../app/address.js";
import type { Box } from "./features.js";

export const MOST_PINS = 100;
const PIN_FIELDS = "id,kind,lat,lon";

export type View = { kind: "pins"; page: SearchPage } | { kind: "clusters"; clusters: Clusters };
type Ask = <T>(url: string, signal: AbortSignal) => Promise<T>;

/** The filters of a question without its area, its order and its words' order: what clusters and pins share. */
export function filtersIn(question: Question): Record<string, string | undefined> {
  const { lat, lon, radius_metres, bbox, sort, profile, ...filters } = question;
  return { ...filters };
}

/**
 * One round trip where the view is like the last one. After pins both are asked for at once; after clusters, which a
 * server tells at once where it would rank a million for the pins, only clusters, and pins when they turn out to be few.
 */
export async function lookAt(question: Question, box: Box, zoom: number, last: View["kind"], signal: AbortSignal, ask: Ask = getUrl): Promise<View> {
  const bbox = [box.west, box.south, box.east, box.north].map((degrees) => degrees.toFixed(5)).join(",");
  const filters = { ...filtersIn(question), bbox };
  const askPins = async (): Promise<SearchPage> => ask(urlOf("/v1/search", { ...filters, limit: MOST_PINS, fields: PIN_FIELDS }), signal);
  const askClusters = async (): Promise<Clusters> => ask(urlOf("/v1/clusters", { ...filters, zoom: Math.min(22, Math.max(0, zoom)).toFixed(2) }), signal);
  if (last === "clusters") {
    const clusters = await askClusters();
    return clusters.total.value > MOST_PINS ? { kind: "clusters", clusters } : { kind: "pins", page: await askPins() };
  }
  const [page, clusters] = await Promise.all([askPins(), askClusters()]);
  return page.total.relation === "eq" && page.total.value <= MOST_PINS ? { kind: "pins", page } : { kind: "clusters", clusters };
}
