"""VACUUM comes by what has changed, not by what share of a large table that is."""

from django.db import migrations

# A change of a document closes one row and adds one, and 15 minutes later the closed one goes: by the default, a fifth
# of the table, a million documents would gather 200,000 dead rows before anybody looked. Their index entries are read
# by every search. The rows of the two small tables are written several times a second.
SETTINGS = {
    "search_offer": "autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 5000,"
    " autovacuum_analyze_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.05",
    "search_card": "autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 5000",
    "listings_change": "autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000,"
    " autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 5000",
    "search_epoch": "fillfactor = 10, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 200",
    "search_generation": "fillfactor = 10, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 200",
}


def _names(settings: str) -> str:
    return ", ".join(part.split("=")[0].strip() for part in settings.split(","))


class Migration(migrations.Migration):
    dependencies = [
        ("indexing", "0001_initial"),
        ("listings", "0002_change_feed"),
        ("search", "0007_generations_by_number"),
    ]

    operations = [
        migrations.RunSQL(f"ALTER TABLE {table} SET ({settings})", f"ALTER TABLE {table} RESET ({_names(settings)})")
        for table, settings in SETTINGS.items()
    ]
