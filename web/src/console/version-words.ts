/** What a version says, in words. */
import { price } from "../i18n/format.js";
import { language } from "../i18n/messages.js";
import type { Band, Version, VersionHead } from "./api.js";
import { c, type ConsoleKey } from "./words.js";

export function modeName(mode: string): string {
  return c(`mode_${mode}` as ConsoleKey);
}

export function moment(instant: string, zone: string): string {
  return new Intl.DateTimeFormat(language(), { dateStyle: "medium", timeStyle: "short", timeZone: zone }).format(new Date(instant));
}

export function lengthText(metres: number): string {
  const near = metres < 1000;
  return new Intl.NumberFormat(language(), {
    style: "unit", unit: near ? "meter" : "kilometer", unitDisplay: "short", maximumFractionDigits: near ? 0 : 2,
  }).format(near ? metres : metres / 1000);
}

export function bandShape(band: Band): string {
  if (band.radius_metres !== null) return c("within", { distance: lengthText(band.radius_metres) });
  if (band.named_area !== null) return band.named_area.name;
  return c("drawn_area");
}

/** Fee, minimum and time of a band, those that there are. */
export function bandTerms(band: Band, currency: string): string {
  const parts = [band.fee_minor === 0 ? c("free_of_charge") : c("fee_of", { fee: price(band.fee_minor, currency) })];
  if (band.minimum_minor > 0) parts.push(c("minimum_of", { minimum: price(band.minimum_minor, currency) }));
  if (band.eta_min_minutes !== null && band.eta_max_minutes !== null) parts.push(c("eta_of", { from: band.eta_min_minutes, to: band.eta_max_minutes }));
  return parts.join(" · ");
}

export function validity(version: VersionHead, zone: string): string {
  const { valid_from: from, valid_until: until } = version;
  if (from !== null && until !== null) return c("valid_between", { from: moment(from, zone), until: moment(until, zone) });
  if (from !== null) return c("valid_since", { from: moment(from, zone) });
  return until === null ? "" : c("valid_till", { until: moment(until, zone) });
}

export function bandsOf(version: Version): { shape: string; terms: string }[] {
  return version.bands.map((band) => ({ shape: bandShape(band), terms: bandTerms(band, version.currency ?? "EUR") }));
}
