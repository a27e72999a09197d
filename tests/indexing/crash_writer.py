"""Writes branches and deals and appends what was committed to a file. Knows SQL and nothing of the application.

Usage: crash_writer.py DSN ACK_FILE SEED MERCHANT_ID. Runs until killed.
"""

import os
import random
import sys
import time
import uuid

import psycopg

INSERT = """
INSERT INTO listings_branch (id, merchant_id, category_id, name, names, description, point, street, postcode, city,
  country, zone, opening_hours, phone, website, photos, attributes, source, external_id)
VALUES (%s, %s, 'cafe', %s, '{}', '', ST_SetSRID(ST_MakePoint(24.94, 60.17), 4326), '', '', '', 'FI', 'Europe/Helsinki',
  '24/7', '', '', '[]', '{}', '', '')
"""
DEAL = """
INSERT INTO deals_deal (id, merchant_id, all_branches, state, title, titles, terms, fulfilment, list_price_minor,
  price_minor, currency, valid_from, valid_until, weekdays, blackout_dates)
VALUES (%s, %s, true, 'live', %s, '{}', '', 'voucher', 200, 100, 'EUR', now() - interval '1 day',
  now() + interval '9 day', '{}', '{}')
"""


def main() -> None:
    dsn, acks, seed, merchant = sys.argv[1:]
    chance = random.Random(int(seed))
    acknowledged = os.open(acks, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    branches: list[uuid.UUID] = []
    deals: list[uuid.UUID] = []
    number = 0

    def acknowledge(kind: str, key: uuid.UUID, value: str) -> None:
        os.write(acknowledged, f"{kind} {key} {value}\n".encode())

    with psycopg.connect(dsn, autocommit=True) as database:
        while True:
            number += 1
            name = f"{merchant[:4]}n{number}"
            act = chance.random()
            if act < 0.4 or len(branches) < 3:
                branches.append(uuid.UUID(int=chance.getrandbits(128)))
                database.execute(INSERT, [branches[-1], merchant, name])
                acknowledge("branch", branches[-1], name)
            elif act < 0.8:
                key = chance.choice(branches)
                database.execute("UPDATE listings_branch SET name = %s WHERE id = %s", [name, key])
                acknowledge("branch", key, name)
            elif act < 0.96:
                key = branches.pop(chance.randrange(len(branches)))
                if act < 0.88:
                    database.execute("DELETE FROM listings_branch WHERE id = %s", [key])
                else:
                    database.execute("UPDATE listings_branch SET closed_at = now() WHERE id = %s", [key])
                acknowledge("branch", key, "-")
            elif act < 0.98 or not deals:
                deals.append(uuid.UUID(int=chance.getrandbits(128)))
                database.execute(DEAL, [deals[-1], merchant, name])
                acknowledge("deal", deals[-1], name)
            else:
                key = deals.pop(chance.randrange(len(deals)))
                database.execute("UPDATE deals_deal SET state = 'ended' WHERE id = %s", [key])
                acknowledge("deal", key, "-")
            time.sleep(0.02)


if __name__ == "__main__":
    main()
