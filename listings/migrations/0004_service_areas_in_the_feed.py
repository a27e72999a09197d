"""The change feed tells of the branch when what is published of its service areas changes; drafts are not told.

A version enters as a draft and is published by an update, and its bands do not change after that, so bands need no
trigger. A named area tells every branch that refers to it in a published version.
"""

from django.db import migrations

VERSION = """
CREATE FUNCTION listings_serviceareaversion_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    INSERT INTO listings_change (topic, key)
      SELECT DISTINCT 'branch', area.branch_id
      FROM old_rows JOIN listings_servicearea AS area ON area.id = old_rows.area_id
      WHERE old_rows.state = 'published';
    RETURN NULL;
  END IF;
  INSERT INTO listings_change (topic, key)
    SELECT DISTINCT 'branch', area.branch_id
    FROM (
      (SELECT id, area_id, state FROM new_rows EXCEPT SELECT id, area_id, state FROM old_rows)
      UNION ALL
      (SELECT id, area_id, state FROM old_rows EXCEPT SELECT id, area_id, state FROM new_rows)
    ) AS changed JOIN listings_servicearea AS area ON area.id = changed.area_id
    WHERE changed.state = 'published';
  INSERT INTO listings_change (topic, key, due_at)
    SELECT DISTINCT 'branch', area.branch_id, instant
    FROM (
      SELECT id, area_id, valid_from, valid_until FROM new_rows WHERE state = 'published'
      EXCEPT SELECT id, area_id, valid_from, valid_until FROM old_rows WHERE state = 'published'
    ) AS begun
    JOIN listings_servicearea AS area ON area.id = begun.area_id
    CROSS JOIN LATERAL (VALUES (begun.valid_from), (begun.valid_until)) AS at (instant)
    WHERE instant > now();
  RETURN NULL;
END $$;
CREATE TRIGGER service_area_version_updated AFTER UPDATE ON listings_serviceareaversion
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION listings_serviceareaversion_changed();
CREATE TRIGGER service_area_version_deleted AFTER DELETE ON listings_serviceareaversion
  REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION listings_serviceareaversion_changed();
"""

AREA = """
CREATE FUNCTION listings_servicearea_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    INSERT INTO listings_change (topic, key) SELECT DISTINCT 'branch', branch_id FROM old_rows;
  ELSE
    INSERT INTO listings_change (topic, key)
      SELECT DISTINCT 'branch', changed.branch_id
      FROM (SELECT * FROM new_rows EXCEPT SELECT * FROM old_rows) AS changed
      JOIN listings_serviceareaversion AS version ON version.area_id = changed.id AND version.state = 'published';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER service_area_updated AFTER UPDATE ON listings_servicearea
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION listings_servicearea_changed();
CREATE TRIGGER service_area_deleted AFTER DELETE ON listings_servicearea
  REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION listings_servicearea_changed();
"""

NAMED_AREA = """
CREATE FUNCTION listings_namedarea_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO listings_change (topic, key)
    SELECT DISTINCT 'branch', area.branch_id
    FROM (
      SELECT id, name, names, ST_AsEWKB(geometry) FROM new_rows
      EXCEPT SELECT id, name, names, ST_AsEWKB(geometry) FROM old_rows
    ) AS changed
    JOIN listings_areaband AS band ON band.named_area_id = changed.id
    JOIN listings_serviceareaversion AS version ON version.id = band.version_id AND version.state = 'published'
    JOIN listings_servicearea AS area ON area.id = version.area_id;
  RETURN NULL;
END $$;
CREATE TRIGGER named_area_updated AFTER UPDATE ON listings_namedarea
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION listings_namedarea_changed();
"""

UNDO = """
DROP FUNCTION listings_serviceareaversion_changed CASCADE;
DROP FUNCTION listings_servicearea_changed CASCADE;
DROP FUNCTION listings_namedarea_changed CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("listings", "0003_service_areas")]

    operations = [migrations.RunSQL(VERSION + AREA + NAMED_AREA, UNDO)]
