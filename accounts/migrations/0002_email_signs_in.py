"""E-mail addresses become what signs in: in lower case, one account each; and accounts get a key that may be shown.

An account without an address, or with one that an older account has, keeps its password and gets an address at which
no mail arrives (RFC 2606): its name and number at `.invalid`. Give it a real one in the back office.
"""

import re

import django.contrib.postgres.functions
from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.functions import Lower


def address_accounts(apps, schema_editor):
    users = apps.get_model("accounts", "User").objects.using(schema_editor.connection.alias)
    taken = set()
    for user in users.order_by("id"):
        email = user.email.strip().lower()
        if not email or email in taken:
            name = re.sub(r"[^a-z0-9._+-]", "-", user.username.lower())[:60].strip(".-") or "account"
            email = f"{name}@user-{user.id}.invalid"
            print(f"  Account {user.username!a} signs in as {email} from now on.")
        taken.add(email)
        if email != user.email:
            users.filter(pk=user.pk).update(email=email)


# The back office's history and permissions name the model by its content type.
ADOPT_CONTENT_TYPE = """
UPDATE django_content_type SET app_label = 'accounts'
WHERE app_label = 'auth' AND model = 'user'
  AND NOT EXISTS (SELECT FROM django_content_type WHERE app_label = 'accounts' AND model = 'user')
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.RunSQL(ADOPT_CONTENT_TYPE, migrations.RunSQL.noop),
        migrations.RunPython(address_accounts, migrations.RunPython.noop),
        migrations.AddField(
            "user",
            "uuid",
            models.UUIDField(
                db_default=django.contrib.postgres.functions.RandomUUID(), editable=False, unique=True
            ),
        ),
        migrations.RemoveField("user", "username"),
        migrations.AlterField("user", "id", models.AutoField(primary_key=True, serialize=False)),
        migrations.AlterField(
            "user", "email", models.EmailField(help_text="Signs in; kept in lower case.", max_length=254, unique=True)
        ),
        migrations.AddConstraint(
            "user",
            models.CheckConstraint(condition=Q(email=Lower(F("email"))), name="user_email_in_lower_case"),
        ),
    ]
