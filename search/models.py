"""The projection: the documents that the `postgis` backend answers from, and the states it can still be read in.

One row of `search_offer` is one *version* of a document. It was there from `added_epoch` on and until before
`removed_epoch`; docs/adr/0003 tells why. Rows are written by search.backends.postgis.projection and by nothing else.
"""

from __future__ import annotations

from typing import Any

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BigIntegerField, Field, FloatField, Q
from django.db.models.functions import Now

from geo.areas import SRID

NEVER = 2**63 - 1
"""The `removed_epoch` of a document that is still there."""


class MinutesField(Field):  # type: ignore[type-arg]
    """Half-open intervals of minutes since 1970 UTC: int4multirange, which Django has no field for."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str:  # noqa: ARG002 - Django's signature
        return "int4multirange"

    def from_db_value(self, value: Any, *_: Any) -> tuple[tuple[int, int], ...] | None:
        return None if value is None else tuple((part.lower, part.upper) for part in value)


class Offer(models.Model):
    """The columns of search.document.OfferDocument. What a search reads of every match comes first and is narrow."""

    row_id = models.BigAutoField(primary_key=True)
    added_epoch = BigIntegerField()
    removed_epoch = BigIntegerField(default=NEVER, db_default=NEVER)
    x = FloatField()
    """With y and z: the point as a unit vector (geo.distance.unit_vector)."""
    y = FloatField()
    z = FloatField()
    popularity = FloatField()
    listed_at = models.DateTimeField()
    valid_from = models.DateTimeField()
    """-infinity and infinity stand for unbounded, so that one comparison decides."""
    valid_until = models.DateTimeField()
    deal_count = models.IntegerField()
    rating_stars = FloatField(null=True)
    discount = FloatField(null=True)
    price_minor = BigIntegerField(null=True)
    kind = models.TextField(db_collation="C")
    id = models.TextField(db_collation="C")
    chain_id = models.UUIDField(null=True)
    cell = BigIntegerField()
    """H3 at search.results.CELL_RESOLUTION."""
    point = models.PointField(srid=SRID)
    currency = models.TextField(null=True, db_collation="C")
    zone = models.TextField(db_collation="C")
    categories = ArrayField(models.TextField(db_collation="C"))
    attributes = ArrayField(models.TextField(db_collation="C"))
    open_minutes = MinutesField(null=True)
    rating_count = models.IntegerField()
    branch_id = models.UUIDField()
    mode = models.TextField(null=True, db_collation="C")
    """The one way in which a deal is had; null: a place."""
    version = BigIntegerField()
    content = models.UUIDField()
    """A digest of the document: equal means unchanged."""
    schema = models.SmallIntegerField()
    closed_at = models.DateTimeField(null=True)
    """When it was removed, by the clock of the database."""
    terms = SearchVectorField()

    class Meta:
        db_table = "search_offer"
        constraints = [
            models.UniqueConstraint(fields=["id"], condition=Q(removed_epoch=NEVER), name="search_offer_current"),
            models.CheckConstraint(
                condition=Q(removed_epoch__gt=models.F("added_epoch")), name="search_offer_epochs_in_order"
            ),
        ]
        indexes = [
            # Every search reads the whole list of entries not yet merged: it is kept short.
            GinIndex(fields=["terms"], name="search_offer_terms", gin_pending_list_limit=512),
            GinIndex(fields=["categories"], name="search_offer_categories", gin_pending_list_limit=512),
            models.Index(fields=["branch_id"], name="search_offer_branch"),
            models.Index(fields=["chain_id"], condition=Q(chain_id__isnull=False), name="search_offer_chain"),
            models.Index(fields=["closed_at"], condition=Q(closed_at__isnull=False), name="search_offer_closed"),
            models.Index(fields=["added_epoch"], name="search_offer_added"),
            # What became valid or ended between two instants: search.backends.postgis.tallying.
            models.Index(fields=["valid_from"], name="search_offer_valid_from"),
            models.Index(fields=["valid_until"], name="search_offer_valid_until"),
            models.Index(fields=["removed_epoch"], condition=Q(removed_epoch__lt=NEVER), name="search_offer_removed"),
        ]

    def __str__(self) -> str:
        return self.id


class Card(models.Model):
    """What a hit shows, beside its row of `search_offer`: read for the hits of a page, out of the way of the rest."""

    row_id = BigIntegerField(primary_key=True)
    card = models.TextField()

    class Meta:
        db_table = "search_card"

    def __str__(self) -> str:
        return str(self.row_id)


class Shape(models.Model):
    """A shape that bands have, once however many have it: districts are shared. Exactly what was drawn."""

    id = models.BigAutoField(primary_key=True)
    digest = models.UUIDField(unique=True)
    geometry = models.MultiPolygonField(srid=SRID, null=True, spatial_index=False)
    """null: a circle, which its piece tells."""

    class Meta:
        db_table = "search_shape"

    def __str__(self) -> str:
        return str(self.digest)


class Piece(models.Model):
    """A part of a shape, small enough to be tested at once: found by its box. search.backends.postgis.serving."""

    id = models.BigAutoField(primary_key=True)
    shape_id = BigIntegerField()
    piece = models.PolygonField(srid=SRID)
    """Of a circle a box around it, or half of one."""
    is_whole = models.BooleanField()
    """It is a polygon of the shape; else it was cut from one, and its new edges are rounded."""
    x = FloatField(null=True)
    """With y and z: the centre of a circle."""
    y = FloatField(null=True)
    z = FloatField(null=True)
    radius_metres = FloatField(null=True)

    class Meta:
        db_table = "search_piece"
        indexes = [models.Index(fields=["shape_id"], name="search_piece_shape")]

    def __str__(self) -> str:
        return str(self.id)


class Band(models.Model):
    """search.document.ServiceBand, versioned as `search_offer` is: its branch has it from epoch to epoch."""

    row_id = models.BigAutoField(primary_key=True)
    added_epoch = BigIntegerField()
    removed_epoch = BigIntegerField(default=NEVER, db_default=NEVER)
    branch_id = models.UUIDField()
    place = models.SmallIntegerField()
    """The order in which they count."""
    mode = models.TextField(db_collation="C")
    shape_id = BigIntegerField()
    zone = models.TextField(db_collation="C")
    """The branch's."""
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField()
    open_minutes = MinutesField(null=True)
    area_id = models.UUIDField()
    area_name = models.TextField()
    band_id = models.UUIDField()
    named_area = models.TextField(null=True)
    radius_metres = FloatField(null=True)
    fee_minor = BigIntegerField()
    minimum_minor = BigIntegerField()
    currency = models.TextField(db_collation="C")
    eta_min_minutes = models.IntegerField(null=True)
    eta_max_minutes = models.IntegerField(null=True)
    content = models.UUIDField()
    """A digest of all bands of the branch: equal means unchanged."""

    class Meta:
        db_table = "search_band"
        indexes = [
            models.Index(fields=["shape_id"], name="search_band_shape"),
            models.Index(fields=["branch_id"], condition=Q(removed_epoch=NEVER), name="search_band_branch"),
            models.Index(fields=["removed_epoch"], condition=Q(removed_epoch__lt=NEVER), name="search_band_removed"),
        ]

    def __str__(self) -> str:
        return str(self.band_id)


