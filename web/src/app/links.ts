/** Where things lead to, inside and outside. */
import type { Hit } from "../api/client.js";

/** The server's own page of a hit: what a middle click, a crawler or a phone opens. */
export function hrefOf(hit: Hit): string {
  return hit.deal ? `/deals/${hit.deal.id}` : `/places/${hit.place_id ?? ""}`;
}

export function isTouch(): boolean {
  return matchMedia("(pointer: coarse)").matches;
}

/** A phone has a map app that knows geo:; elsewhere OpenStreetMap's page draws the way. */
export function directionsTo(lat: number, lon: number): string {
  return isTouch()
    ? `geo:${lat},${lon}?q=${lat},${lon}`
    : `https://www.openstreetmap.org/directions?to=${lat}%2C${lon}`;
}

/** Only web links: a merchant's text must never become a script. */
export function safeWebsite(text: string | null | undefined): string | null {
  if (text == null || !URL.canParse(text)) return null;
  const url = new URL(text);
  return url.protocol === "https:" || url.protocol === "http:" ? url.href : null;
}

export function telephone(text: string | null | undefined): string | null {
  const digits = (text ?? "").replace(/[^\d+]/g, "");
  return digits.length >= 3 ? `tel:${digits}` : null;
}
