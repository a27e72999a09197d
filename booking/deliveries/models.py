"""How many deliveries a branch takes on at a time."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

MAX_DELIVERIES = 10_000
MAX_WITHIN_MINUTES = 1_440
DEFAULT_WITHIN_MINUTES = 60


class DeliveryCapacity(models.Model):
    """At most `most` deliveries that were taken on within the last `within_minutes` and are not done yet.

    A branch without a row takes on as many as come. The row is what all who want a delivery of the branch wait at.
    """

    branch = models.OneToOneField("listings.Branch", models.CASCADE, primary_key=True, related_name="+")
    most = models.PositiveIntegerField()
    within_minutes = models.PositiveIntegerField(default=DEFAULT_WITHIN_MINUTES, db_default=DEFAULT_WITHIN_MINUTES)

    class Meta:
        verbose_name_plural = "delivery capacities"
        constraints = [
            models.CheckConstraint(
                name="delivery_capacity_is_bounded",
                condition=Q(
                    most__gte=0,
                    most__lte=MAX_DELIVERIES,
                    within_minutes__gte=1,
                    within_minutes__lte=MAX_WITHIN_MINUTES,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.branch_id}: {self.most} within {self.within_minutes} min"