class Head(models.Model):
    """How a current document's names begin: search.heads. Read in order, of one region or of all."""

    pk = models.CompositePrimaryKey("row_id", "head")
    row_id = BigIntegerField()
    head = models.TextField(db_collation="C")
    region = BigIntegerField()

    class Meta:
        db_table = "search_head"
        indexes = [
            models.Index(fields=["region", "head", "row_id"], name="search_head_region"),
            models.Index(fields=["head", "row_id"], name="search_head_order"),
        ]

    def __str__(self) -> str:
        return self.head


class Subject(models.Model):
    """A category, brand, city or named area: search.subjects.Subject. Found by its terms, as documents are."""

    id = models.BigAutoField(primary_key=True)
    type = models.TextField(db_collation="C")
    ref = models.TextField(db_collation="C")
    name = models.TextField()
    names = models.JSONField()
    terms = SearchVectorField()
    point = models.PointField(srid=SRID, null=True, spatial_index=False)

    class Meta:
        db_table = "search_subject"
        constraints = [models.UniqueConstraint(fields=["type", "ref"], name="search_subject_once")]
        indexes = [GinIndex(fields=["terms"], name="search_subject_terms", gin_pending_list_limit=512)]

    def __str__(self) -> str:
        return f"{self.type}:{self.ref}"


class Epoch(models.Model):
    """One row: the state that is current and the oldest that is still held. Its lock puts appliers in a queue."""

    singleton = models.BooleanField(primary_key=True, default=True, db_default=True)
    current = BigIntegerField()
    oldest = BigIntegerField()
    tally_epoch = BigIntegerField(null=True)
    """With `tally_at`: the state that `search_tally` is of. None: there is no tally yet."""
    tally_at = models.DateTimeField(null=True)
    untallied = BigIntegerField(default=0, db_default=0)
    """Documents changed since."""

    class Meta:
        db_table = "search_epoch"
        constraints = [models.CheckConstraint(condition=Q(singleton=True), name="search_epoch_singleton")]

    def __str__(self) -> str:
        return str(self.current)


