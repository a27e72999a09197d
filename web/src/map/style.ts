/** The map's style: our own base tiles under what a search found. */
import type { ExpressionSpecification, LayerSpecification, StyleSpecification } from "maplibre-gl";

import { DARK, LIGHT, type Palette } from "./palette.js";

export const SOURCES = ["area", "clusters", "dots", "ranked", "here"] as const;
const EMPTY = { type: "FeatureCollection" as const, features: [] };
const FONT = ["Inter Variable, Noto Sans CJK SC, sans-serif"];
const BOLD = ["Inter Variable, Noto Sans CJK SC, sans-serif"];

export interface StyleOptions {
  dark: boolean;
  /** Where the base map's tiles are, with {z}/{x}/{y}; null: there are none. */
  baseTiles: string | null;
  language: string;
}

export function mapStyle({ dark, baseTiles, language }: StyleOptions): StyleSpecification {
  const palette = dark ? DARK : LIGHT;
  const style: StyleSpecification = {
    version: 8,
    sources: Object.fromEntries(SOURCES.map((name) => [name, { type: "geojson", data: EMPTY }])),
    layers: [
      { id: "background", type: "background", paint: { "background-color": palette.land } },
      ...(baseTiles === null ? [] : baseLayers(palette, language)),
      ...foundLayers(palette),
    ],
  };
  if (baseTiles !== null) style.sources.base = { type: "vector", tiles: [baseTiles], minzoom: 0, maxzoom: 16 };
  return style;
}

const byZoom = (...stops: number[]): ExpressionSpecification =>
  ["interpolate", ["exponential", 1.6], ["zoom"], ...stops] as unknown as ExpressionSpecification;

const kindIn = (...kinds: string[]): ExpressionSpecification => ["in", ["get", "kind"], ["literal", kinds]];

/** A line's width: `narrow` for small streets, `wide` for main ones, in pixels at each zoom. */
function widths(stops: readonly (readonly [zoom: number, narrow: number, wide: number])[]): ExpressionSpecification {
  const wide = kindIn("motorway", "primary", "secondary");
  const pairs = stops.flatMap(([zoom, small, big]) => [zoom, ["case", wide, big, kindIn("tertiary"), (small + big) / 2, small]]);
  return ["interpolate", ["exponential", 1.6], ["zoom"], ...pairs] as unknown as ExpressionSpecification;
}

