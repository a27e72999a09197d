"""What PostgreSQL does for the waitlist when bookings, services, resources and deals change. Pure: texts of SQL.

Where something may have come free for those who wait, a row in `waitlist_freed` says which service is to be looked at,
written in the transaction that frees; a notice wakes the worker. What no trigger sees the sweep finds.
"""

from __future__ import annotations

CHANNEL = "vicinity_waitlist"

TELL = """
IF TG_OP = 'INSERT' THEN
  kind := 'joined';
  offer := NULL;
ELSE
  kind := CASE WHEN NEW.state = 'waiting' THEN 'returned' ELSE NEW.state END;
  offer := coalesce(NEW.offer_id, OLD.offer_id);
END IF;
INSERT INTO booking_event (booking_id, entry_id, kind, trace_id, channel, partner, data)
  SELECT offer, NEW.id, 'waitlist_' || kind, NEW.trace_id, NEW.channel, NEW.partner,
    jsonb_strip_nulls(jsonb_build_object('starts_at', booking.starts_at, 'expires_at', booking.expires_at,
      'offers_left', NEW.offers_left, 'because', nullif(NEW.ended_because, '')))
  FROM (SELECT) AS one LEFT JOIN booking_booking AS booking ON booking.id = offer;
RETURN NULL;
"""
"""One line of the stream for each step; those about an offer belong to its booking too."""

_NOTE = f"""
CREATE FUNCTION waitlist_note(services uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO waitlist_freed (service_id)
  SELECT DISTINCT service_id FROM waitlist_entry WHERE service_id = ANY(services) AND state = 'waiting';
  IF FOUND THEN
    PERFORM pg_notify('{CHANNEL}', '');
  END IF;
END $$;
"""  # noqa: S608  our own words
"""Rows are only added: two transactions that free never wait for each other here."""

_FOLLOW = """
CREATE FUNCTION waitlist_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state = 'confirmed' THEN
    UPDATE waitlist_entry SET state = 'booked', ended_at = clock_timestamp()
      WHERE offer_id = NEW.id AND state = 'offered';
  ELSIF NEW.state IN ('cancelled', 'expired') THEN
    UPDATE waitlist_entry SET offer_id = NULL,
      state = CASE WHEN offers_left > 0 THEN 'waiting' ELSE 'ended' END,
      ended_because = CASE WHEN offers_left > 0 THEN '' ELSE 'offers_used' END,
      ended_at = CASE WHEN offers_left > 0 THEN NULL ELSE clock_timestamp() END
      WHERE offer_id = NEW.id AND state = 'offered';
  END IF;
  IF NEW.state IN ('cancelled', 'expired') OR NEW.slot_id IS DISTINCT FROM OLD.slot_id THEN
    PERFORM waitlist_note(ARRAY(SELECT id FROM booking_service
      WHERE id = OLD.service_id OR (OLD.stock_units > 0 AND deal_id = OLD.deal_id)));
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER waitlist_follows AFTER UPDATE OF state, slot_id ON booking_booking FOR EACH ROW
  WHEN (OLD.state IS DISTINCT FROM NEW.state OR OLD.slot_id IS DISTINCT FROM NEW.slot_id)
  EXECUTE FUNCTION waitlist_follows();
"""
"""An entry follows the booking that was offered to it, whoever writes. Triggers run by name: by then the booking has
given back its slot, stock and resource, so the entry's row is the last that is locked (docs/locking.md)."""

_WATCH = """
CREATE FUNCTION waitlist_watches() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM waitlist_note(CASE TG_TABLE_NAME
    WHEN 'booking_service' THEN ARRAY[(to_jsonb(NEW) ->> 'id')::uuid]
    WHEN 'booking_service_resources' THEN ARRAY[(to_jsonb(NEW) ->> 'service_id')::uuid]
    WHEN 'booking_resource' THEN ARRAY(SELECT service_id FROM booking_service_resources
      WHERE resource_id = (to_jsonb(NEW) ->> 'id')::bigint)
    WHEN 'booking_occupancy' THEN ARRAY(SELECT service_id FROM booking_service_resources
      WHERE resource_id = (to_jsonb(OLD) ->> 'resource_id')::bigint)
    WHEN 'deals_deal' THEN ARRAY(SELECT id FROM booking_service WHERE deal_id = (to_jsonb(NEW) ->> 'id')::uuid)
  END);
  RETURN NULL;
END $$;
CREATE TRIGGER waitlist_watches AFTER UPDATE ON booking_service FOR EACH ROW EXECUTE FUNCTION waitlist_watches();
CREATE TRIGGER waitlist_watches AFTER INSERT ON booking_service_resources FOR EACH ROW
  EXECUTE FUNCTION waitlist_watches();
CREATE TRIGGER waitlist_watches AFTER UPDATE OF seats, removed_at ON booking_resource FOR EACH ROW
  EXECUTE FUNCTION waitlist_watches();
CREATE TRIGGER waitlist_watches AFTER DELETE ON booking_occupancy FOR EACH ROW EXECUTE FUNCTION waitlist_watches();
CREATE TRIGGER waitlist_watches AFTER UPDATE OF stock, state ON deals_deal FOR EACH ROW
  EXECUTE FUNCTION waitlist_watches();
"""
"""A raised capacity, another week, a table more or larger or free again, more of a deal."""

FOLLOW = _NOTE + _FOLLOW + _WATCH
FORGET_FOLLOW = """
DROP TRIGGER waitlist_watches ON deals_deal;
DROP TRIGGER waitlist_watches ON booking_occupancy;
DROP TRIGGER waitlist_watches ON booking_resource;
DROP TRIGGER waitlist_watches ON booking_service_resources;
DROP TRIGGER waitlist_watches ON booking_service;
DROP TRIGGER waitlist_follows ON booking_booking;
DROP FUNCTION waitlist_watches();
DROP FUNCTION waitlist_follows();
DROP FUNCTION waitlist_note(uuid[]);
"""
