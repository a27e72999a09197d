/** What the server tells the page: where to begin. */
import { language } from "../i18n/messages.js";
import type { Camera } from "./address.js";

export interface Home extends Camera {
  radiusMetres: number;
}

export function homeOf(root: HTMLElement): Home {
  const [lat = 0, lon = 0, zoom = 13, radiusMetres = 1500] = (root.dataset.home ?? "").split(",").map(Number);
  return { lat, lon, zoom, radiusMetres };
}

/** The URL of the first search, which the server had the browser ask for while the script was loading. */
export function preloadedSearch(): string | null {
  const link = document.querySelector<HTMLLinkElement>("#first-search");
  return link?.dataset.language === language() ? link.getAttribute("href") : null;
}
