"""Who is where: brands, merchants, branches, categories, standing; and the change feed's table.

Names are `{language tag: text}`; `name` beside them is what is shown when no language of the reader is there.
"""

from __future__ import annotations

from datetime import datetime

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.db.models import F, Q
from django.db.models.functions import Now

from listings.areas.models import AreaBand, NamedArea, ServiceArea, ServiceAreaVersion
from listings.staff.models import AuditEntry, Invitation, Membership

__all__ = [
    "AreaBand",
    "AuditEntry",
    "Branch",
    "BranchQuerySet",
    "Brand",
    "Category",
    "Change",
    "ImportRun",
    "Invitation",
    "Membership",
    "Merchant",
    "NamedArea",
    "ServiceArea",
    "ServiceAreaVersion",
    "Standing",
]


class Category(models.Model):
    """A node of the category tree. The tree ships with the source (listings/categories); rows mirror it."""

    slug = models.CharField(primary_key=True, max_length=60)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    path = ArrayField(models.CharField(max_length=60), help_text="Slugs from the root to this node, itself included.")
    names = models.JSONField(default=dict)
    synonyms = models.JSONField(default=dict, help_text="{language tag: [words]}")
    position = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "categories"
        ordering = ["position", "slug"]

    def __str__(self) -> str:
        return self.slug


class Brand(models.Model):
    """A chain: what the branches of one name have in common on the street, whoever owns them."""

    id = models.UUIDField(primary_key=True, db_default=RandomUUID(), editable=False)
    name = models.CharField(max_length=200)
    names = models.JSONField(default=dict, blank=True)
    key = models.CharField(max_length=200, unique=True, help_text="The normalised name that imports match on.")

    class Meta:
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class Merchant(models.Model):
    """Who sells: the party to deals, payments and statements."""

    id = models.UUIDField(primary_key=True, db_default=RandomUUID(), editable=False)
    name = models.CharField(max_length=200)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class BranchQuerySet(models.QuerySet["Branch"]):
    def open_for_business(self, *, now: datetime) -> BranchQuerySet:
        """Not closed for good by `now` (opening hours are another matter)."""
        return self.filter(Q(closed_at__isnull=True) | Q(closed_at__gt=now))


class Branch(models.Model):
    """One place where, or from which, a merchant serves."""

    id = models.UUIDField(primary_key=True, db_default=RandomUUID(), editable=False)
    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="branches")
    brand = models.ForeignKey(Brand, models.SET_NULL, null=True, blank=True, related_name="branches")
    category = models.ForeignKey(Category, models.PROTECT, related_name="branches")

    name = models.CharField(max_length=200)
    names = models.JSONField(default=dict, blank=True)
    description = models.CharField(max_length=2000, blank=True)
    point = models.PointField(srid=4326)
    street = models.CharField(max_length=200, blank=True, help_text="Street and house number.")
    postcode = models.CharField(max_length=20, blank=True)
    city = models.CharField(max_length=100, blank=True)
    country = models.CharField(max_length=2, blank=True, help_text="ISO 3166-1 alpha-2, for public holidays.")
    zone = models.CharField(max_length=63, help_text="IANA time zone.")
    zone_is_overridden = models.BooleanField(
        default=False,
        db_default=False,
        help_text="The zone is the merchant's word; it survives a move.",
    )
    opening_hours = models.CharField(max_length=512, blank=True, help_text="OSM opening_hours syntax; empty: unknown.")
    phone = models.CharField(max_length=40, blank=True)
    website = models.URLField(max_length=500, blank=True)
    photos = models.JSONField(default=list, blank=True, help_text="https URLs, first is shown first.")
    attributes = models.JSONField(
        default=dict, blank=True, help_text='{"wheelchair": "yes", "outdoor_seating": "yes", ...}'
    )

    home_point = models.PointField(
        srid=4326,
        null=True,
        blank=True,
        editable=False,
        help_text="Of a mobile branch: where it is when it tells no position.",
    )
    position_at = models.DateTimeField(null=True, blank=True, editable=False, help_text="When it was at `point`.")
    position_until = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="From then on that is stale."
    )

    source = models.CharField(max_length=60, blank=True, help_text="Where the facts come from, e.g. osm.")
    external_id = models.CharField(max_length=120, blank=True, help_text="The id there; unique within the source.")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(db_default=Now())
    closed_at = models.DateTimeField(null=True, blank=True, help_text="Closed for good since; kept for its history.")

    objects = BranchQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "branches"
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint("source", "external_id", name="branch_once_per_source", condition=~Q(source="")),
            models.CheckConstraint(
                name="branch_external_id_has_source", condition=Q(source="", external_id="") | ~Q(source="")
            ),
            models.CheckConstraint(
                name="branch_position_is_of_a_mobile_one",
                condition=Q(position_at__isnull=True, position_until__isnull=True)
                | Q(home_point__isnull=False, position_at__isnull=False, position_until__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Standing(models.Model):
    """What people make of a branch: ratings of 1 to 5 stars and visits of the last 30 days."""

    branch = models.OneToOneField(Branch, models.CASCADE, primary_key=True, related_name="standing")
    rating_count = models.PositiveIntegerField(default=0, db_default=0)
    rating_sum = models.PositiveIntegerField(default=0, db_default=0, help_text="Sum of the stars.")
    visits_30d = models.PositiveIntegerField(default=0, db_default=0)
    generated = models.BooleanField(default=False, db_default=False, help_text="Made up for a demo, and told so.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="standing_sum_fits_count",
                condition=Q(rating_sum__gte=F("rating_count"), rating_sum__lte=F("rating_count") * 5),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rating_sum}/{self.rating_count}"


class Change(models.Model):
    """The change feed (outbox): one row says that something changed, committed with the change itself.

    Written by `listings.changes.record` only; claimed and acknowledged by the relay. A row with `due_at` in the future
    is a change that time itself will make (a deal begins, a deal ends).
    """

    class Topic(models.TextChoices):
        BRANCH = "branch"
        DEAL = "deal"

    id = models.BigAutoField(primary_key=True)
    topic = models.CharField(max_length=20, choices=Topic.choices)
    key = models.UUIDField(help_text="The id of what changed.")
    recorded_at = models.DateTimeField(db_default=Now())
    due_at = models.DateTimeField(db_default=Now())
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    parked_at = models.DateTimeField(null=True, blank=True, help_text="Given up after repeated failures; see reason.")
    reason = models.TextField(blank=True, default="", db_default="")

    class Meta:
        constraints = [
            models.CheckConstraint(name="change_topic_known", condition=Q(topic__in=["branch", "deal"])),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], name="change_due", condition=Q(parked_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.key}"


class ImportRun(models.Model):
    """How far one import of one file got: written in the transaction of each batch, so that it can resume."""

    source = models.CharField(max_length=60)
    file_sha256 = models.CharField(max_length=64)
    line = models.BigIntegerField(default=0, help_text="Rows up to here are committed.")
    started_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True, blank=True)
    summary = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint("source", "file_sha256", name="import_once_per_file")]

    def __str__(self) -> str:
        return f"{self.source} {self.file_sha256[:12]} at {self.line}"
