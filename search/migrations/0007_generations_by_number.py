"""Generations get a kind, a number, and an end; parked documents are tried again; epochs can be leased."""

import django.db.models.functions.datetime
from django.db import migrations, models
from django.db.models import Q


def number_them(apps, schema_editor):
    """In the order in which they were made: the numbers in their names."""
    generation = apps.get_model("search", "Generation")
    rows = sorted(generation.objects.all(), key=lambda row: (len(row.name), row.name))
    for number, row in enumerate(rows, start=1):
        generation.objects.filter(name=row.name).update(number=number)


class Migration(migrations.Migration):
    dependencies = [("search", "0006_heads")]

    operations = [
        migrations.CreateModel(
            name="Lease",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("epoch", models.BigIntegerField()),
                ("until", models.DateTimeField()),
            ],
            options={"db_table": "search_lease"},
        ),
        migrations.AddField("generation", "kind", models.TextField(default="offers", db_default="offers")),
        migrations.AddField("generation", "number", models.BigIntegerField(default=0), preserve_default=False),
        migrations.AddField("generation", "made_at_oldest", models.BigIntegerField(default=0, db_default=0)),
        migrations.AddField("generation", "retired_at", models.DateTimeField(null=True)),
        migrations.AddField("parked", "attempts", models.IntegerField(default=1, db_default=1)),
        migrations.AddField(
            "parked", "tried_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())
        ),
        migrations.RunPython(number_them, migrations.RunPython.noop),
        migrations.RemoveConstraint("generation", "search_generation_one_serves"),
        migrations.AddConstraint(
            "generation",
            models.UniqueConstraint(
                fields=["kind", "mapping_number", "schema"],
                condition=Q(is_serving=True),
                name="search_generation_one_serves",
            ),
        ),
        migrations.AddConstraint(
            "generation", models.UniqueConstraint(fields=["kind", "number"], name="search_generation_number")
        ),
        migrations.AddConstraint(
            "generation",
            models.CheckConstraint(
                condition=Q(is_serving=False) | Q(retired_at=None), name="search_generation_serves_or_retired"
            ),
        ),
    ]
