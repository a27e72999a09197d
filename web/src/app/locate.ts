/** Where the reader is, if they let us know. */
import type { MessageKey } from "../i18n/messages.js";

export interface Here {
  lat: number;
  lon: number;
}

/** Why it is not known, as the key of a message. */
export class NotLocated extends Error {
  constructor(readonly key: MessageKey) {
    super(key);
  }
}

/** Asks the browser, which asks the reader. Throws NotLocated. */
export async function locate(): Promise<Here> {
  if (!("geolocation" in navigator)) throw new NotLocated("locate_unavailable");
  return new Promise((resolve, reject) => {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => resolve({ lat: coords.latitude, lon: coords.longitude }),
      (error) => reject(new NotLocated(error.code === error.PERMISSION_DENIED ? "locate_refused" : "locate_failed")),
      { enableHighAccuracy: true, timeout: 10_000, maximumAge: 60_000 },
    );
  });
}
