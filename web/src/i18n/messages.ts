/** Every string by key, in the language of the page. Both dictionaries are files of web/messages; the server reads them too. */
import type en from "../../messages/en.json";

export type MessageKey = keyof typeof en;
type Dictionary = Readonly<Record<string, string>>;

export const LANGUAGES = ["en", "zh-Hans"] as const;
export type Language = (typeof LANGUAGES)[number];

export type Load = Readonly<Record<Language, () => Promise<{ default: Dictionary }>>>;

let dictionary: Dictionary = {};
let current: Language = "en";

const loads = new Set<Load>([
  {
    en: () => import("../../messages/en.json"),
    "zh-Hans": () => import("../../messages/zh-Hans.json"),
  },
]);

export function isLanguage(tag: string | null): tag is Language {
  return LANGUAGES.some((language) => language === tag);
}

export function language(): Language {
  return current;
}

export async function useLanguage(tag: Language): Promise<void> {
  const parts = await Promise.all([...loads].map((each) => each[tag]()));
  use(tag, Object.assign({}, ...parts.map((part) => part.default)) as Dictionary);
}

/** A language, and in it and every later one more strings beside those of all pages: a page's own. */
export async function alsoUse(more: Load, tag: Language): Promise<void> {
  loads.add(more);
  await useLanguage(tag);
}

/** For tests, which have the file at hand. */
export function use(tag: Language, messages: Dictionary): void {
  dictionary = messages;
  current = tag;
}

/** The string of a key, `{name}` filled from `values`. A missing key shows itself: tests look for that. */
export function t(key: MessageKey, values: Readonly<Record<string, string | number>> = {}): string {
  const text = dictionary[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** `key_one` or `key_other` by the language's own rule, with `{count}` written for the locale. */
export function plural(key: string, count: number, values: Readonly<Record<string, string | number>> = {}): string {
  const rule = new Intl.PluralRules(current).select(count) === "one" ? "one" : "other";
  return t(`${key}_${rule}` as MessageKey, { count: new Intl.NumberFormat(current).format(count), ...values });
}
