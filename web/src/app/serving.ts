/** The question as one of an address: who delivers there, who comes there. Pure. */
import { withArea, type Question, type Way } from "./address.js";

export interface Point {
  lat: number;
  lon: number;
}

/** The question's address; null where it asks for none, or for no point on Earth. */
export function addressOf(question: Question): Point | null {
  const [lat = NaN, lon = NaN] = (question.serves ?? "").split(",").map(Number);
  return Math.abs(lat) <= 90 && Math.abs(lon) <= 180 ? { lat, lon } : null;
}

/** The middle of what is asked about; null where the question does not tell. */
export function middleOf(question: Question): Point | null {
  if (question.serves !== undefined) return addressOf(question);
  if (question.bbox === undefined) {
    const at = { lat: Number(question.lat), lon: Number(question.lon) };
    return Number.isFinite(at.lat) && Number.isFinite(at.lon) ? at : null;
  }
  const [west = NaN, south = NaN, east = NaN, north = NaN] = question.bbox.split(",").map(Number);
  const lon = (west + (east < west ? east + 360 : east)) / 2; // a box whose west lies east of its east crosses 180°
  const at = { lat: (south + north) / 2, lon: lon > 180 ? lon - 360 : lon };
  return Number.isFinite(at.lat) && Number.isFinite(at.lon) ? at : null;
}

/** What serves `address` in this way, wherever it lies. */
export function servedAt(question: Question, mode: Way, address: Point): Question {
  return { ...withArea(question, {}), serves: `${address.lat.toFixed(5)},${address.lon.toFixed(5)}`, mode };
}

/** What lies round the address, and in the box that was asked for beside it. */
export function unserved(question: Question, radiusMetres: number): Question {
  const { serves, mode: _mode, ...rest } = question;
  if (serves === undefined || rest.bbox !== undefined) return rest;
  const [lat, lon] = serves.split(",");
  return lat === undefined || lon === undefined ? rest : withArea(rest, { lat, lon, radius_metres: String(radiusMetres) });
}