function baseLayers(palette: Palette, language: string): LayerSpecification[] {
  const name: ExpressionSpecification = ["coalesce", ["get", language.startsWith("zh") ? "name_zh" : "name_en"], ["get", "name"]];
  const polygon: ExpressionSpecification = ["==", ["geometry-type"], "Polygon"];
  const line: ExpressionSpecification = ["==", ["geometry-type"], "LineString"];
  const paved: ExpressionSpecification = ["!", kindIn("rail", "tram", "path", "steps")];
  const base = { source: "base" } as const;
  const round = { "line-cap": "round", "line-join": "round" } as const;
  const halo = { "text-halo-color": palette.labelHalo, "text-halo-width": 1.5 } as const;
  return [
    { ...base, id: "land", type: "fill", "source-layer": "land", filter: ["!=", ["get", "kind"], "square"], paint: { "fill-color": palette.land } },
    { ...base, id: "green", type: "fill", "source-layer": "green", paint: { "fill-color": palette.green, "fill-opacity": ["case", kindIn("pitch", "grass", "scrub"), 0.65, 1] } },
    { ...base, id: "squares", type: "fill", "source-layer": "land", filter: ["==", ["get", "kind"], "square"], paint: { "fill-color": palette.square } },
    { ...base, id: "water", type: "fill", "source-layer": "water", filter: polygon, paint: { "fill-color": palette.water } },
    { ...base, id: "waterways", type: "line", "source-layer": "water", filter: line, paint: { "line-color": palette.water, "line-width": byZoom(11, 0.6, 17, 5) } },
    { ...base, id: "paths", type: "line", "source-layer": "streets", minzoom: 15, filter: kindIn("path", "steps"), paint: { "line-color": palette.path, "line-width": byZoom(15, 0.7, 19, 3), "line-dasharray": [2, 1.4] } },
    { ...base, id: "street-casings", type: "line", "source-layer": "streets", minzoom: 13, filter: paved, layout: round, paint: { "line-color": palette.streetCasing, "line-width": widths([[13, 1.6, 4.2], [16, 6.5, 12], [19, 24, 40]]) } },
    { ...base, id: "streets", type: "line", "source-layer": "streets", filter: paved, layout: { ...round, "line-sort-key": ["get", "rank"] }, paint: { "line-color": palette.street, "line-width": widths([[8, 0.4, 0.9], [13, 0.9, 2.8], [16, 5, 10], [19, 21, 37]]) } },
    { ...base, id: "rails", type: "line", "source-layer": "streets", filter: kindIn("rail", "tram"), paint: { "line-color": palette.rail, "line-width": byZoom(12, 0.6, 18, 2.2), "line-dasharray": [4, 2] } },
    { ...base, id: "buildings", type: "fill", "source-layer": "buildings", minzoom: 14, paint: { "fill-color": palette.building, "fill-outline-color": palette.buildingLine, "fill-opacity": ["interpolate", ["linear"], ["zoom"], 14, 0.35, 15.5, 1] } },
    { ...base, id: "street-names", type: "symbol", "source-layer": "streets", minzoom: 14.5, filter: ["all", ["has", "name"], ["!", kindIn("rail", "tram")]], layout: { "symbol-placement": "line", "text-field": name, "text-font": FONT, "text-size": 11, "symbol-spacing": 380, "text-padding": 8 }, paint: { "text-color": palette.streetLabel, ...halo } },
    { ...base, id: "water-names", type: "symbol", "source-layer": "water", minzoom: 12, filter: ["all", ["has", "name"], polygon], layout: { "text-field": name, "text-font": FONT, "text-size": 12, "text-max-width": 7, "text-padding": 20 }, paint: { "text-color": palette.waterLabel, "text-halo-color": palette.water, "text-halo-width": 1.2 } },
    { ...base, id: "green-names", type: "symbol", "source-layer": "green", minzoom: 15, filter: ["all", ["has", "name"], kindIn("park", "cemetery", "wood")], layout: { "text-field": name, "text-font": FONT, "text-size": 11, "text-max-width": 7, "text-padding": 12 }, paint: { "text-color": palette.greenLabel, ...halo } },
    { ...base, id: "labels", type: "symbol", "source-layer": "labels", layout: { "text-field": name, "text-font": FONT, "text-size": ["interpolate", ["linear"], ["get", "rank"], 3, 11.5, 9, 17], "text-max-width": 8, "text-padding": 10, "symbol-sort-key": ["-", ["get", "rank"]] }, paint: { "text-color": palette.label, ...halo, "text-halo-width": 1.8 } },
  ];
}

function foundLayers(palette: Palette): LayerSpecification[] {
  const colour: ExpressionSpecification = ["case", ["get", "deal"], palette.deal, palette.accent];
  return [
    { id: "area", type: "line", source: "area", paint: { "line-color": palette.area, "line-width": 1.6, "line-opacity": 0.55, "line-dasharray": [3, 2.5] } },
    { id: "clusters", type: "circle", source: "clusters", paint: { "circle-color": palette.cluster, "circle-opacity": 0.92, "circle-stroke-color": palette.clusterText, "circle-stroke-opacity": 0.35, "circle-stroke-width": 1, "circle-radius": ["interpolate", ["linear"], ["log10", ["get", "count"]], 0, 10, 1, 14, 2, 19, 3, 25, 5, 34] } },
    { id: "cluster-counts", type: "symbol", source: "clusters", layout: { "text-field": ["get", "label"], "text-font": BOLD, "text-size": 12, "text-allow-overlap": true, "text-ignore-placement": true }, paint: { "text-color": palette.clusterText } },
    { id: "dots", type: "circle", source: "dots", paint: { "circle-color": colour, "circle-radius": ["case", ["get", "selected"], 9, 5.5], "circle-stroke-color": palette.rim, "circle-stroke-width": 1.5 } },
    { id: "ranked-dots", type: "circle", source: "ranked", paint: { "circle-color": colour, "circle-radius": 5.5, "circle-stroke-color": palette.rim, "circle-stroke-width": 1.5 } },
    { id: "ranked", type: "symbol", source: "ranked", layout: { "symbol-sort-key": ["get", "order"], "icon-image": ["concat", "pin-", ["case", ["get", "deal"], "deal", "place"]], "icon-size": ["case", ["get", "selected"], 1.3, ["get", "hovered"], 1.2, 1], "icon-padding": 0, "text-padding": 0, "text-field": ["get", "label"], "text-font": BOLD, "text-size": ["case", ["get", "selected"], 13.5, [">", ["length", ["get", "label"]], 2], 9.5, 11.5] }, paint: { "text-color": palette.onPin } },
    { id: "here", type: "circle", source: "here", paint: { "circle-color": palette.here, "circle-radius": 7, "circle-stroke-color": "#ffffff", "circle-stroke-width": 3 } },
  ];
}
