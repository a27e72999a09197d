/** The tokens of this browser's bookings, and that of a guest who has proved their address in this tab. One comes after the # of a link that we sent, or is kept from booking here. */
import { guest } from "./guest.js";

const NAME = "vicinity.booking.";

export function keepToken(bookingId: string, token: string): void {
  try {
    localStorage.setItem(NAME + bookingId, token);
  } catch {
    // No storage: the link in the letter still opens it.
  }
}

/** From the address, where it is kept from then on and taken out of sight; else what was kept, else the guest's. Null: none. */
export function tokenOf(bookingId: string): string | null {
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  if (given !== null && /^[\w-]{20,100}$/.test(given)) {
    keepToken(bookingId, given);
    history.replaceState(history.state, "", location.pathname + location.search);
    return given;
  }
  try {
    return localStorage.getItem(NAME + bookingId) ?? guest()?.token ?? null;
  } catch {
    return guest()?.token ?? null;
  }
}
