"""Deals tell the change feed what happened to them, and keep to their states, whoever writes.

A change of a deal is one row of the feed; the relay spreads it to the deal's branches. Where a deal leaves branches
(deleted, no longer for all branches, another merchant) those are told at once, for nobody can find them afterwards.
"""

from django.db import migrations

DEAL = """
CREATE FUNCTION deals_deal_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO listings_change (topic, key) SELECT 'deal', id FROM new_rows WHERE state = 'live';
  ELSIF TG_OP = 'UPDATE' THEN
    INSERT INTO listings_change (topic, key)
      SELECT DISTINCT 'deal', changed.id FROM (
        (SELECT * FROM new_rows EXCEPT SELECT * FROM old_rows) UNION ALL
        (SELECT * FROM old_rows EXCEPT SELECT * FROM new_rows)
      ) AS changed WHERE changed.state = 'live';
  END IF;
  IF TG_OP <> 'INSERT' THEN
    INSERT INTO listings_change (topic, key)
      SELECT DISTINCT 'branch', branch.id
      FROM listings_branch AS branch JOIN old_rows AS deal ON deal.merchant_id = branch.merchant_id
      WHERE deal.state = 'live' AND deal.all_branches AND NOT EXISTS (
        SELECT FROM deals_deal AS kept
        WHERE kept.id = deal.id AND kept.merchant_id = deal.merchant_id AND kept.all_branches
      );
    INSERT INTO listings_change (topic, key)
      SELECT DISTINCT 'branch', at.branch_id
      FROM deals_dealbranch AS at JOIN old_rows AS deal ON deal.id = at.deal_id
      WHERE deal.state = 'live' AND NOT EXISTS (
        SELECT FROM deals_deal AS kept WHERE kept.id = deal.id AND kept.merchant_id = deal.merchant_id
      );
  END IF;
  -- The instants at which time itself will change what is shown.
  IF TG_OP = 'INSERT' THEN
    INSERT INTO listings_change (topic, key, due_at)
      SELECT 'deal', deal.id, turn.at
      FROM new_rows AS deal CROSS JOIN LATERAL (VALUES (deal.valid_from), (deal.valid_until)) AS turn (at)
      WHERE deal.state = 'live' AND turn.at > now();
  ELSIF TG_OP = 'UPDATE' THEN
    INSERT INTO listings_change (topic, key, due_at)
      SELECT 'deal', deal.id, turn.at
      FROM (
        SELECT id, state, valid_from, valid_until FROM new_rows
        EXCEPT SELECT id, state, valid_from, valid_until FROM old_rows
      ) AS deal CROSS JOIN LATERAL (VALUES (deal.valid_from), (deal.valid_until)) AS turn (at)
      WHERE deal.state = 'live' AND turn.at > now();
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER deal_inserted AFTER INSERT ON deals_deal
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION deals_deal_changed();
CREATE TRIGGER deal_updated AFTER UPDATE ON deals_deal
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION deals_deal_changed();
CREATE TRIGGER deal_deleted AFTER DELETE ON deals_deal
  REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION deals_deal_changed();

CREATE FUNCTION deals_dealbranch_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    INSERT INTO listings_change (topic, key) SELECT DISTINCT 'branch', branch_id FROM old_rows;
  END IF;
  IF TG_OP <> 'DELETE' THEN
    INSERT INTO listings_change (topic, key) SELECT DISTINCT 'branch', branch_id FROM new_rows;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER dealbranch_inserted AFTER INSERT ON deals_dealbranch
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION deals_dealbranch_changed();
CREATE TRIGGER dealbranch_updated AFTER UPDATE ON deals_dealbranch
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION deals_dealbranch_changed();
CREATE TRIGGER dealbranch_deleted AFTER DELETE ON deals_dealbranch
  REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION deals_dealbranch_changed();
"""

STATES = """
CREATE FUNCTION deals_deal_keeps_to_states() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (OLD.state, NEW.state) NOT IN (('draft', 'live'), ('live', 'ended')) THEN
    RAISE EXCEPTION 'a deal cannot go from % to %', OLD.state, NEW.state
      USING ERRCODE = 'check_violation', CONSTRAINT = 'deal_state_order', TABLE = 'deals_deal';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER deal_keeps_to_states BEFORE UPDATE OF state ON deals_deal
  FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION deals_deal_keeps_to_states();
"""

UNDO = """
DROP FUNCTION deals_deal_changed CASCADE;
DROP FUNCTION deals_dealbranch_changed CASCADE;
DROP FUNCTION deals_deal_keeps_to_states CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("deals", "0001_initial"), ("listings", "0002_change_feed")]

    operations = [migrations.RunSQL(DEAL + STATES, UNDO)]
