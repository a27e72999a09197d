"""Who belongs to a merchant, who is asked to, and what they did.

The last owner of a merchant stays, whoever writes: PostgreSQL holds it (ADR 22).
"""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Now

from listings.roles import Role
from listings.staff.triggers import KEEP_AN_OWNER

ROLES = [(role.value, role.value) for role in Role]


class Membership(models.Model):
    """One person at one merchant."""

    id = models.UUIDField(primary_key=True, db_default=RandomUUID(), editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    merchant = models.ForeignKey("listings.Merchant", models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=ROLES)
    all_branches = models.BooleanField(default=True, db_default=True)
    branches = models.ManyToManyField(
        "listings.Branch", blank=True, related_name="memberships", help_text="Ignored when `all_branches` is set."
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint("user", "merchant", name="membership_once"),
            models.CheckConstraint(name="membership_role_known", condition=Q(role__in=list(Role))),
            models.CheckConstraint(
                name="membership_owner_of_all_branches", condition=~Q(role="owner") | Q(all_branches=True)
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="keeps_an_owner",
                when=pgtrigger.After,
                operation=pgtrigger.Delete | pgtrigger.UpdateOf("role", "merchant_id"),
                timing=pgtrigger.Deferred,
                condition=pgtrigger.Q(old__role="owner"),
                func=KEEP_AN_OWNER,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.user_id} of {self.merchant_id}"


class Invitation(models.Model):
    """Somebody is asked to become a member. It is for an e-mail address: who has proved to have it accepts."""

    id = models.UUIDField(primary_key=True, db_default=RandomUUID(), editable=False)
    merchant = models.ForeignKey("listings.Merchant", models.CASCADE, related_name="invitations")
    email = models.EmailField(help_text="In lower case.")
    role = models.CharField(max_length=10, choices=ROLES)
    all_branches = models.BooleanField(default=True, db_default=True)
    branches = models.ManyToManyField("listings.Branch", blank=True, related_name="+")
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField()

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint("merchant", "email", name="invitation_once"),
            models.CheckConstraint(name="invitation_role_known", condition=Q(role__in=list(Role))),
            models.CheckConstraint(name="invitation_email_in_lower_case", condition=Q(email=Lower(F("email")))),
            models.CheckConstraint(
                name="invitation_owner_of_all_branches", condition=~Q(role="owner") | Q(all_branches=True)
            ),
        ]
        indexes = [models.Index("email", name="invitation_for")]

    def __str__(self) -> str:
        return f"{self.email} as {self.role} of {self.merchant_id}"


class AuditEntry(models.Model):
    """Who did what to which thing of a merchant. Append-only; it outlives what it names, so it refers to nothing."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(db_default=Now(), editable=False)
    merchant_id = models.UUIDField()
    branch_id = models.UUIDField(null=True)
    actor_uuid = models.UUIDField(null=True, help_text="Of the account; null for a command of the operator.")
    actor = models.CharField(max_length=254, help_text="The account's e-mail address then, or the command.")
    action = models.CharField(max_length=60, help_text="E.g. member.invited.")
    subject = models.CharField(max_length=120, help_text="What it was done to: kind and id.")
    data = models.JSONField(default=dict)

    class Meta:
        verbose_name_plural = "audit entries"
        ordering = ["-id"]
        indexes = [models.Index(fields=["merchant_id", "-id"], name="audit_of_merchant")]
        triggers = [pgtrigger.Protect(name="is_append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.action} by {self.actor}"
