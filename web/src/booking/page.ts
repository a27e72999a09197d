/** The entry of the pages of one booking and of the list of them. */
import { applyTheme } from "../app/theme.js";
import { isLanguage } from "../i18n/messages.js";
import { useBookingLanguage } from "./own-words.js";

applyTheme();
const tag = document.documentElement.lang;
await useBookingLanguage(isLanguage(tag) ? tag : "en");
await (document.querySelector("vn-my-bookings") ? import("./my-bookings.js") : import("./my-booking.js"));
