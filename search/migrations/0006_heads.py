from django.db import migrations, models

from geo.types import Point
from search.heads import heads_of, region_of

BATCH = 5_000


def fill(apps, schema_editor):
    """The heads of what is there already, by the rule of the day."""
    with schema_editor.connection.cursor() as cursor:
        last = 0
        while True:
            cursor.execute(
                "SELECT o.row_id, ST_X(o.point), ST_Y(o.point), c.card::jsonb FROM search_offer o"
                " JOIN search_card c USING (row_id) WHERE o.removed_epoch = %s AND o.row_id > %s"
                " ORDER BY o.row_id LIMIT %s",
                [2**63 - 1, last, BATCH],
            )
            rows = cursor.fetchall()
            if not rows:
                return
            last = rows[-1][0]
            with cursor.copy("COPY search_head (row_id, head, region) FROM STDIN") as copy:
                for row_id, lon, lat, card in rows:
                    for head in heads_of(card):
                        copy.write_row((row_id, head, region_of(Point(lon, lat))))


class Migration(migrations.Migration):
    dependencies = [("search", "0005_tally")]

    operations = [
        migrations.CreateModel(
            name="Head",
            fields=[
                ("pk", models.CompositePrimaryKey("row_id", "head", blank=True, editable=False, primary_key=True, serialize=False)),
                ("row_id", models.BigIntegerField()),
                ("head", models.TextField(db_collation="C")),
                ("region", models.BigIntegerField()),
            ],
            options={"db_table": "search_head"},
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddIndex("head", models.Index(fields=["region", "head", "row_id"], name="search_head_region")),
        migrations.AddIndex("head", models.Index(fields=["head", "row_id"], name="search_head_order")),
    ]
