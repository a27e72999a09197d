from django.db import migrations

from booking.waitlist.triggers import FOLLOW, FORGET_FOLLOW


class Migration(migrations.Migration):
    dependencies = [("waitlist", "0001_initial"), ("booking", "0004_event_of_an_entry"), ("deals", "0001_initial")]

    operations = [migrations.RunSQL(FOLLOW, FORGET_FOLLOW)]
