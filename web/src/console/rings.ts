/** A drawn area as its rings: what is drawn ring by ring, put together and taken apart. Pure. */
import type { MultiPolygon } from "./api.js";

/** [lon, lat] */
export type Position = [number, number];
/** Closed: the first position again at its end. */
export type Ring = Position[];
/** A shell, then its holes. */
export type Part = Ring[];
export type Parts = Part[];

/** Which ring of an area: ring 0 of a part is its shell. */
export interface RingPlace {
  part: number;
  ring: number;
}

export function partsOf(area: MultiPolygon | null): Parts {
  return (area?.coordinates ?? []) as unknown as Parts;
}

export function withPart(parts: Parts, shell: Ring): Parts {
  return [...parts, [shell]];
}

/** The hole goes into the part round its first corner; where none is, into the last, and the API says what is wrong. */
export function withHole(parts: Parts, hole: Ring): Parts {
  const corner = hole[0];
  const found = corner === undefined ? -1 : parts.findIndex(([shell]) => shell !== undefined && isInside(corner, shell));
  const into = found === -1 ? parts.length - 1 : found;
  return parts.map((part, index) => (index === into ? [...part, hole] : part));
}

/** Without a hole; without a whole part where the ring is its shell. */
export function without(parts: Parts, { part, ring }: RingPlace): Parts {
  if (ring === 0) return parts.filter((_, index) => index !== part);
  return parts.map((each, index) => (index === part ? each.filter((_, at) => at !== ring) : each));
}

export function withRing(parts: Parts, place: RingPlace, ring: Ring): Parts {
  return parts.map((each, index) => (index === place.part ? each.map((old, at) => (at === place.ring ? ring : old)) : each));
}

export function ringsOf(parts: Parts): { place: RingPlace; ring: Ring }[] {
  return parts.flatMap((rings, part) => rings.map((ring, at) => ({ place: { part, ring: at }, ring })));
}

/** Corners of a ring, the closing one counted once. */
export function corners(ring: Ring): number {
  return Math.max(0, ring.length - 1);
}

/** By the number of edges to the east. */
export function isInside([x, y]: Position, ring: Ring): boolean {
  let inside = false;
  ring.forEach(([x1, y1], index) => {
    const next = ring[(index + 1) % ring.length];
    if (next === undefined) return;
    const [x2, y2] = next;
    if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) inside = !inside;
  });
  return inside;
}

/** A Polygon where there is one part, else a MultiPolygon. */
export function geometryOf(parts: Parts): { type: "Polygon"; coordinates: Part } | { type: "MultiPolygon"; coordinates: Parts } {
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? { type: "Polygon", coordinates: only } : { type: "MultiPolygon", coordinates: parts };
}

export function geojsonText(parts: Parts): string {
  return parts.length === 0 ? "" : JSON.stringify(geometryOf(parts));
}

/**
 * The rings of a GeoJSON Polygon or MultiPolygon, a Feature of one, or a FeatureCollection of one Feature; null for what has
 * another shape. Whether the rings make an area is for the API to say.
 */
export function readGeojson(text: string): Parts | null {
  if (text.trim() === "") return [];
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  value = onlyFeature(value);
  if (isRecord(value) && value.type === "Feature") value = value.geometry;
  if (!isRecord(value) || !Array.isArray(value.coordinates)) return null;
  const parts: unknown = value.type === "Polygon" ? [value.coordinates] : value.type === "MultiPolygon" ? value.coordinates : null;
  return isNested(parts, 3) ? (parts as Parts).map((part) => part.map((ring) => ring.map(([lon, lat]) => [lon, lat]))) : null;
}

function onlyFeature(value: unknown): unknown {
  if (!isRecord(value) || value.type !== "FeatureCollection" || !Array.isArray(value.features)) return value;
  return value.features.length === 1 ? (value.features[0] as unknown) : null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Lists in lists down to positions of at least two numbers. */
function isNested(value: unknown, depth: number): boolean {
  if (!Array.isArray(value)) return false;
  if (depth === 0) return value.length >= 2 && value.slice(0, 2).every((number) => typeof number === "number");
  return value.every((each) => isNested(each, depth - 1));
}