class Tally(models.Model):
    """How many documents of a kind lie in an H3 cell: search.backends.postgis.tallying."""

    cell = BigIntegerField()
    kind = models.TextField(db_collation="C")
    level = models.SmallIntegerField()
    """The resolution of the cell."""
    parent = BigIntegerField()
    """The cell of the level above; 0 at the coarsest."""
    documents = BigIntegerField()
    x = BigIntegerField()
    """With y and z: the sum of the unit vectors, in VECTOR_STEPS."""
    y = BigIntegerField()
    z = BigIntegerField()
    west = FloatField()
    """With south, east and north: all documents lie within, in degrees."""
    south = FloatField()
    east = FloatField()
    north = FloatField()
    pk = models.CompositePrimaryKey("cell", "kind")

    class Meta:
        db_table = "search_tally"
        indexes = [models.Index(fields=["parent", "kind"], name="search_tally_parent")]

    def __str__(self) -> str:
        return f"{self.kind} in {self.cell:x}: {self.documents}"


class Gone(models.Model):
    """Tombstones: ids that were removed and at which version, so that a writer held up on the way brings none back."""

    id = models.TextField(primary_key=True, db_collation="C")
    version = BigIntegerField()
    gone_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "search_gone"

    def __str__(self) -> str:
        return self.id


class Generation(models.Model):
    """One index of OpenSearch that follows a table of the projection, and how far it has. docs/adr/0009, 0014."""

    name = models.TextField(primary_key=True)
    kind = models.TextField(default="offers", db_default="offers")
    """Of search.backends.opensearch.followed."""
    number = BigIntegerField()
    """Later ones have higher numbers."""
    uuid = models.TextField()
    """The cluster's own name of the index: another one means that somebody made it anew."""
    epoch = BigIntegerField(default=0)
    """All changes up to it can be searched."""
    made_at_oldest = BigIntegerField(default=0, db_default=0)
    """The oldest state that was held when it was made: what was forgotten by then it need not see."""
    true_at = models.DateTimeField(null=True)
    """When it last held everything, by the clock of the database; None: never yet."""
    followed_at = models.DateTimeField(db_default=Now())
    """When it last moved or was found to be true. One that stands still for too long is given up."""
    is_serving = models.BooleanField(default=False)
    retired_at = models.DateTimeField(null=True)
    """Since when another serves in its stead: dropped a little later, when nobody asks it any more."""
    mapping_number = models.IntegerField()
    schema = models.SmallIntegerField()
    purgeable_epoch = BigIntegerField(default=0)
    purgeable_at = models.DateTimeField(null=True)
    """Since when states before `purgeable_epoch` are asked for no more."""

    class Meta:
        db_table = "search_generation"
        constraints = [
            # One for each mapping: while versions of the code run side by side, each asks its own.
            models.UniqueConstraint(
                fields=["kind", "mapping_number", "schema"],
                condition=Q(is_serving=True),
                name="search_generation_one_serves",
            ),
            models.UniqueConstraint(fields=["kind", "number"], name="search_generation_number"),
            models.CheckConstraint(
                condition=Q(is_serving=False) | Q(retired_at=None), name="search_generation_serves_or_retired"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Lease(models.Model):
    """An epoch that somebody reads at for long, and until when it must be held unless that is renewed."""

    id = models.BigAutoField(primary_key=True)
    epoch = BigIntegerField()
    until = models.DateTimeField()

    class Meta:
        db_table = "search_lease"

    def __str__(self) -> str:
        return str(self.epoch)


class Parked(models.Model):
    """A row of the projection that an index refused, and why. Tried again every few minutes. docs/adr/0015."""

    id = models.BigAutoField(primary_key=True)
    generation = models.ForeignKey(Generation, on_delete=models.CASCADE)
    row_id = BigIntegerField()
    document_id = models.TextField()
    reason = models.TextField()
    attempts = models.IntegerField(default=1, db_default=1)
    parked_at = models.DateTimeField(db_default=Now())
    tried_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "search_parked"
        constraints = [models.UniqueConstraint(fields=["generation", "row_id"], name="search_parked_once")]

    def __str__(self) -> str:
        return f"{self.document_id}: {self.reason}"
