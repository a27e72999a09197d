from django.db import migrations

from booking.letters.triggers import FORGET_OWE_LETTER, OWE_LETTER


class Migration(migrations.Migration):
    dependencies = [("letters", "0001_initial")]

    operations = [migrations.RunSQL(OWE_LETTER, FORGET_OWE_LETTER)]
