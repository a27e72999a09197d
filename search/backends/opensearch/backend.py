"""The `opensearch` engine: questions go to the index that follows the projection; documents go to the projection."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import atan2, degrees, hypot
from typing import Any
from uuid import UUID

from django.conf import settings

from search.backends.base import CursorExpired
from search.backends.opensearch import request
from search.backends.opensearch.client import Client, SearchEngineUnavailable
from search.backends.opensearch.counting import COUNTING, Inexact
from search.backends.opensearch.generations import Lookout, Serving
from search.backends.opensearch.mapping import MAX_GROUPS
from search.backends.opensearch.ordering import key_of
from search.backends.opensearch.words import tier_of_score
from search.backends.postgis.backend import PostgisBackend
from search.document import Mode, OfferDocument
from search.query import SearchQuery
from search.ranking import Facts, Sort, score
from search.results import CELL_RESOLUTION, Cluster, Clusters, Hit, Page, SortKey, served_of
from search.text import Tier

MAX_BRANCHES = 10_000
"""The most that a question names to the engine: beyond, PostGIS answers, which has them at hand."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class NotYet(SearchEngineUnavailable):
    """The index was begun anew, and is not as far as it was: its own state, no fault of the cluster."""


class OpenSearchBackend:
    """search.backends.base.SearchBackend over the serving index.

    `search` and `clusters` ask the cluster. What keeps documents (`apply` … `forget`) and looks one up (`get`) is the
    projection's, which the index follows: docs/adr/0009.
    """

    name = "opensearch"

    def __init__(
        self,
        client: Client,
        *,
        serving: Callable[[], Serving | None] | None = None,
        look_again: Callable[[], Serving | None] | None = None,
    ) -> None:
        """`serving` says what is known, for each question; `look_again` is asked when that cannot be all."""
        lookout = Lookout()
        self._client = client
        self._serving = serving or lookout.serving
        self._look_again = look_again or serving or lookout.look
        self._projection = PostgisBackend()

    def search(self, query: SearchQuery, *, after: SortKey | None = None, epoch: int | None = None) -> Page:
        """Raises Inexact for more than MAX_GROUPS chains under `collapse_chains`, or MAX_BRANCHES that serve."""
        if query.impossible:
            return Page((), 0, epoch or 0, None, {facet: {} for facet in query.facets})
        at = self._state(epoch)
        query = self._served(query, at)
        best = self._best_of_chains(query, at)
        body = request.page(query, epoch=at.epoch, after=after, best=best, timeout_ms=settings.OPENSEARCH_TIMEOUT_MS)
        answer = self._ask(at, body)
        found = answer["hits"].get("hits", [])
        hits = [_hit(query, raw) for raw in found[: query.limit]]
        counts = answer.get("aggregations", {})
        return Page(
            hits=tuple(hits),
            total=answer["hits"]["total"]["value"],
            epoch=at.epoch,
            next_after=hits[-1].sort_key if len(found) > query.limit else None,
            facets={facet: COUNTING[facet].read(counts[facet.value]) for facet in query.facets},
        )

    def clusters(self, query: SearchQuery, *, resolution: int) -> Clusters:
        """Raises ValueError for a resolution finer than CELL_RESOLUTION."""
        if not 0 <= resolution <= CELL_RESOLUTION:
            raise ValueError(f"cells are held at resolution {CELL_RESOLUTION}")
        if query.impossible:
            return Clusters((), 0, 0)
        at = self._state(None)
        # What the projection keeps counted it need not count again: the same numbers at the same epoch, in one look.
        if (told := self._projection.tallied(query, resolution=resolution, epoch=at.epoch)) is not None:
            return told
        query = self._served(query, at)
        best = self._best_of_chains(query, at)
        cells: list[Cluster] = []
        after: Mapping[str, Any] | None = None
        while True:
            body = request.clusters(
                query,
                epoch=at.epoch,
                resolution=resolution,
                best=best,
                after=after,
                timeout_ms=settings.OPENSEARCH_TIMEOUT_MS,
            )
            answer = self._ask(at, body)["aggregations"]["cells"]
            buckets = answer.get("buckets", [])
            cells += [_cluster(bucket) for bucket in buckets]
            after = answer.get("after_key")
            if after is None or len(buckets) < request.CELLS_AT_ONCE:
                return Clusters(tuple(cells), sum(cell.count for cell in cells), at.epoch)

    def _state(self, epoch: int | None) -> Serving:
        at = self._serving()
        if at is None:
            raise SearchEngineUnavailable("No index of OpenSearch is ready yet.")
        if epoch is None:
            return at
        if epoch > at.epoch:  # another process knows more: looked up anew, for once
            at = self._look_again() or at
        if epoch < at.oldest:
            raise CursorExpired
        if epoch > at.epoch:
            raise NotYet("The index does not hold again yet what this cursor was cut from.")
        return replace(at, epoch=epoch)

    def _served(self, query: SearchQuery, at: Serving) -> SearchQuery:
        """The question with the bands that the projection holds at the index's state: docs/adr/0018."""
        query = self._projection.served(query, epoch=at.epoch)
        if query.serves is not None and sum(map(len, query.serves.found.values())) > MAX_BRANCHES:
            raise Inexact(f"more than {MAX_BRANCHES} branches serve the address")
        return query

    def _best_of_chains(self, query: SearchQuery, at: Serving) -> list[int] | None:
        if not query.collapse_chains:
            return None
        body = request.best_of_chains(query, epoch=at.epoch, timeout_ms=settings.OPENSEARCH_TIMEOUT_MS)
        found = self._ask(at, body).get("hits", {}).get("hits", [])
        if len(found) >= MAX_GROUPS:
            raise Inexact(f"more than {MAX_GROUPS} chains")
        return [raw["fields"]["row"][0] for raw in found]

    def _ask(self, at: Serving, body: dict[str, Any]) -> dict[str, Any]:
        return self._client.search(at.index, body, timeout_seconds=settings.OPENSEARCH_TIMEOUT_MS / 1000)

    def get(self, document_id: str, *, as_of: datetime) -> OfferDocument | None:
        return self._projection.get(document_id, as_of=as_of)

    def apply(self, documents: Iterable[OfferDocument], *, gone: Iterable[str], version: int) -> None:
        self._projection.apply(documents, gone=gone, version=version)

    def held(self, branch_ids: Collection[UUID]) -> Mapping[str, int]:
        return self._projection.held(branch_ids)

    def read(self, branch_ids: Collection[UUID]) -> Sequence[OfferDocument]:
        return self._projection.read(branch_ids)

    def branches(self, *, after: UUID | None, limit: int) -> Sequence[UUID]:
        return self._projection.branches(after=after, limit=limit)

    def forget(self) -> int:
        return self._projection.forget()


