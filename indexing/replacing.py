"""A new index beside the one that serves, filled from the projection, compared with it, and put in its place.

Live changes reach both: workers follow what serves, and whoever replaces follows what is built, to its last epoch and
once more right before the swap. Searches go to the old one until then; epochs mean the same in both, so that cursors
outlive the swap. The old one is kept for some seconds, for those who go by what they knew. Interrupted anywhere, it
goes on where its checkpoint is.
"""

from __future__ import annotations

from collections.abc import Callable

from config.failpoints import failpoint
from indexing.comparing import compare, repair
from indexing.follower import follow_one
from indexing.generations import drop, make_generation, of_this_code, serve
from indexing.parking import parked_rows
from indexing.rebuild import RebuildRuns
from indexing.turns import turn
from search.backends.opensearch.client import Client, SearchEngineUnavailable
from search.backends.opensearch.followed import FOLLOWED, OFFERS, FollowedTable
from search.models import Generation, Parked

SHOWN = 3
STANDSTILLS = 3
"""Passes in a row in which nothing moves (somebody else follows, or it was taken away) before it is given up."""


class NotTheSame(RuntimeError):
    """The new index does not hold what the projection does; the old one goes on serving."""


def replace_index(
    client: Client,
    *,
    table: FollowedTable = OFFERS,
    restart: bool = False,
    accept_parked: bool = False,
    tell: Callable[[Generation], None] = lambda _: None,
) -> Generation:
    """The generation that serves afterwards.

    A document that the new index refuses and the old one holds is no reason to serve without it, unless told so by
    `accept_parked`. Raises NotTheSame, RebuildRuns, or SearchEngineUnavailable (run it again later: it goes on).
    """
    with turn(f"replace {table.kind}") as is_ours:
        if not is_ours:
            raise RebuildRuns
        building = _unfinished(client, table, restart=restart) or make_generation(client, table)
        failpoint("after_make_of_generation")
        building = _fill(client, building, tell)
        _hold_to_account(client, building)
        if not accept_parked:
            _refuse_newly_parked(table, building)
        building = _fill(client, building, tell)
        failpoint("before_swap")
        serve(building)
        failpoint("after_swap")
    return Generation.objects.get(name=building.name)


def _unfinished(client: Client, table: FollowedTable, *, restart: bool) -> Generation | None:
    """The one to go on with; all others that do not serve and have not retired go."""
    mine = None if restart else of_this_code(table).filter(is_serving=False).last()
    abandoned = Generation.objects.filter(kind=table.kind, is_serving=False, retired_at=None)
    for generation in abandoned.exclude(name=mine.name if mine else ""):
        drop(client, generation)
    return mine


def _fill(client: Client, building: Generation, tell: Callable[[Generation], None]) -> Generation:
    """Passes until it holds everything. It may have begun anew under another name."""
    stood_still = 0
    while True:
        done = follow_one(client, building.name)
        now = of_this_code(FOLLOWED[building.kind]).filter(is_serving=False).last()
        if now is None:
            raise SearchEngineUnavailable("The index that was being built was taken away.")
        moved = now.name != building.name or now.epoch != building.epoch
        building = now
        tell(building)
        if done.is_true:
            return building
        stood_still = 0 if moved else stood_still + 1
        if stood_still > STANDSTILLS:
            raise SearchEngineUnavailable(f"{building.name} does not move.")


def _hold_to_account(client: Client, building: Generation) -> None:
    differing = compare(client, building)
    if differing.count:
        repair(client, building, differing)
        failpoint("after_repair")
        differing = compare(client, building)
    if differing.count:
        raise NotTheSame(f"{differing.count} of {differing.compared} documents differ in {building.name}.")


def _refuse_newly_parked(table: FollowedTable, building: Generation) -> None:
    serving = of_this_code(table).filter(is_serving=True).first()
    fresh = sorted(parked_rows(building) - (parked_rows(serving) if serving else set()))
    if fresh:
        reasons = Parked.objects.filter(generation=building, row_id__in=fresh[:SHOWN])
        told = "; ".join(f"{each.document_id}: {each.reason[:200]}" for each in reasons)
        raise NotTheSame(f"{building.name} refused {len(fresh)} documents that the one that serves holds: {told}")
