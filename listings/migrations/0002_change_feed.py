"""The change feed is written by PostgreSQL itself, so that no writer (service, import, admin, psql) can forget it.

docs/adr/0002-change-feed.md says why. `EXCEPT` between the transition tables finds what an update really changed; it is
planned as a hash or a sort whatever the number of rows, where a join's cached plan may turn quadratic.
"""

from django.db import migrations

WAKE = """
CREATE FUNCTION listings_change_wakes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM new_rows WHERE due_at <= clock_timestamp()) THEN
    PERFORM pg_notify('vicinity_changes', '');
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER change_wakes AFTER INSERT ON listings_change
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION listings_change_wakes();
"""

# A branch that closes at a later instant is a change that time will make.
BRANCH = """
CREATE FUNCTION listings_branch_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO listings_change (topic, key) SELECT 'branch', id FROM new_rows;
  ELSIF TG_OP = 'DELETE' THEN
    INSERT INTO listings_change (topic, key) SELECT 'branch', id FROM old_rows;
  ELSE
    INSERT INTO listings_change (topic, key)
      SELECT 'branch', changed.id FROM (SELECT * FROM new_rows EXCEPT SELECT * FROM old_rows) AS changed;
    INSERT INTO listings_change (topic, key)
      SELECT 'branch', lost.id FROM (SELECT id FROM old_rows EXCEPT SELECT id FROM new_rows) AS lost;
  END IF;
  IF TG_OP <> 'DELETE' THEN
    INSERT INTO listings_change (topic, key, due_at) SELECT 'branch', id, closed_at FROM new_rows WHERE closed_at > now();
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER branch_inserted AFTER INSERT ON listings_branch
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION listings_branch_changed();
CREATE TRIGGER branch_updated AFTER UPDATE ON listings_branch
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION listings_branch_changed();
CREATE TRIGGER branch_deleted AFTER DELETE ON listings_branch
  REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION listings_branch_changed();
"""

STANDING = """
CREATE FUNCTION listings_standing_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO listings_change (topic, key) SELECT 'branch', branch_id FROM new_rows;
  ELSIF TG_OP = 'DELETE' THEN
    INSERT INTO listings_change (topic, key) SELECT 'branch', branch_id FROM old_rows;
  ELSE
    INSERT INTO listings_change (topic, key)
      SELECT 'branch', changed.branch_id FROM (SELECT * FROM new_rows EXCEPT SELECT * FROM old_rows) AS changed;
    INSERT INTO listings_change (topic, key)
      SELECT 'branch', lost.branch_id
      FROM (SELECT branch_id FROM old_rows EXCEPT SELECT branch_id FROM new_rows) AS lost;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER standing_inserted AFTER INSERT ON listings_standing
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION listings_standing_changed();
CREATE TRIGGER standing_updated AFTER UPDATE ON listings_standing
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION listings_standing_changed();
CREATE TRIGGER standing_deleted AFTER DELETE ON listings_standing
  REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION listings_standing_changed();
"""

# A new or deleted brand or category changes no document by itself: the branches that name it are written too.
BRAND_AND_CATEGORY = """
CREATE FUNCTION listings_brand_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO listings_change (topic, key)
    SELECT 'branch', branch.id FROM listings_branch AS branch
    WHERE branch.brand_id IN (SELECT changed.id FROM (SELECT * FROM new_rows EXCEPT SELECT * FROM old_rows) AS changed);
  RETURN NULL;
END $$;
CREATE TRIGGER brand_updated AFTER UPDATE ON listings_brand
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION listings_brand_changed();

CREATE FUNCTION listings_category_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO listings_change (topic, key)
    SELECT 'branch', branch.id
    FROM listings_branch AS branch JOIN listings_category AS category ON category.slug = branch.category_id
    WHERE category.path && ARRAY(
      SELECT changed.slug FROM (
        SELECT slug, parent_id, path, names, synonyms FROM new_rows
        EXCEPT SELECT slug, parent_id, path, names, synonyms FROM old_rows
      ) AS changed
    );
  RETURN NULL;
END $$;
CREATE TRIGGER category_updated AFTER UPDATE ON listings_category
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION listings_category_changed();
"""

UNDO = """
DROP FUNCTION listings_change_wakes CASCADE;
DROP FUNCTION listings_branch_changed CASCADE;
DROP FUNCTION listings_standing_changed CASCADE;
DROP FUNCTION listings_brand_changed CASCADE;
DROP FUNCTION listings_category_changed CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("listings", "0001_initial")]

    operations = [
        migrations.RunSQL(WAKE + BRANCH + STANDING + BRAND_AND_CATEGORY, UNDO),
        migrations.RunSQL(
            "CREATE INDEX change_parked ON listings_change (topic, key) WHERE parked_at IS NOT NULL",
            "DROP INDEX change_parked",
        ),
    ]
