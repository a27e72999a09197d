"""Deals: what a merchant offers for prepayment, at which of its branches, when, to whom and for how much."""

from __future__ import annotations

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.db.models import F, Q
from django.db.models.functions import Now

from listings.models import Branch, Merchant


class Deal(models.Model):
    """An offer at a price. Only `live` deals inside their window are found."""

    class State(models.TextChoices):
        DRAFT = "draft"
        LIVE = "live"
        ENDED = "ended"

    class Fulfilment(models.TextChoices):
        VOUCHER = "voucher"
        RESERVATION = "reservation"
        DELIVERY = "delivery"
        AT_HOME = "at_home"

    id = models.UUIDField(primary_key=True, db_default=RandomUUID(), editable=False)
    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="deals")
    branches = models.ManyToManyField(
        Branch, blank=True, related_name="+", through="DealBranch", help_text="Ignored when `all_branches` is set."
    )
    all_branches = models.BooleanField(default=True, db_default=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT, db_default="draft")

    title = models.CharField(max_length=200)
    titles = models.JSONField(default=dict, blank=True, help_text="{language tag: title}")
    terms = models.CharField(max_length=2000, blank=True, help_text="The small print.")
    fulfilment = models.CharField(max_length=12, choices=Fulfilment.choices, default=Fulfilment.VOUCHER)
    list_price_minor = models.BigIntegerField(help_text="Price without the deal, in minor units.")
    price_minor = models.BigIntegerField(help_text="Price to pay, in minor units.")
    currency = models.CharField(max_length=3, help_text="ISO 4217.")

    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(help_text="First instant at which it is over.")
    weekdays = ArrayField(
        models.PositiveSmallIntegerField(),
        default=list,
        blank=True,
        help_text="Days it can be used: 1 = Monday … 7 = Sunday, in the branch's zone. Empty: every day.",
    )
    daily_from = models.TimeField(null=True, blank=True, help_text="Local time from which it can be used each day.")
    daily_until = models.TimeField(
        null=True, blank=True, help_text="Local time until which. Not after `daily_from`: it runs past midnight."
    )
    blackout_dates = ArrayField(models.DateField(), default=list, blank=True, help_text="Local dates without it.")
    stock = models.PositiveIntegerField(null=True, blank=True, help_text="Units for sale in all. Empty: no limit.")
    per_customer_cap = models.PositiveIntegerField(null=True, blank=True)
    new_customers_only = models.BooleanField(default=False, db_default=False)

    generated = models.BooleanField(default=False, db_default=False, help_text="Made up for a demo, and told so.")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["-created_at", "id"]
        constraints = [
            models.CheckConstraint(
                name="deal_prices_ordered", condition=Q(price_minor__gte=0, list_price_minor__gte=F("price_minor"))
            ),
            models.CheckConstraint(name="deal_currency_shape", condition=Q(currency__regex=r"^[A-Z]{3}$")),
            models.CheckConstraint(name="deal_window_ordered", condition=Q(valid_until__gt=F("valid_from"))),
            models.CheckConstraint(
                name="deal_daily_both_or_neither",
                condition=Q(daily_from__isnull=True, daily_until__isnull=True)
                | Q(daily_from__isnull=False, daily_until__isnull=False),
            ),
            models.CheckConstraint(name="deal_state_known", condition=Q(state__in=["draft", "live", "ended"])),
            models.CheckConstraint(
                name="deal_fulfilment_known",
                condition=Q(fulfilment__in=["voucher", "reservation", "delivery", "at_home"]),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class DealBranch(models.Model):
    """A branch at which a deal that is not for all branches can be used."""

    deal = models.ForeignKey(Deal, models.CASCADE, related_name="deal_branches")
    branch = models.ForeignKey(Branch, models.CASCADE, related_name="deal_branches")

    class Meta:
        constraints = [models.UniqueConstraint("deal", "branch", name="deal_once_per_branch")]

    def __str__(self) -> str:
        return f"{self.deal_id} at {self.branch_id}"
