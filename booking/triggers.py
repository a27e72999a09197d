"""What PostgreSQL does by itself when a booking changes, whoever changes it. Pure: texts of trigger functions."""

from __future__ import annotations

GIVE_BACK = """
IF NEW.state IN ('cancelled', 'expired') OR NEW.slot_id IS DISTINCT FROM OLD.slot_id THEN
  UPDATE booking_slot SET taken = taken - OLD.units, capacity = capacity - least(surplus, OLD.units),
    surplus = surplus - least(surplus, OLD.units) WHERE id = OLD.slot_id;
END IF;
IF NEW.state IN ('cancelled', 'expired') THEN
  IF OLD.stock_units > 0 THEN
    UPDATE booking_dealstock SET taken = taken - OLD.stock_units WHERE deal_id = OLD.deal_id;
  END IF;
  IF OLD.cap_units > 0 THEN
    UPDATE booking_dealcustomer SET taken = taken - OLD.cap_units
      WHERE deal_id = OLD.deal_id AND customer_key = OLD.customer_key;
  END IF;
  DELETE FROM booking_occupancy WHERE booking_id = OLD.id;
END IF;
RETURN NULL;
"""
"""Runs where a booking leaves the states that take, or its slot. In this order, which every writer keeps: the booking,
its slot, the deal's stock, the customer's cap (docs/locking.md)."""

TELL = """
IF TG_OP = 'INSERT' OR NEW.state IS DISTINCT FROM OLD.state THEN
  kind := NEW.state;
ELSIF NEW.slot_id IS DISTINCT FROM OLD.slot_id THEN
  kind := 'moved';
ELSIF NEW.extensions IS DISTINCT FROM OLD.extensions THEN
  kind := 'extended';
ELSE
  RETURN NULL;
END IF;
INSERT INTO booking_event (booking_id, kind, trace_id, channel, partner, data)
  VALUES (NEW.id, kind, NEW.trace_id, NEW.channel, NEW.partner,
    jsonb_strip_nulls(jsonb_build_object('starts_at', NEW.starts_at, 'expires_at', NEW.expires_at,
      'paid_minor', nullif(NEW.paid_minor, 0), 'refund_due_minor', nullif(NEW.refund_due_minor, 0),
      'by', nullif(NEW.ended_by, ''))));
RETURN NULL;
"""
"""One line of the stream for each step."""

RESIZE = """
UPDATE booking_slot SET capacity = greatest(NEW.capacity, taken), surplus = greatest(taken - NEW.capacity, 0)
  WHERE service_id = NEW.id AND starts_at > now();
RETURN NULL;
"""
"""Slots to come follow their service. What is sold stays sold: a slot never shrinks below what is taken. What it has
above its service is its surplus, which is given back for good."""

STOCK_FOLLOWS = """
CREATE FUNCTION dealstock_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE booking_dealstock SET stock = NEW.stock WHERE deal_id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER dealstock_follows AFTER UPDATE OF stock ON deals_deal FOR EACH ROW
  WHEN (OLD.stock IS DISTINCT FROM NEW.stock) EXECUTE FUNCTION dealstock_follows();
"""
"""A limit that is lowered waits for who is just taking, and who takes next judges by it: also where it is less than
what is taken, which is what the operator may do and a merchant may not."""

FORGET_STOCK_FOLLOWS = "DROP TRIGGER dealstock_follows ON deals_deal; DROP FUNCTION dealstock_follows();"
