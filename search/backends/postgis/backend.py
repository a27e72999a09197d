"""The `postgis` engine: each question is one round trip to PostgreSQL outside any transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from math import atan2, degrees, hypot
from typing import Any
from uuid import UUID

import orjson
from django.db import OperationalError, connection
from psycopg.errors import QueryCanceled

from config.errors import RetryableError
from config.kept import kept_cursor
from search.backends.base import CursorExpired
from search.backends.postgis import bands, holdings, projection, serving, tallying
from search.backends.postgis.covering import BAND, modes_of_bands
from search.backends.postgis.rows import SELECT, document_of
from search.backends.postgis.statement import FIXED_COLUMNS, Statement, clusters_statement, page_statement
from search.document import Mode, OfferDocument
from search.models import NEVER
from search.query import Facet, SearchQuery
from search.ranking import Facts, Sort, score
from search.results import CELL_RESOLUTION, Cluster, Clusters, Hit, Page, SortKey, served_of
from search.text import Tier


class SearchTimeout(RetryableError):
    """PostgreSQL gave up on the statement after STATEMENT_TIMEOUT_MS."""

    code = "search_timeout"
    title = "The search took too long"


class PostgisBackend:
    """search.backends.base.SearchBackend over `search_offer`."""

    name = "postgis"

    def search(self, query: SearchQuery, *, after: SortKey | None = None, epoch: int | None = None) -> Page:
        if query.impossible:
            return Page((), 0, epoch or 0, None, {facet: {} for facet in query.facets})
        rows = _fetch(page_statement(query, after=after, epoch=epoch))
        current, oldest, total, facets = rows[0][:4]
        if epoch is not None and not oldest <= epoch <= current:
            raise CursorExpired
        if ways := len(modes_of_bands(query)):
            wide = len(BAND) + 2
            begins = len(rows[0]) - ways * wide
            query = serving.with_bands(
                query, (row[at : at + wide] for row in rows for at in range(begins, len(row), wide))
            )
            rows = [row[:begins] for row in rows]
        hits = [_hit(query, row) for row in rows if row[4] is not None]
        following = hits[query.limit - 1].sort_key if len(hits) > query.limit else None
        return Page(
            hits=tuple(hits[: query.limit]),
            total=total,
            epoch=current if epoch is None else epoch,
            next_after=following,
            facets={} if facets is None else _facets(facets),
        )

    def served(self, query: SearchQuery, *, epoch: int) -> SearchQuery:
        """For another engine: the question with the bands that cover the address at the state, if it has one."""
        if not modes_of_bands(query):
            return query
        rows = _fetch(serving.bands_statement(query, epoch=epoch))
        return serving.with_bands(query, (row[1:] for row in rows))

    def clusters(self, query: SearchQuery, *, resolution: int) -> Clusters:
        """Raises ValueError for a resolution finer than CELL_RESOLUTION."""
        if not 0 <= resolution <= CELL_RESOLUTION:
            raise ValueError(f"cells are held at resolution {CELL_RESOLUTION}")
        if query.impossible:
            return Clusters((), 0, 0)
        return self.tallied(query, resolution=resolution) or self.counted(query, resolution=resolution)

    def tallied(self, query: SearchQuery, *, resolution: int, epoch: int | None = None) -> Clusters | None:
        """The same from the tally, at the current epoch or the given one. None where the tally can not tell."""
        if query.impossible or not tallying.can_tell(query, resolution=resolution):
            return None
        rows = _fetch(tallying.clusters_statement(query, resolution=resolution, epoch=epoch))
        return _clusters(rows) if rows else None

    def counted(self, query: SearchQuery, *, resolution: int, epoch: int | None = None) -> Clusters:
        """The same by one pass over all that matches."""
        return _clusters(_fetch(clusters_statement(query, resolution=resolution, epoch=epoch)))

    def get(self, document_id: str, *, as_of: datetime) -> OfferDocument | None:  # noqa: ARG002 - valid or not
        statement = Statement(
            f"{SELECT} WHERE id = %(id)s AND removed_epoch = %(never)s", {"id": document_id, "never": NEVER}
        )
        with _coded_timeout(), connection.cursor() as cursor:
            cursor.execute(statement.sql, statement.params)
            row = cursor.fetchone()
            if row is None:
                return None
            values = dict(zip((column.name for column in cursor.description), row, strict=True))
            return document_of(values, bands.read(cursor, {values["branch_id"]}))

    def apply(self, documents: Iterable[OfferDocument], *, gone: Iterable[str], version: int) -> None:
        projection.apply(documents, gone=gone, version=version)

    def held(self, branch_ids: Collection[UUID]) -> Mapping[str, int]:
        return holdings.held(branch_ids)

    def read(self, branch_ids: Collection[UUID]) -> Sequence[OfferDocument]:
        return holdings.read(branch_ids)

    def branches(self, *, after: UUID | None, limit: int) -> Sequence[UUID]:
        return holdings.branches(after=after, limit=limit)

    def retally(self) -> None:
        """Make the tally anew from every document held."""
        projection.retally()

    def tally_differences(self) -> int:
        """How many counts of the tally are not what the documents say: none, unless somebody else wrote to it."""
        return projection.tally_differences()

    def forget(
        self, *, keep: timedelta = projection.KEEP, keep_tombstones: timedelta = projection.KEEP_TOMBSTONES
    ) -> int:
        """Drop versions of documents that were replaced longer than `keep` ago; cursors of those states expire."""
        return projection.forget(keep=keep, keep_tombstones=keep_tombstones)


def _fetch(statement: Statement) -> list[Sequence[Any]]:
    with _coded_timeout(), kept_cursor() if statement.is_kept else connection.cursor() as cursor:
        cursor.execute(statement.sql, statement.params)
        rows: list[Sequence[Any]] = cursor.fetchall()
    return rows


@contextmanager
def _coded_timeout() -> Iterator[None]:
    try:
        yield
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise SearchTimeout("The search took too long. Ask for a smaller area, or try again shortly.") from error
        raise


def _clusters(rows: Sequence[Sequence[Any]]) -> Clusters:
    cells = tuple(
        Cluster(cell, count, degrees(atan2(y, x)), degrees(atan2(z, hypot(x, y))))
        for _, cell, count, x, y, z in rows
        if cell is not None
    )
    return Clusters(cells, sum(cell.count for cell in cells), rows[0][0])


def _hit(query: SearchQuery, row: Sequence[Any]) -> Hit:
    (_, _, _, _, _, id_, card, tier, metres, stars, discount, popularity, listed_at, open_now, mode) = row[
        : len(FIXED_COLUMNS)
    ]
    facts = Facts(
        distance_metres=metres,
        rating_stars=stars,
        discount=discount,
        popularity=popularity,
        age_days=(query.as_of - listed_at) / timedelta(days=1),
    )
    key: SortKey = (*row[len(FIXED_COLUMNS) :], id_)
    by_score = query.ranking.sort is Sort.SCORE
    return Hit(
        id=id_,
        card=card.encode(),
        tier=Tier(tier),
        score=-float(key[1]) if by_score else score(query.ranking, facts),
        facts=facts,
        open_now=open_now,
        sort_key=key,
        served=served_of(query, id_, mode=None if mode is None else Mode(mode), metres=metres),
    )


def _facets(text: str) -> dict[Facet, dict[str, int]]:
    return {Facet(name): counts or {} for name, counts in orjson.loads(text).items()}
