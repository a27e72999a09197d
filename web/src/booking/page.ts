/** The entry of the pages of one booking, of the list of them, and of a place on a waitlist. */
import { applyTheme } from "../app/theme.js";
import { isLanguage } from "../i18n/messages.js";
import { useBookingLanguage } from "./own-words.js";

applyTheme();
const tag = document.documentElement.lang;
await useBookingLanguage(isLanguage(tag) ? tag : "en");
if (document.querySelector("vn-my-waiting")) await import("./my-waiting.js");
else await (document.querySelector("vn-my-bookings") ? import("./my-bookings.js") : import("./my-booking.js"));
