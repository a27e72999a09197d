/** What was found, as GeoJSON. Pure: no map is needed to test it. */
import type { Feature, FeatureCollection } from "geojson";

import type { Clusters, Hit } from "../api/client.js";
import type { Question } from "../app/address.js";
import { middleOf } from "../app/serving.js";

const EARTH_RADIUS_METRES = 6_371_008.7714;

export type Features = FeatureCollection;

function point(lon: number, lat: number, properties: Record<string, unknown>): Feature {
  return { type: "Feature", geometry: { type: "Point", coordinates: [lon, lat] }, properties };
}

export interface Emphasis {
  selected: string | null;
  hovered: string | null;
}

/** One pin for each position, with the best rank there: a place and its deals stand on the same spot. */
export function rankedPins(hits: readonly Hit[], emphasis: Emphasis): Features {
  const byPosition = new Map<string, { hit: Hit; rank: number; ids: string[] }>();
  hits.forEach((hit, index) => {
    if (hit.lat === undefined || hit.lon === undefined) return;
    const key = `${hit.lat},${hit.lon}`;
    const there = byPosition.get(key);
    if (there) there.ids.push(hit.id ?? "");
    else byPosition.set(key, { hit, rank: index + 1, ids: [hit.id ?? ""] });
  });
  const features = [...byPosition.values()].map(({ hit, rank, ids }) => {
    const selected = emphasis.selected !== null && ids.includes(emphasis.selected);
    const hovered = emphasis.hovered !== null && ids.includes(emphasis.hovered);
    return point(hit.lon ?? 0, hit.lat ?? 0, {
      id: hit.id,
      label: ids.length > 1 ? `${rank}+` : String(rank),
      deal: hit.kind === "deal",
      selected,
      hovered,
      order: selected ? -2 : hovered ? -1 : rank,
    });
  });
  return { type: "FeatureCollection", features };
}

/** Everything in view that is not in the list. */
export function dots(hits: readonly Hit[], ranked: readonly Hit[], selected: string | null): Features {
  const listed = new Set(ranked.map((hit) => `${hit.lat ?? ""},${hit.lon ?? ""}`));
  const others = hits.filter((hit) => !listed.has(`${hit.lat ?? ""},${hit.lon ?? ""}`));
  return {
    type: "FeatureCollection",
    features: others.map((hit) => point(hit.lon ?? 0, hit.lat ?? 0, { id: hit.id, deal: hit.kind === "deal", selected: hit.id === selected })),
  };
}

export function clusterPoints(clusters: Clusters, label: (count: number) => string): Features {
  return {
    type: "FeatureCollection",
    features: clusters.cells.map((cell) => point(cell.lon, cell.lat, { cell: cell.cell, count: cell.count, label: label(cell.count) })),
  };
}

export interface Box {
  west: number;
  south: number;
  east: number;
  north: number;
}

/** The box of the question's area, of an address the city round it; null where it names none. */
export function boxOf(question: Question): Box | null {
  if (question.bbox !== undefined) {
    const [west, south, east, north] = question.bbox.split(",").map(Number);
    if (west === undefined || south === undefined || east === undefined || north === undefined) return null;
    return [west, south, east, north].every(Number.isFinite) ? { west, south, east, north } : null;
  }
  const { lat, lon } = middleOf(question) ?? { lat: NaN, lon: NaN };
  const radius = Number(question.radius_metres ?? 2000);
  if (![lat, lon, radius].every(Number.isFinite)) return null;
  const up = (radius / EARTH_RADIUS_METRES) * (180 / Math.PI);
  const across = up / Math.max(0.01, Math.cos((lat * Math.PI) / 180));
  return { west: lon - across, south: lat - up, east: lon + across, north: lat + up };
}

/** What to show at first: the best hits, close enough to tell apart; the searched area where there are none. */
export function beginningBox(question: Question, hits: readonly Hit[]): Box | null {
  const placed = hits.filter((hit) => hit.lat !== undefined && hit.lon !== undefined);
  if (placed.length < 2 || question.bbox !== undefined) return boxOf(question);
  const lats = placed.map((hit) => hit.lat ?? 0);
  const lons = placed.map((hit) => hit.lon ?? 0);
  const box = { west: Math.min(...lons), south: Math.min(...lats), east: Math.max(...lons), north: Math.max(...lats) };
  return box.east - box.west > 180 ? boxOf(question) : box;
}

/** The border of what was searched, as a line. Who serves an address is searched without one, unless in a box. */
export function areaOutline(question: Question): Features {
  const box = question.serves !== undefined && question.bbox === undefined ? null : boxOf(question);
  if (box === null) return { type: "FeatureCollection", features: [] };
  const ring = question.bbox === undefined ? circle(box) : rectangle(box);
  return { type: "FeatureCollection", features: [{ type: "Feature", geometry: { type: "LineString", coordinates: ring }, properties: {} }] };
}

function circle(box: Box): [number, number][] {
  const lat = (box.south + box.north) / 2;
  const lon = (box.west + box.east) / 2;
  return Array.from({ length: 97 }, (_, step) => {
    const angle = (step / 96) * 2 * Math.PI;
    return [lon + ((box.east - box.west) / 2) * Math.cos(angle), lat + ((box.north - box.south) / 2) * Math.sin(angle)];
  });
}

function rectangle({ west, south, east, north }: Box): [number, number][] {
  const far = east < west ? east + 360 : east;
  return [[west, south], [far, south], [far, north], [west, north], [west, south]];
}
