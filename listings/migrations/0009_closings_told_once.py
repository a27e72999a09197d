"""A closing to come is told when it is set, not again with each other change of its branch.

A mobile branch changes with each position, so that one which closes next month would fill the feed with one instant.
"""

from django.db import migrations

FUNCTION = """
CREATE OR REPLACE FUNCTION listings_branch_changed() RETURNS trigger LANGUAGE plpgsql AS $$
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
  {closings}
  RETURN NULL;
END $$;
"""

ALWAYS = """IF TG_OP <> 'DELETE' THEN
    INSERT INTO listings_change (topic, key, due_at) SELECT 'branch', id, closed_at FROM new_rows WHERE closed_at > now();
  END IF;"""

WHEN_SET = """IF TG_OP = 'INSERT' THEN
    INSERT INTO listings_change (topic, key, due_at) SELECT 'branch', id, closed_at FROM new_rows WHERE closed_at > now();
  ELSIF TG_OP = 'UPDATE' THEN
    INSERT INTO listings_change (topic, key, due_at)
      SELECT 'branch', id, closed_at
      FROM (SELECT id, closed_at FROM new_rows EXCEPT SELECT id, closed_at FROM old_rows) AS changed
      WHERE closed_at > now();
  END IF;"""


class Migration(migrations.Migration):
    dependencies = [("listings", "0008_mobile_branches")]

    operations = [migrations.RunSQL(FUNCTION.format(closings=WHEN_SET), FUNCTION.format(closings=ALWAYS))]
