"""A database from before accounts had their own model: it migrates forward and keeps every row."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent.parent
NAME = f"vicinity_before_accounts_{os.getpid()}"
MIGRATE_BEFORE = """
import django; django.setup()
from django.core.management import call_command
from django.core.management.commands.migrate import Command
for target in (["auth"], ["admin"], ["sessions"], ["booking", "0001_initial"]):
    call_command(Command(), *target, skip_checks=True, verbosity=0)
"""
FILL = """
INSERT INTO auth_user (id, password, is_superuser, username, first_name, last_name, email, is_staff,
  is_active, date_joined)
VALUES (3, 'hash 3', true, 'Root', 'Ada', 'L', 'Ada@Example.org', true, true, '2026-01-01Z'),
       (4, 'hash 4', false, 'no address', '', '', '', true, true, '2026-01-02Z'),
       (7, 'hash 7', false, 'second', '', '', 'ada@example.ORG', false, false, '2026-01-03Z');
SELECT setval(pg_get_serial_sequence('auth_user', 'id'), 7);
INSERT INTO auth_group (id, name) VALUES (1, 'editors');
INSERT INTO auth_user_groups (user_id, group_id) VALUES (4, 1);
INSERT INTO auth_user_user_permissions (user_id, permission_id)
SELECT 4, id FROM auth_permission WHERE codename = 'add_user';
INSERT INTO django_admin_log (action_time, object_id, object_repr, action_flag, change_message, content_type_id,
  user_id)
SELECT '2026-01-04Z', '7', 'second', 1, '', id, 3 FROM django_content_type WHERE app_label = 'auth' AND model = 'user';
INSERT INTO listings_merchant (id, name) VALUES ('00000000-0000-4000-8000-000000000001', 'Shop');
INSERT INTO listings_category (slug, path, names, synonyms, position) VALUES ('cafe', '{cafe}', '{}', '{}', 0);
INSERT INTO listings_branch (id, merchant_id, category_id, name, names, description, point, street, postcode, city,
  country, zone, opening_hours, phone, website, photos, attributes, source, external_id)
VALUES ('00000000-0000-4000-8000-000000000002', '00000000-0000-4000-8000-000000000001', 'cafe', 'Shop', '{}', '',
  ST_SetSRID(ST_MakePoint(24.9, 60.2), 4326), '', '', '', 'FI', 'Europe/Helsinki', '', '', '', '[]', '{}', '', '');
INSERT INTO deals_deal (id, merchant_id, title, list_price_minor, price_minor, currency, valid_from, valid_until,
  terms, fulfilment, weekdays, blackout_dates, titles)
VALUES ('00000000-0000-4000-8000-000000000003', '00000000-0000-4000-8000-000000000001', 'Coffee', 500, 400, 'EUR',
  '2026-01-01Z', '2027-01-01Z', '', 'voucher', '{}', '{}', '{}');
INSERT INTO booking_booking (id, branch_id, deal_id, expires_at, token_hash, title, price_minor, list_price_minor,
  currency, deposit_minor, policy, user_id)
VALUES ('00000000-0000-4000-8000-000000000004', '00000000-0000-4000-8000-000000000002',
  '00000000-0000-4000-8000-000000000003', '2026-01-05Z', 'x', 'Coffee', 400, 500, 'EUR', 400, '{}', 7);
"""
COLUMNS = """
SELECT column_name, data_type, character_maximum_length, is_nullable, column_default, is_identity
FROM information_schema.columns WHERE table_name = 'auth_user' ORDER BY column_name
"""
INDEXES = r"SELECT regexp_replace(indexdef, 'INDEX \S+ ', '') FROM pg_indexes WHERE tablename = 'auth_user' ORDER BY 1"


def _run(url: str, *command: str, settings: str) -> str:
    run = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": settings, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


@pytest.fixture
def scratch(db):
    """The address of an empty database beside the tests' own."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    server = urlunsplit(parts._replace(scheme="postgresql", path="/postgres"))
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{NAME}"')
        try:
            yield urlunsplit(parts._replace(path=f"/{NAME}"))
        finally:
            admin.execute(f'DROP DATABASE "{NAME}" WITH (FORCE)')


def test_every_row_is_kept(scratch):
    _run(scratch, "-c", MIGRATE_BEFORE, settings="tests.accounts.settings_before")
    plain = scratch.replace("postgis://", "postgresql://")
    with psycopg.connect(plain, autocommit=True) as old:
        assert old.execute("SELECT count(*) FROM django_migrations WHERE app = 'accounts'").fetchone() == (0,)
        old.execute(FILL)

    said = _run(scratch, "manage.py", "migrate", settings="config.settings")
    assert "Account 'second' signs in as second@user-7.invalid from now on." in said

    with psycopg.connect(plain) as new:
        assert new.execute(
            "SELECT id, password, is_superuser, email, is_staff, is_active, first_name FROM auth_user ORDER BY id"
        ).fetchall() == [
            (3, "hash 3", True, "ada@example.org", True, True, "Ada"),
            (4, "hash 4", False, "no-address@user-4.invalid", True, True, ""),
            (7, "hash 7", False, "second@user-7.invalid", False, False, ""),
        ]
        assert new.execute("SELECT count(DISTINCT uuid) FROM auth_user").fetchone() == (3,)
        assert new.execute(
            "SELECT log.user_id, log.object_repr, type.app_label FROM django_admin_log log"
            " JOIN django_content_type type ON type.id = log.content_type_id"
        ).fetchall() == [(3, "second", "accounts")]
        assert new.execute("SELECT user_id, group_id FROM auth_user_groups").fetchall() == [(4, 1)]
        assert new.execute(
            "SELECT given.user_id, permission.codename, type.app_label FROM auth_user_user_permissions given"
            " JOIN auth_permission permission ON permission.id = given.permission_id"
            " JOIN django_content_type type ON type.id = permission.content_type_id"
        ).fetchall() == [(4, "add_user", "accounts")]
        assert new.execute("SELECT user_id, state FROM booking_booking").fetchall() == [(7, "held")]
        assert new.execute("SELECT count(*) FROM django_content_type WHERE model = 'user'").fetchone() == (1,)
        assert new.execute("SELECT nextval(pg_get_serial_sequence('auth_user', 'id'))").fetchone() == (8,)
        migrated = new.execute(COLUMNS).fetchall(), new.execute(INDEXES).fetchall()
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS)
        columns = cursor.fetchall()
        cursor.execute(INDEXES)
        assert migrated == (columns, cursor.fetchall())
