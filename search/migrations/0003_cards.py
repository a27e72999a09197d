from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("search", "0002_opensearch_generations"),
    ]

    operations = [
        migrations.CreateModel(
            name="Card",
            fields=[
                ("row_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("card", models.TextField()),
            ],
            options={"db_table": "search_card"},
        ),
        migrations.RunSQL("INSERT INTO search_card (row_id, card) SELECT row_id, card FROM search_offer"),
        migrations.RemoveField(model_name="offer", name="card"),
    ]
