import { t, type MessageKey } from "../i18n/messages.js";

/** Our own words for the usual ones; others as they are written. */
export function attributeName(name: string): string {
  const key = `attribute_${name.replace(/[-:]/g, "_")}` as MessageKey;
  const text = t(key);
  return text === key ? name.replace(/[_:-]+/g, " ") : text;
}
