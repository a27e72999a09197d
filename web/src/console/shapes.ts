/** Areas on the map, as GeoJSON in [lon, lat]. Pure. */
import type { Feature, FeatureCollection } from "geojson";

import type { Position } from "./api.js";
import type { Parts, Ring } from "./rings.js";

const EARTH_RADIUS_METRES = 6_371_008.7714;
const STEPS = 96;
const radians = (degrees: number): number => (degrees * Math.PI) / 180;
const degrees = (angle: number): number => (angle * 180) / Math.PI;

/** The ring of points at a great-circle distance from the centre; longitudes run on over 180. */
export function circleRing(centre: Position, radiusMetres: number): Ring {
  const angle = radiusMetres / EARTH_RADIUS_METRES;
  const lat = radians(centre.lat);
  const ring: Ring = Array.from({ length: STEPS }, (_, step) => {
    const bearing = (step / STEPS) * 2 * Math.PI;
    const to = Math.asin(Math.sin(lat) * Math.cos(angle) + Math.cos(lat) * Math.sin(angle) * Math.cos(bearing));
    const east = Math.atan2(Math.sin(bearing) * Math.sin(angle) * Math.cos(lat), Math.cos(angle) - Math.sin(lat) * Math.sin(to));
    return [centre.lon + degrees(east), degrees(to)];
  });
  return [...ring, ...ring.slice(0, 1)];
}

/** How a band is shown. */
export interface Shown {
  /** 0 is the band that counts first. */
  rank: number;
  parts: Parts;
  /** Drawn fainter: of another area, or of what is published beside a draft. */
  faint?: boolean;
}

/** The last band first, so that the one which counts lies on top. Rings that are no ring yet are left out. */
export function bandFeatures(bands: readonly Shown[]): FeatureCollection {
  const features = bands.flatMap(({ rank, parts, faint = false }) => {
    const coordinates = parts.map((part) => part.filter((ring) => ring.length >= 4)).filter((part) => part.length > 0);
    if (coordinates.length === 0) return [];
    const feature: Feature = { type: "Feature", geometry: { type: "MultiPolygon", coordinates }, properties: { rank, faint } };
    return [feature];
  });
  return { type: "FeatureCollection", features: features.sort((a, b) => Number(b.properties?.rank) - Number(a.properties?.rank)) };
}

/** The borders alone. A map drops polygons that enclose nothing, such as a bow tie, and those are the ones to be mended. */
export function borderFeatures(bands: readonly Shown[]): FeatureCollection {
  const features = bands.map(({ rank, parts, faint = false }): Feature => {
    const coordinates = parts.flat().filter((ring) => ring.length >= 2);
    return { type: "Feature", geometry: { type: "MultiLineString", coordinates }, properties: { rank, faint } };
  });
  return { type: "FeatureCollection", features: features.sort((a, b) => Number(b.properties?.rank) - Number(a.properties?.rank)) };
}

export interface Bounds {
  west: number;
  south: number;
  east: number;
  north: number;
}

/** The box round all positions; null where there are none. Not for shapes across the 180th meridian cut in two. */
export function boundsOf(bands: readonly Shown[]): Bounds | null {
  const positions = bands.flatMap(({ parts }) => parts.flat(2));
  if (positions.length === 0) return null;
  const lons = positions.map(([lon]) => lon);
  const lats = positions.map(([, lat]) => lat);
  return { west: Math.min(...lons), south: Math.min(...lats), east: Math.max(...lons), north: Math.max(...lats) };
}