def _hit(query: SearchQuery, raw: Mapping[str, Any]) -> Hit:
    shown = raw["_source"]["hit"]
    key = key_of(query, raw["sort"], id_=shown["id"])
    facts = Facts(
        distance_metres=None if query.origin is None else float(key[-2]),
        rating_stars=shown["stars"],
        discount=shown["discount"],
        popularity=shown["popularity"],
        age_days=(query.as_of - (_EPOCH + timedelta(microseconds=shown["listed"]))) / timedelta(days=1),
    )
    minute, opened = query.as_of_minute, shown["open"]
    return Hit(
        id=shown["id"],
        card=shown["card"].encode(),
        tier=Tier.NONE_ASKED if query.text is None else tier_of_score(raw["_score"]),
        score=-float(key[1]) if query.ranking.sort is Sort.SCORE else score(query.ranking, facts),
        facts=facts,
        open_now=None if opened is None else _is_open(opened, minute),
        sort_key=key,
        served=served_of(
            query,
            shown["id"],
            mode=None if shown["mode"] is None else Mode(shown["mode"]),
            metres=facts.distance_metres,
        ),
    )


def _is_open(opened: Sequence[Sequence[int]], minute: int) -> bool:
    """`opened` is sorted and its parts are apart: the first that ends later decides."""
    for begin, end in opened:
        if minute < end:
            return begin <= minute
    return False


def _cluster(bucket: Mapping[str, Any]) -> Cluster:
    x, y, z = (bucket[axis]["value"] for axis in "xyz")
    return Cluster(bucket["key"]["cell"], bucket["doc_count"], degrees(atan2(y, x)), degrees(atan2(z, hypot(x, y))))
