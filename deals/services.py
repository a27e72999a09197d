"""Use cases of deals: one function, one transaction, keyword-only.

A deal goes draft → live → ended and never back; PostgreSQL holds that too, whoever writes.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields
from datetime import datetime
from uuid import UUID

from django.db import transaction

from config.errors import CodedError, InvalidParameter, NotFound
from deals.deal_facts import DealFacts, checked
from deals.models import Deal, DealBranch
from listings.models import Branch, Merchant

MAX_NAMED_BRANCHES = 10_000


class DealStateError(CodedError):
    """The deal is not in the state that this step begins in. `state` says which it is in."""

    code = "deal_state"
    status = 409
    title = "The deal cannot take this step now"


def create_deal(*, merchant_id: UUID, facts: DealFacts, branch_ids: Collection[UUID] | None = None) -> Deal:
    """A draft. `branch_ids` None: good at all branches of the merchant, those to come included."""
    facts = checked(facts)
    with transaction.atomic():
        if not Merchant.objects.filter(id=merchant_id).exists():
            raise InvalidParameter("merchant_id", "There is no such merchant.")
        deal = Deal(merchant_id=merchant_id, state=Deal.State.DRAFT, all_branches=branch_ids is None)
        _write(deal, facts)
        deal.save(force_insert=True)
        deal.refresh_from_db()
        _put_at(deal, branch_ids)
    return deal


def update_deal(*, deal_id: UUID, facts: DealFacts, branch_ids: Collection[UUID] | None) -> Deal:
    """Replace all facts and where it is good (None: at all branches). What was sold keeps the terms it was sold at."""
    facts = checked(facts)
    with transaction.atomic():
        deal = _locked(deal_id)
        if deal.state == Deal.State.ENDED:
            raise DealStateError("An ended deal is history and stays as it was.", state=deal.state)
        _write(deal, facts)
        deal.all_branches = branch_ids is None
        deal.save()
        _put_at(deal, branch_ids)
    return deal


def publish_deal(*, deal_id: UUID, now: datetime) -> Deal:
    """Draft → live. It is found from its `valid_from` on; one whose time is over cannot be published."""
    with transaction.atomic():
        deal = _locked(deal_id)
        if deal.state != Deal.State.DRAFT:
            raise DealStateError(f"Only a draft can be published; this deal is {deal.state}.", state=deal.state)
        if deal.valid_until <= now:
            raise InvalidParameter("valid_until", "The deal's time is over; set a later end before publishing.")
        if not deal.all_branches and not deal.deal_branches.exists():
            raise InvalidParameter("branch_ids", "The deal is good at no branch.")
        deal.state = Deal.State.LIVE
        deal.save(update_fields=["state"])
    return deal


def end_deal(*, deal_id: UUID) -> Deal:
    """Live → ended, at once. Ending twice changes nothing."""
    with transaction.atomic():
        deal = _locked(deal_id)
        if deal.state == Deal.State.DRAFT:
            raise DealStateError("A draft was never live; delete it instead.", state=deal.state)
        if deal.state == Deal.State.LIVE:
            deal.state = Deal.State.ENDED
            deal.save(update_fields=["state"])
    return deal


def _locked(deal_id: UUID) -> Deal:
    deal = Deal.objects.select_for_update(no_key=True).filter(id=deal_id).first()  # bookings go on: they only name it
    if deal is None:
        raise NotFound("There is no deal of this id.")
    return deal


def _write(deal: Deal, facts: DealFacts) -> None:
    for field in fields(DealFacts):
        value = getattr(facts, field.name)
        setattr(deal, field.name, list(value) if isinstance(value, tuple) else value)


def _put_at(deal: Deal, branch_ids: Collection[UUID] | None) -> None:
    """Make the deal's branches exactly these: rows that stay are not written."""
    wanted = set(branch_ids or ())
    if len(wanted) > MAX_NAMED_BRANCHES:
        raise InvalidParameter(
            "branch_ids", f"At most {MAX_NAMED_BRANCHES} branches can be named.", limit=MAX_NAMED_BRANCHES
        )
    owned = set(Branch.objects.filter(merchant_id=deal.merchant_id, id__in=wanted).values_list("id", flat=True))
    if missing := wanted - owned:
        raise InvalidParameter("branch_ids", f"{min(missing)} is no branch of this merchant.")
    held = set(DealBranch.objects.filter(deal=deal).values_list("branch_id", flat=True))
    DealBranch.objects.filter(deal=deal, branch_id__in=held - wanted).delete()
    DealBranch.objects.bulk_create([DealBranch(deal=deal, branch_id=branch_id) for branch_id in sorted(wanted - held)])
