from django.db import migrations

from booking.payments.triggers import FORGET_OWE_REFUND, OWE_REFUND


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial"), ("booking", "0001_initial")]

    operations = [migrations.RunSQL(OWE_REFUND, FORGET_OWE_REFUND)]
