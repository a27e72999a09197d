"""What PostgreSQL holds of staff, whoever writes. Pure: texts of trigger functions."""

from __future__ import annotations

KEEP_AN_OWNER = """
PERFORM FROM listings_merchant WHERE id = OLD.merchant_id FOR NO KEY UPDATE;
IF FOUND AND NOT EXISTS (SELECT FROM listings_membership WHERE merchant_id = OLD.merchant_id AND role = 'owner') THEN
  RAISE EXCEPTION 'The last owner of a merchant stays.'
    USING ERRCODE = 'restrict_violation', CONSTRAINT = 'membership_keeps_an_owner';
END IF;
RETURN NULL;
"""
"""At commit. The lock makes two transactions that each take away the other's owner come one after the other; the second
then sees what the first left. A merchant that goes as a whole takes its owners along."""
