"""What bodies and answers look like, for the OpenAPI document alone: none passes through these."""

from __future__ import annotations

from rest_framework import serializers

from accounts.schema import Shape
from listings.roles import Action, Role

ROLE_VALUES = [role.value for role in Role]


class MyMerchantShape(Shape):
    id = serializers.UUIDField()
    name = serializers.CharField()
    role = serializers.ChoiceField(choices=ROLE_VALUES)
    all_branches = serializers.BooleanField(help_text="False: the role is for some of its branches.")
    may = serializers.ListField(child=serializers.ChoiceField(choices=[action.value for action in Action]))


class MyMerchantsShape(Shape):
    items = MyMerchantShape(many=True)


class MyBranchShape(Shape):
    id = serializers.UUIDField()
    name = serializers.CharField()
    street = serializers.CharField(allow_blank=True)
    city = serializers.CharField(allow_blank=True)
    lat = serializers.FloatField(min_value=-90, max_value=90)
    lon = serializers.FloatField(min_value=-180, max_value=180)
    zone = serializers.CharField(help_text="IANA time zone.")
    closed_at = serializers.DateTimeField(allow_null=True)


class MyBranchInFullShape(MyBranchShape):
    currency = serializers.CharField(
        allow_null=True, help_text="ISO 4217: what is paid in in its country; null where none is known."
    )
    merchant = MyMerchantShape()


class MyBranchesShape(Shape):
    items = MyBranchShape(many=True)
    next_after = serializers.UUIDField(allow_null=True, help_text="For `after` of the next page.")


class MemberShape(Shape):
    id = serializers.UUIDField()
    email = serializers.EmailField()
    name = serializers.CharField(allow_blank=True)
    role = serializers.ChoiceField(choices=ROLE_VALUES)
    branch_ids = serializers.ListField(child=serializers.UUIDField(), allow_null=True, help_text="null: all.")
    is_you = serializers.BooleanField()


class InvitationShape(Shape):
    id = serializers.UUIDField()
    email = serializers.EmailField()
    role = serializers.ChoiceField(choices=ROLE_VALUES)
    branch_ids = serializers.ListField(child=serializers.UUIDField(), allow_null=True, help_text="null: all.")
    expires_at = serializers.DateTimeField()


class MembersShape(Shape):
    members = MemberShape(many=True)
    invitations = InvitationShape(many=True)


class InviteRequest(Shape):
    email = serializers.EmailField(max_length=254)
    role = serializers.ChoiceField(choices=ROLE_VALUES)
    branch_ids = serializers.ListField(
        child=serializers.UUIDField(), max_length=500, required=False, allow_null=True, help_text="Left out: all."
    )


class ChangeRequest(Shape):
    role = serializers.ChoiceField(choices=ROLE_VALUES)
    branch_ids = serializers.ListField(
        child=serializers.UUIDField(), max_length=500, required=False, allow_null=True, help_text="Left out: all."
    )


class MyInvitationShape(Shape):
    id = serializers.UUIDField()
    merchant_id = serializers.UUIDField()
    merchant_name = serializers.CharField()
    role = serializers.ChoiceField(choices=ROLE_VALUES)
    expires_at = serializers.DateTimeField()


class MyInvitationsShape(Shape):
    items = MyInvitationShape(many=True)


class AuditEntryShape(Shape):
    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    actor = serializers.CharField()
    action = serializers.CharField()
    subject = serializers.CharField()
    branch_id = serializers.UUIDField(allow_null=True)
    data = serializers.DictField()  # type: ignore[assignment]  # the key's name


class AuditShape(Shape):
    items = AuditEntryShape(many=True)
    next_before = serializers.IntegerField(allow_null=True, help_text="For `before` of the next page.")
