/** What every map of ours shares: how it lies in its host, where its base tiles are, how it moves. */
import { css } from "lit";
import { Map as MapLibre, setWorkerUrl, type MapOptions } from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";

setWorkerUrl(new URL(workerUrl, location.href).href);

/** Of an element with a child `.canvas` that holds the map. */
export const canvasStyle = css`
  :host {
    background: var(--sunken);
  }
  .canvas {
    position: absolute;
    inset: 0;
    overflow: hidden;
    -webkit-tap-highlight-color: transparent;
  }
  .maplibregl-canvas-container,
  .maplibregl-canvas {
    position: absolute;
    inset: 0;
  }
  .maplibregl-canvas {
    outline-offset: -3px;
  }
  .maplibregl-canvas-container.maplibregl-interactive {
    cursor: grab;
    user-select: none;
    touch-action: none;
  }
  .maplibregl-canvas-container.maplibregl-interactive:active {
    cursor: grabbing;
  }
  .maplibregl-control-container {
    display: none;
  }
`;

/** A flat map, north up, without the library's own controls. `title`: what it is called, and how keys move it. */
export function flatMap(title: string, options: MapOptions): MapLibre {
  const map = new MapLibre({
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    maxPitch: 0,
    fadeDuration: milliseconds(200),
    locale: { "Map.Title": title },
    ...options,
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  return map;
}

/** Where the page says that our base tiles are, with {z}/{x}/{y}; null where it says nothing. */
export function baseTiles(): string | null {
  const tiles = document.documentElement.dataset.baseTiles ?? "";
  return tiles === "" ? null : new URL(tiles, location.href).href.replaceAll("%7B", "{").replaceAll("%7D", "}");
}

/** How long a movement takes: no time for readers who want none. */
export function milliseconds(wanted: number): number {
  return matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : wanted;
}
