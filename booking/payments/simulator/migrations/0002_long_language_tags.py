from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("payment_simulator", "0001_initial")]

    operations: ClassVar = [
        migrations.AlterField("simulatedcharge", "language", models.CharField(max_length=35)),
    ]
