/** What a suggestion asks for when it is picked: pure. */
import type { Suggestion } from "../api/client.js";
import { withArea, type Question } from "./address.js";

export interface Asked {
  question: Question;
  /** The hit to open, where a place or a deal was picked. */
  open: string | null;
  /** Whether it lies elsewhere, so that the map goes there. */
  elsewhere: boolean;
}

/** A category or a brand replaces the words; an area or a city the place of the question too; a place or a deal is opened where it is. */
export function suggested(question: Question, suggestion: Suggestion, radiusMetres: number): Asked {
  const { q: _typed, ...rest } = question;
  const { lat, lon, ...narrowed } = suggestion.search ?? {};
  const area = { radius_metres: String(radiusMetres) };
  if (lat !== undefined && lon !== undefined) return { question: withArea(rest, { lat, lon, ...area }), open: null, elsewhere: true };
  if (suggestion.search !== null) return { question: { ...rest, ...narrowed }, open: null, elsewhere: false };
  const here = { lat: suggestion.lat?.toFixed(5), lon: suggestion.lon?.toFixed(5) };
  return { question: { ...withArea({}, { ...here, ...area }), q: suggestion.name }, open: suggestion.id, elsewhere: true };
}
