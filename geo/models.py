"""The base map: what a map draws under the places. It knows nothing of merchants."""

from __future__ import annotations

from django.contrib.gis.db import models


class BaseFeature(models.Model):
    """A piece of the base map in Web Mercator, as tiles are cut from it."""

    class Layer(models.TextChoices):
        LAND = "land"
        WATER = "water"
        GREEN = "green"
        STREET = "streets"
        BUILDING = "buildings"
        LABEL = "labels"

    source = models.CharField(max_length=60, help_text="The file it came from; an import replaces its own.")
    layer = models.CharField(max_length=10, choices=Layer.choices)
    kind = models.CharField(max_length=20, help_text="park, primary, footway, suburb, …")
    name = models.CharField(max_length=200, blank=True)
    names = models.JSONField(default=dict, blank=True, help_text="{language tag: name}")
    min_zoom = models.PositiveSmallIntegerField(help_text="Not drawn at zooms below this.")
    rank = models.PositiveSmallIntegerField(default=0, help_text="Higher is drawn above, and labelled first.")
    shape = models.GeometryField(srid=3857, spatial_index=True)

    class Meta:
        verbose_name = "base map feature"

    def __str__(self) -> str:
        return f"{self.layer} {self.kind} {self.name}".strip()
