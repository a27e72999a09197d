/** The entry of the map page: the language's strings first (both are preloaded), then the page. */
import { isLanguage, useLanguage } from "../i18n/messages.js";
import { applyTheme } from "./theme.js";

applyTheme();
const tag = document.documentElement.lang;
await useLanguage(isLanguage(tag) ? tag : "en");
await import("./app.js");
