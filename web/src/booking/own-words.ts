/** The strings of bookings that are made, beside those of all pages: a file of web/messages/bookings for each language. */
import type en from "../../messages/bookings/en.json";
import type { Booking } from "../api/client.js";
import { alsoUse, t, type Language, type Load, type MessageKey } from "../i18n/messages.js";

export type BookingKey = keyof typeof en;

const load: Load = {
  en: () => import("../../messages/bookings/en.json"),
  "zh-Hans": () => import("../../messages/bookings/zh-Hans.json"),
};

export function useBookingLanguage(tag: Language): Promise<void> {
  return alsoUse(load, tag);
}

/** The string of a key, as `t` fills it. */
export function b(key: BookingKey, values: Readonly<Record<string, string | number>> = {}): string {
  return t(key as MessageKey, values);
}

/** What has become of it, as a heading. */
export function stateWords(state: Booking["state"]): string {
  switch (state) {
    case "confirmed":
      return b("booking_confirmed");
    case "awaiting_payment":
      return b("booking_awaiting");
    case "cancelled":
      return b("booking_cancelled");
    case "fulfilled":
      return b("booking_fulfilled");
    case "no_show":
      return b("booking_no_show");
    case "held":
      return b("booking_held");
    case "expired":
      return b("booking_expired");
  }
}
