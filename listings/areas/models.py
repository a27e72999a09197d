"""Where a branch serves: areas, their versions and bands; and named areas that bands can refer to.

Fees and bounds are in bands. What is published never changes: a change is a new version (ADR 16). Both are held by
PostgreSQL, whoever writes.
"""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.contrib.gis.db import models
from django.contrib.postgres.functions import RandomUUID
from django.db.models import F, Q
from django.db.models.functions import Now

from listings.areas.triggers import (
    BEGIN_AS_DRAFT,
    COUNT_BANDS,
    KEEP_BANDS,
    KEEP_PUBLISHED_BANDS,
    KEEP_PUBLISHED_VERSIONS,
    KEEP_VERSIONS,
)

WIDE_METRES = 10_000
"""Bands of a wider radius have an index of their own: whoever asks for the narrower need not look beyond."""


class NamedArea(models.Model):
    """An area that people call by a name: a district, a postcode. From a gazetteer; bands follow its updates."""

    id = models.UUIDField(primary_key=True, db_default=RandomUUID(), editable=False)
    source = models.CharField(max_length=60, help_text="The gazetteer, e.g. munich-districts.")
    external_id = models.CharField(max_length=120, help_text="The id there.")
    name = models.CharField(max_length=200)
    names = models.JSONField(default=dict, blank=True, help_text="{language tag: name}")
    kind = models.CharField(max_length=30, help_text="district, quarter, postcode, neighbourhood, borough, …")
    geometry = models.MultiPolygonField(srid=4326)
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint("source", "external_id", name="named_area_once_per_source"),
            models.CheckConstraint(
                name="named_area_is_named", condition=~Q(source="") & ~Q(external_id="") & ~Q(name="") & ~Q(kind="")
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ServiceArea(models.Model):
    """One area of a branch in one mode. What it is at any time is told by its versions."""

    class Mode(models.TextChoices):
        DELIVERY = "delivery"
        AT_HOME = "at_home"

    id = models.UUIDField(primary_key=True, db_default=RandomUUID(), editable=False)
    branch = models.ForeignKey("listings.Branch", models.CASCADE, related_name="service_areas")
    mode = models.CharField(max_length=10, choices=Mode.choices)
    name = models.CharField(max_length=100, help_text="The merchant's own word for it.")
    position = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text="Where two areas of one mode cover an address, the lower one counts."
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["branch", "mode", "position", "id"]
        constraints = [
            models.CheckConstraint(name="service_area_mode_known", condition=Q(mode__in=["delivery", "at_home"])),
        ]
        triggers = [pgtrigger.ReadOnly(name="stays_with_its_branch", fields=["branch", "mode"])]

    def __str__(self) -> str:
        return self.name


class ServiceAreaVersion(models.Model):
    """A draft, what is published now, or what once was. One draft and one published version an area at most."""

    class State(models.TextChoices):
        DRAFT = "draft"
        PUBLISHED = "published"
        RETIRED = "retired"

    id = models.UUIDField(primary_key=True, db_default=RandomUUID(), editable=False)
    area = models.ForeignKey(ServiceArea, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(help_text="1, 2, 3 … within the area.")
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT, db_default="draft")
    valid_from = models.DateTimeField(null=True, blank=True, help_text="null: since ever.")
    valid_until = models.DateTimeField(null=True, blank=True, help_text="null: for ever.")
    hours = models.CharField(
        max_length=512, blank=True, help_text="OSM opening_hours in the branch's zone; empty: whenever it is open."
    )
    copied_from = models.PositiveIntegerField(null=True, blank=True, help_text="The version a roll-back went back to.")
    revision = models.PositiveIntegerField(default=1, db_default=1, help_text="Counts the edits of the draft.")

    band_count = models.PositiveSmallIntegerField(
        default=0, db_default=0, editable=False, help_text="Written by PostgreSQL when it is published."
    )

    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    created_actor = models.CharField(max_length=254, help_text="Who, in words that outlive the account.")
    edited_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    published_actor = models.CharField(max_length=254, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)
    retired_actor = models.CharField(max_length=254, blank=True)

    class Meta:
        ordering = ["area", "-number"]
        constraints = [
            models.UniqueConstraint("area", "number", name="service_area_version_number"),
            models.UniqueConstraint("area", name="service_area_published_once", condition=Q(state="published")),
            models.UniqueConstraint("area", name="service_area_drafted_once", condition=Q(state="draft")),
            models.CheckConstraint(
                name="service_area_version_state_known", condition=Q(state__in=["draft", "published", "retired"])
            ),
            models.CheckConstraint(
                name="service_area_version_valid_for_a_while",
                condition=Q(valid_from__isnull=True) | Q(valid_until__isnull=True) | Q(valid_until__gt=F("valid_from")),
            ),
            models.CheckConstraint(
                name="service_area_version_dated",
                condition=Q(state="draft", published_at__isnull=True, retired_at__isnull=True)
                | Q(state="published", published_at__isnull=False, retired_at__isnull=True)
                | Q(state="retired", published_at__isnull=False, retired_at__isnull=False),
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="keeps_to_states", field="state", transitions=[("draft", "published"), ("published", "retired")]
            ),
            pgtrigger.Trigger(
                name="begins_as_a_draft", when=pgtrigger.Before, operation=pgtrigger.Insert, func=BEGIN_AS_DRAFT
            ),
            pgtrigger.Trigger(
                name="counts_bands",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state="draft", new__state="published"),
                func=COUNT_BANDS,
            ),
            pgtrigger.Trigger(
                name="published_stays",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__state="draft"),
                func=KEEP_PUBLISHED_VERSIONS,
            ),
            pgtrigger.Trigger(
                name="history_stays",
                when=pgtrigger.After,
                operation=pgtrigger.Delete,
                condition=~pgtrigger.Q(old__state="draft"),
                timing=pgtrigger.Deferred,
                func=KEEP_VERSIONS,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} ({self.state})"


