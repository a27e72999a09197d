/** The entry of the console: the strings of the language first, then the page. */
import { applyTheme } from "../app/theme.js";
import { isLanguage } from "../i18n/messages.js";
import { useConsoleLanguage } from "./words.js";

applyTheme();
const tag = document.documentElement.lang;
await useConsoleLanguage(isLanguage(tag) ? tag : "en");
await import("./console.js");
