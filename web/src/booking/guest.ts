/** The guest of this tab: an address that was proved by a code, and the token that shows its bookings. */
import { post, request, type Schemas } from "../api/client.js";

export type Guest = Schemas["GuestSessionShape"];

/** Of the tab, not of the browser: who comes after on a shared machine is asked for a code of their own. */
const NAME = "vicinity.guest";
let remembered: Guest | null = null;

export async function askForCode(email: string, language: string): Promise<void> {
  await post("/v1/guests/codes", { body: { email, language } });
}

export async function openSession(email: string, code: string): Promise<Guest> {
  const guest = await post<Guest>("/v1/guests/sessions", { body: { email, code } });
  remembered = guest;
  try {
    sessionStorage.setItem(NAME, JSON.stringify(guest));
  } catch {
    // No storage: the list is shown, and each booking asks for a code again.
  }
  return guest;
}

export function guest(): Guest | null {
  try {
    remembered ??= JSON.parse(sessionStorage.getItem(NAME) ?? "null") as Guest | null;
  } catch {
    // No storage, or something else in it.
  }
  return remembered;
}

/** What is left of it here; and on the server, where it is not over yet. */
export async function leave(isOver: boolean): Promise<void> {
  const token = guest()?.token;
  remembered = null;
  try {
    sessionStorage.removeItem(NAME);
  } catch {
    // Nothing was kept.
  }
  if (token === undefined || isOver) return;
  await request("/v1/guests/session", { method: "DELETE", headers: { Authorization: `Bearer ${token}` } }).catch(() => undefined);
}