class AreaBand(models.Model):
    """One ring of an area with what it costs there. Of the bands that cover an address the lowest rank counts."""

    id = models.UUIDField(primary_key=True, db_default=RandomUUID(), editable=False)
    version = models.ForeignKey(ServiceAreaVersion, models.CASCADE, related_name="bands")
    rank = models.PositiveSmallIntegerField(help_text="0, 1, 2 … within the version.")
    radius_metres = models.PositiveIntegerField(null=True, blank=True, help_text="Round the branch's point.")
    geometry = models.MultiPolygonField(srid=4326, null=True, blank=True)
    named_area = models.ForeignKey(NamedArea, models.PROTECT, null=True, blank=True, related_name="bands")
    fee_minor = models.BigIntegerField(default=0, db_default=0)
    minimum_minor = models.BigIntegerField(default=0, db_default=0, help_text="The least that an order comes to.")
    currency = models.CharField(max_length=3)
    eta_min_minutes = models.PositiveIntegerField(null=True, blank=True, help_text="null: not told.")
    eta_max_minutes = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["version", "rank"]
        indexes = [
            models.Index(fields=["version"], name="area_band_wide", condition=Q(radius_metres__gt=WIDE_METRES)),
        ]
        constraints = [
            models.UniqueConstraint("version", "rank", name="area_band_rank"),
            # A comparison with null is no fault to CHECK: so each null is spelled out.
            models.CheckConstraint(
                name="area_band_is_one_shape",
                condition=Q(
                    radius_metres__isnull=False, radius_metres__gte=1, geometry__isnull=True, named_area__isnull=True
                )
                | Q(radius_metres__isnull=True, geometry__isnull=False, named_area__isnull=True)
                | Q(radius_metres__isnull=True, geometry__isnull=True, named_area__isnull=False),
            ),
            models.CheckConstraint(
                name="area_band_money",
                condition=Q(fee_minor__gte=0, minimum_minor__gte=0, currency__regex=r"^[A-Z]{3}$"),
            ),
            models.CheckConstraint(
                name="area_band_eta_ordered",
                condition=Q(eta_min_minutes__isnull=True, eta_max_minutes__isnull=True)
                | Q(
                    eta_min_minutes__isnull=False,
                    eta_max_minutes__isnull=False,
                    eta_max_minutes__gte=F("eta_min_minutes"),
                ),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="published_stays",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=KEEP_PUBLISHED_BANDS,
            ),
            pgtrigger.Trigger(
                name="history_stays",
                when=pgtrigger.After,
                operation=pgtrigger.Delete,
                timing=pgtrigger.Deferred,
                func=KEEP_BANDS,
            ),
        ]

    def __str__(self) -> str:
        return f"band {self.rank}"
