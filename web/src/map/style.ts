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
  if (baseTiles !== null) style.sources.base = { type: "vector", tiles: [baseTiles], minzoom: 0, maxzoom: 15 };
  return style;
}

const byZoom = (...stops: number[]): ExpressionSpecification =>
  ["interpolate", ["exponential", 1.6], ["zoom"], ...stops] as unknown as ExpressionSpecification;

function baseLayers(palette: Palette, language: string): LayerSpecification[] {
  const name: ExpressionSpecification = ["coalesce", ["get", `name:${language}`], ["get", "name"]];
  const major: ExpressionSpecification = ["in", ["get", "kind"], ["literal", ["motorway", "trunk", "primary", "secondary", "major"]]];
  const rail: ExpressionSpecification = ["in", ["get", "kind"], ["literal", ["rail", "tram", "subway", "light_rail"]]];
  const path: ExpressionSpecification = ["in", ["get", "kind"], ["literal", ["footway", "path", "cycleway", "steps", "pedestrian", "track", "bridleway"]]];
  return [
    { id: "land", type: "fill", source: "base", "source-layer": "land", paint: { "fill-color": palette.ground } },
    { id: "green", type: "fill", source: "base", "source-layer": "green", paint: { "fill-color": palette.green } },
    { id: "water", type: "fill", source: "base", "source-layer": "water", filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": palette.water } },
    { id: "waterways", type: "line", source: "base", "source-layer": "water", filter: ["==", ["geometry-type"], "LineString"], paint: { "line-color": palette.water, "line-width": byZoom(10, 0.6, 16, 4) } },
    { id: "rails", type: "line", source: "base", "source-layer": "streets", filter: rail, paint: { "line-color": palette.rail, "line-width": byZoom(11, 0.5, 17, 2), "line-dasharray": [3, 2] } },
    { id: "paths", type: "line", source: "base", "source-layer": "streets", minzoom: 14, filter: path, paint: { "line-color": palette.path, "line-width": byZoom(14, 0.5, 18, 2.5), "line-dasharray": [2, 1.5] } },
    { id: "street-casings", type: "line", source: "base", "source-layer": "streets", minzoom: 12, filter: ["!", ["any", rail, path]], layout: { "line-cap": "round", "line-join": "round" }, paint: { "line-color": palette.streetCasing, "line-width": ["interpolate", ["exponential", 1.6], ["zoom"], 12, ["case", major, 2.6, 1], 18, ["case", major, 26, 15]] } },
    { id: "streets", type: "line", source: "base", "source-layer": "streets", filter: ["!", ["any", rail, path]], layout: { "line-cap": "round", "line-join": "round" }, paint: { "line-color": palette.street, "line-width": ["interpolate", ["exponential", 1.6], ["zoom"], 11, ["case", major, 1.2, 0.3], 18, ["case", major, 23, 12.5]] } },
    { id: "buildings", type: "fill", source: "base", "source-layer": "buildings", minzoom: 13.5, paint: { "fill-color": palette.building, "fill-outline-color": palette.buildingLine, "fill-opacity": ["interpolate", ["linear"], ["zoom"], 13.5, 0, 14.5, 1] } },
    { id: "street-names", type: "symbol", source: "base", "source-layer": "streets", minzoom: 14, filter: ["has", "name"], layout: { "symbol-placement": "line", "text-field": name, "text-font": FONT, "text-size": 11.5, "symbol-spacing": 320 }, paint: { "text-color": palette.label, "text-halo-color": palette.labelHalo, "text-halo-width": 1.4 } },
    { id: "labels", type: "symbol", source: "base", "source-layer": "labels", layout: { "text-field": name, "text-font": FONT, "text-size": ["interpolate", ["linear"], ["zoom"], 10, 12, 16, 15], "text-max-width": 8, "text-padding": 6 }, paint: { "text-color": ["case", ["in", ["get", "kind"], ["literal", ["water", "bay", "sea", "lake", "strait"]]], palette.waterLabel, palette.label], "text-halo-color": palette.labelHalo, "text-halo-width": 1.6 } },
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
    { id: "ranked", type: "symbol", source: "ranked", layout: { "symbol-sort-key": ["get", "order"], "icon-image": ["concat", "pin-", ["case", ["get", "deal"], "deal", "place"]], "icon-size": ["case", ["get", "selected"], 1.3, ["get", "hovered"], 1.2, 1], "icon-padding": 0, "text-padding": 0, "text-field": ["get", "label"], "text-font": BOLD, "text-size": ["case", ["get", "selected"], 13.5, 11.5] }, paint: { "text-color": palette.onPin } },
    { id: "here", type: "circle", source: "here", paint: { "circle-color": palette.here, "circle-radius": 7, "circle-stroke-color": "#ffffff", "circle-stroke-width": 3 } },
  ];
}
