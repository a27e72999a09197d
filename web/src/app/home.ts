/** What the server tells the page: where to begin. */
import type { Camera } from "./address.js";

export interface Home extends Camera {
  radiusMetres: number;
}

export function homeOf(root: HTMLElement): Home {
  const [lat = 0, lon = 0, zoom = 13, radiusMetres = 1500] = (root.dataset.home ?? "").split(",").map(Number);
  return { lat, lon, zoom, radiusMetres };
}
