"""Which steps of a booking are told by e-mail, and the trigger that owes the letter. Pure."""

from __future__ import annotations

from booking.payments.decisions import NOT_WANTED

TOLD = (
    "confirmed", "moved", "cancelled", "payment_voided", "payment_returned", "refund_succeeded", "refund_failed",
    "waitlist_offered",
)  # fmt: skip

OWE_LETTER = f"""
CREATE FUNCTION letter_is_owed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO letters_letter (event_id, booking_id, kind)
  SELECT NEW.id, NEW.booking_id, NEW.kind FROM booking_booking
  WHERE id = NEW.booking_id AND email <> '' AND (customer_key <> '' OR NEW.kind = 'waitlist_offered');
  RETURN NULL;
END $$;
CREATE TRIGGER letter_is_owed AFTER INSERT ON booking_event FOR EACH ROW
  WHEN (NEW.kind IN ({", ".join(f"'{each}'" for each in TOLD)})
    AND (NEW.kind <> 'payment_voided' OR NEW.data ->> 'reason' = '{NOT_WANTED}'))
  EXECUTE FUNCTION letter_is_owed();
"""  # noqa: S608  our own words
"""Of payments that come to nothing only those are told that somebody had made: most are checkouts that nobody finished.
An offer that was let go has an address and was never booked: of its end nobody is told."""

FORGET_OWE_LETTER = "DROP TRIGGER letter_is_owed ON booking_event; DROP FUNCTION letter_is_owed();"
