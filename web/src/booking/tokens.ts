/** The tokens of this browser's bookings. One comes after the # of a link that we sent, or is kept from booking here. */
const NAME = "vicinity.booking.";

export function keepToken(bookingId: string, token: string): void {
  try {
    localStorage.setItem(NAME + bookingId, token);
  } catch {
    // No storage: the link in the letter still opens it.
  }
}

/** From the address, where it is kept from then on and taken out of sight; else what was kept. Null: neither. */
export function tokenOf(bookingId: string): string | null {
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  if (given !== null && /^[\w-]{20,100}$/.test(given)) {
    keepToken(bookingId, given);
    history.replaceState(history.state, "", location.pathname + location.search);
    return given;
  }
  try {
    return localStorage.getItem(NAME + bookingId);
  } catch {
    return null;
  }
}
