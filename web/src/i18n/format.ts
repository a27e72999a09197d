/** Money, distances and times as the reader's language writes them. */
import { decimalsOf } from "./currency.js";
import { language, t } from "./messages.js";

/** Minor units to text; the number of decimals is the currency's own, and whole amounts lose them. */
export function price(minor: number, currency: string): string {
  const decimals = decimalsOf(currency);
  const amount = minor / 10 ** decimals;
  return new Intl.NumberFormat(language(), {
    style: "currency",
    currency,
    minimumFractionDigits: Number.isInteger(amount) ? 0 : decimals,
    maximumFractionDigits: decimals,
  }).format(amount);
}

export function minorUnits(amount: number, currency: string): number {
  return Math.round(amount * 10 ** decimalsOf(currency));
}

/** Metres below a kilometre in steps of ten, kilometres above. */
export function distance(metres: number): string {
  const near = metres < 995;
  const value = near ? Math.max(10, Math.round(metres / 10) * 10) : metres / 1000;
  const unit = near ? "meter" : "kilometer";
  return new Intl.NumberFormat(language(), {
    style: "unit",
    unit,
    unitDisplay: "short",
    maximumFractionDigits: near || value >= 10 ? 0 : 1,
  }).format(value);
}

export function number(value: number, decimals = 0): string {
  return new Intl.NumberFormat(language(), {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  }).format(value);
}

export function percent(share: number): string {
  return new Intl.NumberFormat(language(), { style: "percent" }).format(share);
}

/** Short form for a badge on the map: 1.2K. */
export function compact(value: number): string {
  return new Intl.NumberFormat(language(), { notation: "compact", maximumFractionDigits: 1 }).format(value);
}

export function clockAt(instant: string, zone: string): string {
  return new Intl.DateTimeFormat(language(), { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone }).format(new Date(instant));
}

export function date(instant: string, zone: string): string {
  return new Intl.DateTimeFormat(language(), { day: "numeric", month: "long", year: "numeric", timeZone: zone }).format(new Date(instant));
}

/** The name of a local day such as 2026-11-22. */
export function weekday(day: string): string {
  return new Intl.DateTimeFormat(language(), { weekday: "long", timeZone: "UTC" }).format(new Date(`${day}T12:00:00Z`));
}

/** 1 = Monday. */
export function weekdayName(isoWeekday: number): string {
  return new Intl.DateTimeFormat(language(), { weekday: "short", timeZone: "UTC" }).format(new Date(Date.UTC(2024, 0, isoWeekday, 12)));
}

/** The name of a zone as people say it: "Helsinki time". */
export function zoneName(zone: string): string {
  const city = zone.split("/").at(-1)?.replaceAll("_", " ") ?? zone;
  return t("zone_time", { city });
}
