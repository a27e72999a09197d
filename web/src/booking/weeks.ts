/** Times are asked for week by week. Pure. */
import { urlOf, type Availability } from "../api/client.js";

export const WINDOW_MS = 7 * 86_400_000;

export interface Week {
  deal: string;
  place: string;
  party: number;
  /** Its first instant; null: now. */
  since: number | null;
}

export function weekUrl({ deal, place, party, since }: Week): string {
  const from = since === null ? undefined : new Date(since).toISOString();
  return urlOf(`/v1/deals/${encodeURIComponent(deal)}/availability`, { place_id: place, party, from });
}

/** When the next week begins; null where nothing can be booked in it. */
export function laterWeek(offer: Pick<Availability, "as_of" | "bookable_until">, since: number | null): number | null {
  const next = (since ?? Date.parse(offer.as_of)) + WINDOW_MS;
  return next <= Date.parse(offer.bookable_until) ? next : null;
}
