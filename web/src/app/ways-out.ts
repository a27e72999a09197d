/** What to ask instead when nothing is found: pure. */
import { withArea, type Question } from "./address.js";

const RADIUS_STEPS_METRES = [1000, 1500, 2500, 5000, 10_000, 20_000, 50_000];
const METRES_OF_A_DEGREE = 111_195;
/** A step that is nearly twice as wide counts as twice. */
const NEARLY_TWICE = 1.9;

/** The question over about twice the reach, round the middle of what was asked; 50 km at most. */
export function widened(question: Question, usualRadiusMetres: number): Question {
  const [west = 0, south = 0, east = 0, north = 0] = question.bbox?.split(",").map(Number) ?? [];
  const inBox = question.bbox !== undefined;
  const lat = inBox ? (south + north) / 2 : Number(question.lat);
  const lon = inBox ? middleOf(west, east) : Number(question.lon);
  const reach = inBox ? ((north - south) / 2) * METRES_OF_A_DEGREE : Number(question.radius_metres ?? usualRadiusMetres);
  const radius = RADIUS_STEPS_METRES.find((step) => step >= reach * NEARLY_TWICE) ?? RADIUS_STEPS_METRES.at(-1) ?? reach;
  return withArea(question, { lat: lat.toFixed(5), lon: lon.toFixed(5), radius_metres: String(radius) });
}

/** The question without one filter or its words. A bound of the price takes both bounds and their currency along. */
export function without(question: Question, name: string): Question {
  const gone = name.startsWith("price_") ? ["price_min_minor", "price_max_minor", "currency"] : [name];
  return Object.fromEntries(Object.entries(question).filter(([each]) => !gone.includes(each)));
}

/** A box whose west lies east of its east crosses 180°. */
function middleOf(west: number, east: number): number {
  const middle = (west + (east < west ? east + 360 : east)) / 2;
  return middle > 180 ? middle - 360 : middle;
}
