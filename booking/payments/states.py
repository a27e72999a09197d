"""The states of a payment and of a refund, and which may follow which. Pure: PostgreSQL holds to the same tables."""

from __future__ import annotations

PAYMENT_TRANSITIONS = [
    ("created", "open"),
    ("created", "capturing"),
    ("created", "voiding"),
    ("created", "voided"),
    ("created", "taken"),
    ("created", "returned"),
    ("open", "capturing"),
    ("open", "voiding"),
    ("open", "voided"),
    ("open", "taken"),
    ("open", "returned"),
    ("capturing", "voiding"),
    ("capturing", "voided"),
    ("capturing", "taken"),
    ("capturing", "returned"),
    ("voiding", "voided"),
    ("voiding", "taken"),
    ("voiding", "returned"),
    ("voided", "returned"),  # the provider took money all the same
]
LIVE = ("created", "open", "capturing", "voiding", "taken")
"""A booking has one payment at most in these: money cannot be had from two at once."""
CAPTURED = ("taken", "returned")
UNFINISHED = ("created", "open", "capturing", "voiding")

REFUND_TRANSITIONS = [
    ("requested", "pending"),
    ("requested", "succeeded"),
    ("requested", "failed"),
    ("pending", "succeeded"),
    ("pending", "failed"),
    ("succeeded", "failed"),  # banks send money back days later
]
