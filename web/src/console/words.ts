/** The console's own strings, beside those of all pages: a file of web/messages/console for each language. */
import type en from "../../messages/console/en.json";
import { alsoUse, t, type Language, type Load, type MessageKey } from "../i18n/messages.js";

export type ConsoleKey = keyof typeof en;

const load: Load = {
  en: () => import("../../messages/console/en.json"),
  "zh-Hans": () => import("../../messages/console/zh-Hans.json"),
};

export function useConsoleLanguage(tag: Language): Promise<void> {
  return alsoUse(load, tag);
}

/** The console's string of a key, as `t` fills it. */
export function c(key: ConsoleKey, values: Readonly<Record<string, string | number>> = {}): string {
  return t(key as MessageKey, values);
}
