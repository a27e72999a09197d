"""Reads what writers were told is committed and looks for it in the projection. Knows SQL, and nothing of ours.

Usage: crash_checker.py DSN ACK_FILE. Prints one JSON object.
"""

import json
import sys
from pathlib import Path

import psycopg

CURRENT = " FROM search_offer JOIN search_card USING (row_id) WHERE removed_epoch = 9223372036854775807"
PLACES = "SELECT branch_id, card" + CURRENT + " AND kind = 'place'"
DEALS = "SELECT id, branch_id, card" + CURRENT + " AND kind = 'deal'"
# A writer's transaction may have been committed without it being told: then the table is ahead of the file.
BRANCH_NOW = "SELECT id, name FROM listings_branch WHERE closed_at IS NULL"
DEAL_NOW = "SELECT id, title FROM deals_deal WHERE state = 'live'"
DEAL_AT = (
    "SELECT deal.id, branch.id FROM deals_deal AS deal JOIN listings_branch AS branch USING (merchant_id)"
    " WHERE deal.state = 'live' AND branch.closed_at IS NULL"
)


def main() -> None:
    dsn, acks = sys.argv[1:]
    last: dict[tuple[str, str], str] = {}
    lines = 0
    for line in Path(acks).read_text().splitlines():
        kind, key, value = line.split(" ")
        last[kind, key] = value
        lines += 1
    with psycopg.connect(dsn) as database:
        shown = {str(branch): json.loads(card)["name"] for branch, card in database.execute(PLACES)}
        now = {"branch": {}, "deal": {}}
        now["branch"] = {str(key): name for key, name in database.execute(BRANCH_NOW)}
        now["deal"] = {str(key): name for key, name in database.execute(DEAL_NOW)}
        deals_shown = {
            (id_.split(":")[1], str(branch)): json.loads(card)["deal"]["title"]
            for id_, branch, card in database.execute(DEALS)
        }
        deals_at = {(str(deal), str(branch)): now["deal"][str(deal)] for deal, branch in database.execute(DEAL_AT)}
    uncommitted = [
        f"{kind} {key} was told {value}, table says {now[kind].get(key, '-')}"
        for (kind, key), value in last.items()
        if now[kind].get(key, "-") != value
    ]
    lost = [
        f"branch {key}: told {last.get(('branch', key))}, index says {shown.get(key)}, table {now['branch'].get(key)}"
        for key in sorted(shown.keys() | now["branch"].keys())
        if shown.get(key) != now["branch"].get(key)
    ]
    lost += [
        f"deal {key}: index says {deals_shown.get(key)}, table {deals_at.get(key)}"
        for key in sorted(deals_shown.keys() | deals_at.keys())
        if deals_shown.get(key) != deals_at.get(key)
    ]
    print(json.dumps({"acknowledged": lines, "keys": len(last), "ahead_of_file": uncommitted, "lost": lost}))  # noqa: T201  the checker's answer


main()
