/** What is agreed and how much time is left, in words. */
import type { Booking } from "../api/client.js";
import { clockAt, percent, price } from "../i18n/format.js";
import { language, t } from "../i18n/messages.js";

export function moment(instant: string, zone: string): string {
  const day = new Intl.DateTimeFormat(language(), { weekday: "long", day: "numeric", month: "long", timeZone: zone }).format(new Date(instant));
  return `${day}, ${clockAt(instant, zone)}`;
}

/** The policy as lines: until when how much comes back, and what not coming costs. */
export function policyLines(cancellation: Booking["cancellation"], zone: string, currency: string): string[] {
  if (cancellation.is_free_until_used) return [t("policy_free_until_used")];
  const lines = cancellation.deadlines.map((each) =>
    t("policy_until", { share: percent(each.refund_percent / 100), until: moment(each.until, zone) }),
  );
  lines.push(cancellation.deadlines.length > 0 ? t("policy_later") : t("policy_none"));
  if (cancellation.no_show_fee_minor > 0) lines.push(t("policy_no_show", { fee: price(cancellation.no_show_fee_minor, currency) }));
  return lines;
}

/** Whole seconds until an instant of the server's, which said at `asOf` what time it was when `receivedAt` was ours. */
export function secondsLeft(until: string, asOf: string, receivedAt: number, now: number): number {
  return Math.max(0, Math.floor((Date.parse(until) - Date.parse(asOf) - (now - receivedAt)) / 1000));
}

/** 605 → "10:05". */
export function minutes(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
