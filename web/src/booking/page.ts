/** The entry of a booking's page. */
import { applyTheme } from "../app/theme.js";
import { isLanguage, useLanguage } from "../i18n/messages.js";

applyTheme();
const tag = document.documentElement.lang;
await useLanguage(isLanguage(tag) ? tag : "en");
await import("./my-booking.js");
