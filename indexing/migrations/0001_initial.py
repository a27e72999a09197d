"""The order of versions, and where long work got to."""

from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):
    initial = True

    dependencies = [("listings", "0002_change_feed"), ("deals", "0002_change_feed_and_states")]

    operations = [
        migrations.RunSQL(
            # No cache: a higher number must have been taken later, whoever took it.
            "CREATE SEQUENCE indexing_version AS bigint CACHE 1",
            "DROP SEQUENCE indexing_version",
        ),
        migrations.CreateModel(
            name="Chore",
            fields=[
                ("name", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("done_at", models.DateTimeField(db_default=Now())),
                ("progress", models.JSONField(default=dict)),
            ],
        ),
    ]
