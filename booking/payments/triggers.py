"""What PostgreSQL does by itself when a payment or a refund changes, whoever changes it. Pure: texts of functions."""

from __future__ import annotations

COUNT_REFUNDS = """
IF TG_OP = 'INSERT' THEN
  UPDATE payments_payment SET refunded_minor = refunded_minor + NEW.amount_minor WHERE id = NEW.payment_id;
ELSE
  UPDATE payments_payment SET refunded_minor = refunded_minor - OLD.amount_minor WHERE id = OLD.payment_id;
END IF;
RETURN NULL;
"""
"""A refund counts from when it is asked for until it fails; a constraint of the payment keeps the sum within what was
captured. The row of the payment is what two refunds at once wait for."""

TELL_PAYMENT = """
INSERT INTO booking_event (booking_id, kind, trace_id, channel, partner, data)
SELECT NEW.booking_id, 'payment_' || NEW.state, trace_id, channel, partner,
  jsonb_strip_nulls(jsonb_build_object('payment', NEW.id, 'amount_minor', NEW.amount_minor, 'currency', NEW.currency,
    'captured_minor', nullif(NEW.captured_minor, 0), 'reason', nullif(NEW.reason, '')))
FROM booking_booking WHERE id = NEW.booking_id;
RETURN NULL;
"""

TELL_REFUND = """
INSERT INTO booking_event (booking_id, kind, trace_id, channel, partner, data)
SELECT payment.booking_id, 'refund_' || NEW.state, trace_id, channel, partner,
  jsonb_build_object('refund', NEW.id, 'payment', payment.id, 'amount_minor', NEW.amount_minor,
    'currency', payment.captured_currency, 'cause', NEW.cause)
FROM payments_payment AS payment JOIN booking_booking AS booking ON booking.id = payment.booking_id
WHERE payment.id = NEW.payment_id;
RETURN NULL;
"""
"""One line of the booking's stream for each step."""

OWE_REFUND = """
CREATE FUNCTION refund_is_owed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO payments_refund (payment_id, amount_minor, cause)
  SELECT id, NEW.refund_due_minor, 'policy' FROM payments_payment WHERE booking_id = NEW.id AND state = 'taken'
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
CREATE TRIGGER refund_is_owed AFTER UPDATE OF refund_due_minor ON booking_booking FOR EACH ROW
  WHEN (NEW.refund_due_minor > 0 AND OLD.refund_due_minor = 0) EXECUTE FUNCTION refund_is_owed();
"""
"""What a cancellation gives back is owed in the transaction of the cancellation: there is no gap to fall into between
the two, and no list of bookings to search for what was forgotten. Triggers run by
name: the booking tells of its end first."""

FORGET_OWE_REFUND = "DROP TRIGGER refund_is_owed ON booking_booking; DROP FUNCTION refund_is_owed();"
