/** What is agreed and how much time is left, in words. */
import { ApiProblem, type Booking } from "../api/client.js";
import { clockAt, percent, price } from "../i18n/format.js";
import { language, t } from "../i18n/messages.js";
import { b } from "./own-words.js";
import { isBusy } from "./requests.js";

const DAY: Intl.DateTimeFormatOptions = { weekday: "long", day: "numeric", month: "long" };

export function dayOf(instant: string, zone: string): string {
  return new Intl.DateTimeFormat(language(), { ...DAY, timeZone: zone }).format(new Date(instant));
}

export function moment(instant: string, zone: string): string {
  return `${dayOf(instant, zone)}, ${clockAt(instant, zone)}`;
}

/** The policy as lines: until when how much comes back, and what not coming costs. */
export function policyLines(cancellation: Booking["cancellation"], zone: string, currency: string): string[] {
  if (cancellation.is_free_until_used) return [b("policy_free_until_used")];
  const lines = cancellation.deadlines.map((each) =>
    b("policy_until", { share: percent(each.refund_percent / 100), until: moment(each.until, zone) }),
  );
  lines.push(cancellation.deadlines.length > 0 ? b("policy_later") : b("policy_none"));
  if (cancellation.no_show_fee_minor > 0) lines.push(b("policy_no_show", { fee: price(cancellation.no_show_fee_minor, currency) }));
  return lines;
}

/** The booking's terms at another start: how much comes back is agreed, and until when moves along. */
export function movedTo(booking: Pick<Booking, "starts_at" | "cancellation">, startsAt: string): Booking["cancellation"] {
  const later = Date.parse(startsAt) - Date.parse(booking.starts_at ?? startsAt);
  const moved = (until: string): string => new Date(Date.parse(until) + later).toISOString();
  return { ...booking.cancellation, deadlines: booking.cancellation.deadlines.map((each) => ({ ...each, until: moved(each.until) })) };
}

/** Whether it can be had at another time for nothing: its start is to come, and cancelling would give back what was paid. */
export function canMove({ state, starts_at, deal, service, price: sums }: Pick<Booking, "state" | "starts_at" | "deal" | "service" | "price">): boolean {
  return state === "confirmed" && starts_at !== null && deal !== null && service !== null && (sums.refund_if_cancelled_minor ?? -1) >= sums.paid_minor;
}

/** Whole seconds until an instant of the server's, which said at `asOf` what time it was when `receivedAt` was ours. */
export function secondsLeft(until: string, asOf: string, receivedAt: number, now: number): number {
  return Math.max(0, Math.floor((Date.parse(until) - Date.parse(asOf) - (now - receivedAt)) / 1000));
}

/** 605 → "10:05". */
export function minutes(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** The starts of a window in words: its day, the first and the last one. The window ends a minute after its last start. */
export function windowOf(from: string, until: string, zone: string): string {
  const last = new Date(Date.parse(until) - 60_000).toISOString();
  const ends = clockAt(last, zone);
  return clockAt(from, zone) === ends ? moment(from, zone) : `${moment(from, zone)} – ${ends}`;
}

/** What went wrong, for the reader. */
export function wordsFor(error: unknown): string {
  if (!(error instanceof ApiProblem)) return t("no_network_detail");
  if (isBusy(error)) return b("busy_given_up");
  switch (error.code) {
    case "slot_full":
    case "sold_out":
      return b("book_taken");
    case "hold_expired":
      return b("book_lapsed");
    case "outside_area":
      return b("job_not_served");
    case "deliveries_full":
      return b("deliveries_full");
    case "below_minimum":
      return b("job_too_small");
    case "waiting_already":
      return b("wait_already");
    case "place_free":
      return b("wait_free");
    default:
      return error.detail;
  }
}

export interface Day<Start> {
  label: string;
  free: Start[];
  taken: string[];
}

/** The days of a place's zone that have starts, in order, with those that are free and those that are taken. */
export function daysOf<Start extends { starts_at: string }>(free: readonly Start[], taken: readonly string[], zone: string): Day<Start>[] {
  const days = new Map<string, Day<Start>>();
  const day = (instant: string): Day<Start> => {
    const label = dayOf(instant, zone);
    const found = days.get(label) ?? { label, free: [], taken: [] };
    days.set(label, found);
    return found;
  };
  const all = [...free.map((start) => ({ at: start.starts_at, start })), ...taken.map((at) => ({ at, start: null }))];
  for (const { at, start } of all.sort((a, b) => Date.parse(a.at) - Date.parse(b.at))) {
    if (start) day(at).free.push(start);
    else day(at).taken.push(at);
  }
  return [...days.values()];
}
