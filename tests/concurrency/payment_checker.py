"""Compares the provider's books with the bookings. Written apart: plain SQL, nothing of the application imported."""

from __future__ import annotations

BOOKS = """
SELECT booking.id::text, booking.state, booking.currency, booking.paid_minor - booking.refund_due_minor AS owed_to_keep,
  coalesce(sum(charge.captured_minor - charge.refunded), 0) AS kept,
  count(*) FILTER (WHERE charge.captured_minor > charge.refunded) AS charges_that_kept,
  count(*) FILTER (WHERE charge.state = 'authorised') AS set_aside,
  count(*) FILTER (WHERE charge.captured_minor > 0 AND charge.currency <> booking.currency) AS wrong_currency,
  count(*) FILTER (WHERE charge.refunded > charge.captured_minor) AS refunded_too_much,
  coalesce(sum(charge.captured_minor), 0) AS captured
FROM booking_booking AS booking LEFT JOIN (
  SELECT one.*, coalesce((SELECT sum(amount_minor) FROM payment_simulator_simulatedrefund AS refund
    WHERE refund.charge_id = one.reference AND refund.state = 'succeeded'), 0) AS refunded
  FROM payment_simulator_simulatedcharge AS one) AS charge ON charge.booking_id = booking.id
GROUP BY booking.id
"""


def wrongs(cursor) -> list[str]:
    """Everything that must not be once all that is due was done; empty is the promise."""
    cursor.execute(BOOKS)
    found = []
    for booking, state, _currency, owed, kept, keeping, set_aside, currency, too_much, captured in cursor.fetchall():
        if kept != owed:
            found.append(f"{booking} {state}: {kept} kept, {owed} owed to keep")
        if keeping > 1:
            found.append(f"{booking} {state}: charged {keeping} times")
        if set_aside:
            found.append(f"{booking} {state}: money is still set aside")
        if currency:
            found.append(f"{booking} {state}: captured in another currency")
        if too_much:
            found.append(f"{booking} {state}: more given back than taken")
        if state in {"confirmed", "fulfilled", "no_show"} and captured == 0:
            found.append(f"{booking} {state}: confirmed and nothing captured")
    return found
