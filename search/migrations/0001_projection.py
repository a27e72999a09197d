import django.contrib.gis.db.models.fields
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import search.models
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Gone',
            fields=[
                ('id', models.TextField(db_collation='C', primary_key=True, serialize=False)),
                ('version', models.BigIntegerField()),
                ('gone_at', models.DateTimeField(db_index=True)),
            ],
            options={
                'db_table': 'search_gone',
            },
        ),
        migrations.CreateModel(
            name='Epoch',
            fields=[
                ('singleton', models.BooleanField(db_default=True, default=True, primary_key=True, serialize=False)),
                ('current', models.BigIntegerField()),
                ('oldest', models.BigIntegerField()),
            ],
            options={
                'db_table': 'search_epoch',
                'constraints': [models.CheckConstraint(condition=models.Q(('singleton', True)), name='search_epoch_singleton')],
            },
        ),
        migrations.CreateModel(
            name='Offer',
            fields=[
                ('row_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('added_epoch', models.BigIntegerField()),
                ('removed_epoch', models.BigIntegerField(db_default=9223372036854775807, default=9223372036854775807)),
                ('x', models.FloatField()),
                ('y', models.FloatField()),
                ('z', models.FloatField()),
                ('popularity', models.FloatField()),
                ('listed_at', models.DateTimeField()),
                ('valid_from', models.DateTimeField()),
                ('valid_until', models.DateTimeField()),
                ('deal_count', models.IntegerField()),
                ('rating_stars', models.FloatField(null=True)),
                ('discount', models.FloatField(null=True)),
                ('price_minor', models.BigIntegerField(null=True)),
                ('kind', models.TextField(db_collation='C')),
                ('id', models.TextField(db_collation='C')),
                ('chain_id', models.UUIDField(null=True)),
                ('cell', models.BigIntegerField()),
                ('point', django.contrib.gis.db.models.fields.PointField(srid=4326)),
                ('currency', models.TextField(db_collation='C', null=True)),
                ('zone', models.TextField(db_collation='C')),
                ('categories', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(db_collation='C'), size=None)),
                ('attributes', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(db_collation='C'), size=None)),
                ('open_minutes', search.models.MinutesField(null=True)),
                ('rating_count', models.IntegerField()),
                ('branch_id', models.UUIDField()),
                ('version', models.BigIntegerField()),
                ('content', models.UUIDField()),
                ('schema', models.SmallIntegerField()),
                ('closed_at', models.DateTimeField(null=True)),
                ('terms', django.contrib.postgres.search.SearchVectorField()),
                ('card', models.TextField()),
            ],
            options={
                'db_table': 'search_offer',
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['terms'], gin_pending_list_limit=512, name='search_offer_terms'), django.contrib.postgres.indexes.GinIndex(fields=['categories'], gin_pending_list_limit=512, name='search_offer_categories'), models.Index(condition=models.Q(('removed_epoch', 9223372036854775807)), fields=['branch_id'], name='search_offer_branch'), models.Index(condition=models.Q(('chain_id__isnull', False)), fields=['chain_id'], name='search_offer_chain'), models.Index(condition=models.Q(('closed_at__isnull', False)), fields=['closed_at'], name='search_offer_closed')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('removed_epoch', 9223372036854775807)), fields=('id',), name='search_offer_current'), models.CheckConstraint(condition=models.Q(('removed_epoch__gt', models.F('added_epoch'))), name='search_offer_epochs_in_order')],
            },
        ),
    ]
