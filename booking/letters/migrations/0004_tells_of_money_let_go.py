from django.db import migrations

from booking.letters.triggers import FORGET_OWE_LETTER, OWE_LETTER


class Migration(migrations.Migration):
    """The same trigger, made again from its text of today."""

    dependencies = [("letters", "0003_tells_of_offers")]

    operations = [migrations.RunSQL(FORGET_OWE_LETTER + OWE_LETTER, migrations.RunSQL.noop)]
