/** A version as it stands in the form, and as the API takes and gives it. Pure. */
import type { Schemas } from "../api/client.js";
import type { Band, NamedArea, Position, Version } from "./api.js";
import { decimalsOf } from "../i18n/currency.js";
import { geometryOf, partsOf, type Parts } from "./rings.js";
import { circleRing, type Shown } from "./shapes.js";
import { instantOf, wallClock } from "./zone.js";

export const MAX_BANDS = 10;
const FRESH_RADIUS_METRES = 2000;

export type ShapeKind = "radius" | "drawn" | "named";

/** One band: numbers are what was typed, amounts in whole units of the currency. */
export interface BandForm {
  /** Tells bands apart while they move; means nothing to the API. */
  key: number;
  shape: ShapeKind;
  radius: string;
  parts: Parts;
  named: NamedArea | null;
  fee: string;
  minimum: string;
  etaMin: string;
  etaMax: string;
}

export interface DraftForm {
  currency: string;
  /** On the clock of the branch, as datetime-local has it; "" for no end. */
  validFrom: string;
  validUntil: string;
  hours: string;
  bands: readonly BandForm[];
}

/** A field that cannot be sent as it is, named as the API names it. */
export interface FormFault {
  parameter: string;
  what: "number" | "money" | "whole" | "instant" | "named_area" | "shape";
}

let keys = 0;

export function freshBand(shape: ShapeKind = "radius"): BandForm {
  return { key: ++keys, shape, radius: String(FRESH_RADIUS_METRES), parts: [], named: null, fee: "0", minimum: "0", etaMin: "", etaMax: "" };
}

export function freshDraft(currency: string): DraftForm {
  return { currency, validFrom: "", validUntil: "", hours: "", bands: [freshBand()] };
}

export function formOf(version: Version, zone: string, fallbackCurrency: string): DraftForm {
  const currency = version.currency ?? fallbackCurrency;
  return {
    currency,
    validFrom: version.valid_from === null ? "" : wallClock(version.valid_from, zone),
    validUntil: version.valid_until === null ? "" : wallClock(version.valid_until, zone),
    hours: version.hours,
    bands: version.bands.map((band) => bandForm(band, currency)),
  };
}

function bandForm(band: Band, currency: string): BandForm {
  return {
    key: ++keys,
    shape: band.radius_metres !== null ? "radius" : band.area !== null ? "drawn" : "named",
    radius: String(band.radius_metres ?? FRESH_RADIUS_METRES),
    parts: partsOf(band.area),
    named: band.named_area,
    fee: unitsText(band.fee_minor, currency),
    minimum: unitsText(band.minimum_minor, currency),
    etaMin: band.eta_min_minutes === null ? "" : String(band.eta_min_minutes),
    etaMax: band.eta_max_minutes === null ? "" : String(band.eta_max_minutes),
  };
}

/** The body that the API takes, and what in the form is no number, no time or no shape. */
export function bodyOf(form: DraftForm, zone: string): { body: Schemas["DraftRequestRequest"]; faults: FormFault[] } {
  const faults: FormFault[] = [];
  const instant = (wall: string, parameter: string): string | null => {
    if (wall === "") return null;
    const found = instantOf(wall, zone);
    if (found === null) faults.push({ parameter, what: "instant" });
    return found;
  };
  const digits = currencyDigits(form.currency);
  const bands = form.bands.map((band, index) => {
    const where = `bands[${index}]`;
    const whole = (text: string, name: string): number => {
      const found = wholeOf(text);
      if (found === null) faults.push({ parameter: `${where}.${name}`, what: "whole" });
      return found ?? 0;
    };
    const money = (text: string, name: string): number => {
      const found = minorOf(text, digits);
      if (found === null) faults.push({ parameter: `${where}.${name}`, what: "money" });
      return found ?? 0;
    };
    const optional = (text: string, name: string): number | null => (text.trim() === "" ? null : whole(text, name));
    const numbers = {
      fee_minor: money(band.fee, "fee_minor"),
      minimum_minor: money(band.minimum, "minimum_minor"),
      eta_min_minutes: optional(band.etaMin, "eta_min_minutes"),
      eta_max_minutes: optional(band.etaMax, "eta_max_minutes"),
    };
    if (band.shape === "radius") return { radius_metres: whole(band.radius, "radius_metres"), ...numbers };
    if (band.shape === "named") {
      if (band.named === null) faults.push({ parameter: `${where}.named_area_id`, what: "named_area" });
      return { named_area_id: band.named?.id ?? null, ...numbers };
    }
    if (band.parts.length === 0) faults.push({ parameter: `${where}.area`, what: "shape" });
    return { area: geometryOf(band.parts) as unknown as Schemas["BandRequestRequest"]["area"], ...numbers };
  });
  const validity = { valid_from: instant(form.validFrom, "valid_from"), valid_until: instant(form.validUntil, "valid_until") };
  return { body: { currency: form.currency.trim().toUpperCase(), hours: form.hours.trim(), ...validity, bands }, faults };
}

/** What of the form can be drawn on the map. `named`: the shapes of named areas that are known. */
export function shownBands(bands: readonly BandForm[], centre: Position, named: ReadonlyMap<string, Parts>): Shown[] {
  return bands.map((band, rank) => {
    if (band.shape === "drawn") return { rank, parts: band.parts };
    if (band.shape === "named") return { rank, parts: named.get(band.named?.id ?? "") ?? [] };
    const radius = wholeOf(band.radius);
    return { rank, parts: radius === null || radius === 0 ? [] : [[circleRing(centre, Math.min(radius, 500_000))]] };
  });
}

/** The same of a stored version. */
export function shownVersion(version: Version, centre: Position, named: ReadonlyMap<string, Parts>): Shown[] {
  return shownBands(version.bands.map((band) => bandForm(band, version.currency ?? "EUR")), centre, named);
}

/** Decimals of a currency; 2 for a code that is none. */
export function currencyDigits(currency: string): number {
  return decimalsOf(currency.trim().toUpperCase());
}

/** 290 minor units of EUR → "2.90"; whole amounts without decimals. */
export function unitsText(minor: number, currency: string): string {
  const digits = currencyDigits(currency);
  const amount = minor / 10 ** digits;
  return Number.isInteger(amount) ? String(amount) : amount.toFixed(digits);
}

/** "2.9" or "2,90" → 290; null for what is no amount, or finer than the currency. */
export function minorOf(text: string, digits: number): number | null {
  const given = text.trim() === "" ? "0" : text.trim().replace(",", ".");
  const found = /^(\d{1,9})(?:\.(\d+))?$/.exec(given);
  if (found === null) return null;
  const [, whole = "", decimals = ""] = found;
  if (decimals.length > digits) return null;
  return Number(whole) * 10 ** digits + Number(decimals.padEnd(digits, "0") || "0");
}

export function wholeOf(text: string): number | null {
  return /^\d{1,9}$/.test(text.trim()) ? Number(text.trim()) : null;
}
