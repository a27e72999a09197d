/** What to ask instead when nothing is found: pure. */
import { withArea, type Question } from "./address.js";
import { middleOf, unserved } from "./serving.js";

const RADIUS_STEPS_METRES = [1000, 1500, 2500, 5000, 10_000, 20_000, 50_000];
const METRES_OF_A_DEGREE = 111_195;
/** A step that is nearly twice as wide counts as twice. */
const NEARLY_TWICE = 1.9;

/** Whether there is more to look through: who serves an address is looked for everywhere, unless in a box. */
export function canWiden(question: Question): boolean {
  return question.serves === undefined || question.bbox !== undefined;
}

/** The question over about twice the reach, round the middle of what was asked; 50 km at most. Of an address: everywhere. */
export function widened(question: Question, usualRadiusMetres: number): Question {
  if (question.serves !== undefined) return withArea(question, {});
  const inBox = question.bbox !== undefined;
  const [, south = 0, , north = 0] = question.bbox?.split(",").map(Number) ?? [];
  const { lat, lon } = middleOf(question) ?? { lat: NaN, lon: NaN };
  const reach = inBox ? ((north - south) / 2) * METRES_OF_A_DEGREE : Number(question.radius_metres ?? usualRadiusMetres);
  const radius = RADIUS_STEPS_METRES.find((step) => step >= reach * NEARLY_TWICE) ?? RADIUS_STEPS_METRES.at(-1) ?? reach;
  return withArea(question, { lat: lat.toFixed(5), lon: lon.toFixed(5), radius_metres: String(radius) });
}

/** The question without one filter or its words. A bound of the price takes both bounds and their currency along, a way of serving its address. */
export function without(question: Question, name: string, usualRadiusMetres: number): Question {
  if (name === "mode") return unserved(question, usualRadiusMetres);
  const gone = name.startsWith("price_") ? ["price_min_minor", "price_max_minor", "currency"] : [name];
  return Object.fromEntries(Object.entries(question).filter(([each]) => !gone.includes(each)));
}
