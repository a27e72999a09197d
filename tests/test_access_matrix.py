"""Every operation of the API × everybody who can ask × own and foreign things.

The operations come from docs/openapi.json: a new one fails here until a row says who may. What is denied changes
nothing, and what a merchant's operation tells is named field by field.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.services import account_for
from accounts.tokens import issue_token
from booking.models import Resource
from listings.models import Invitation, Membership
from tests.booking.waitlist.world import joined
from tests.booking.world import begun, held, paid
from tests.factories import (
    BranchFactory,
    DealFactory,
    MembershipFactory,
    MerchantFactory,
    NamedAreaFactory,
    ServiceAreaFactory,
    ServiceFactory,
    UserFactory,
    area_version,
)

DOCUMENT = json.loads((Path(__file__).resolve().parent.parent / "docs" / "openapi.json").read_text())
OPERATIONS = {
    operation["operationId"]: (method, path)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
}
ASKERS = ("anonymous", "other user", "other owner", "staff", "manager", "owner")
ALL, MANAGERS, OWNERS = ("staff", "manager", "owner"), ("manager", "owner"), ("owner",)


@dataclass(frozen=True)
class Merchants:
    """An operation on a merchant's things: those of its staff who may; to all others the thing does not exist."""

    may: tuple[str, ...]
    status: int
    body: dict[str, Any] | None = None
    tells: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Accounts:
    """An operation on one's own account: anybody who is signed in, and only about themselves."""

    status: int
    body: dict[str, Any] | None = None
    tells: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Public:
    """Answers alike whoever asks."""

    query: dict[str, str] = field(default_factory=dict)
    body: dict[str, Any] | None = None
    same: bool = True
    """Whether two answers can be compared (they hold no random token)."""


@dataclass(frozen=True)
class Guests:
    """Opened by the own token of a booking, or by who has proved its address, or by the own token of an entry of a
    waitlist: no other account, however great."""

    body: dict[str, Any] | None = None
    of: str = "booking"


def fields(*names: str) -> frozenset[str]:
    return frozenset(names)


MERCHANT = ("id", "name", "role", "all_branches", "may[]")
BRANCH = ("id", "name", "street", "city", "lat", "lon", "zone", "closed_at")
MEMBER = ("id", "email", "name", "role", "branch_ids", "is_you")
INVITATION = ("id", "email", "role", "branch_ids", "expires_at")
HERE = {"lat": "60.17", "lon": "24.94", "radius_metres": "500"}


HEAD = (
    "number", "state", "valid_from", "valid_until", "copied_from", "created_at", "created_by", "edited_at",
    "published_at", "published_by", "retired_at", "retired_by",
)  # fmt: skip
BAND = ("radius_metres", "area", "named_area", "fee_minor", "minimum_minor", "eta_min_minutes", "eta_max_minutes")
DRAFT = {"currency": "EUR", "bands": [{"radius_metres": 500}]}


def each(prefix: str, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{prefix}.{name}" for name in names)


VERSION = (*HEAD, "currency", "hours", *each("bands[]", BAND))
AREA = (
    "id", "branch_id", "mode", "name", "position", "created_at", "draft", "published", "etag",
    *each("draft", VERSION), *each("published", VERSION),
)  # fmt: skip
PREVIEW = (
    "square_kilometres", *each("bands[]", ("rank", "square_kilometres")),
    *each("box", ("west", "south", "east", "north")), "overlaps", *each("places", ("value", "relation", "cap")),
)  # fmt: skip
SERVICE = (
    "id", "branch_id", "name", "names", "is_offered", "mode", "deal_id", "price_minor", "currency",
    "price_is_per_person", "duration_minutes", "step_minutes", "buffer_before_minutes", "buffer_after_minutes",
    "travel_minutes", "travel_radius_metres", "lead_minutes", "horizon_days", "hold_seconds", "capacity",
    "counts_people", "party_min", "party_max", "weekly", "weekly[][]", "exceptions", "exceptions.2030-12-24",
    "deposit_percent", "no_show_fee_percent", "cancellation", "discount_funder", "commission_bps", "resource_ids",
    "etag",
)  # fmt: skip
OVER = ("over_capacity_total", "over_capacity")
DELIVERY_CAPACITY = ("branch_id", "most", "within_minutes", "taken", "left", "etag")
LIMITS = ("deal_id", "title", "state", "stock", "per_customer_cap", "taken", "left", "etag")
DAY = ("service_id", "date", "spans", "etag", "booked_total", "booked")
BOOKING = (
    "id", "branch_id", "state", "title", *each("service", ("id", "name")), "deal", "starts_at", "ends_at", "party",
    "resources", "name", "note", "address", "email", "phone",
    *each("price", ("price_minor", "currency", "due_minor", "paid_minor", "refund_due_minor", "no_show_fee_minor")),
    "created_at", "expires_at", "ended_at", "ended_by", "reason",
)  # fmt: skip
RESOURCE = ("id", "branch_id", "name", "seats", "etag")
POSITION = ("branch_id", "is_mobile", "is_live", "lat", "lon", "reported_at", "stale_at")
MATRIX: dict[str, Merchants | Accounts | Public | Guests] = {
    "livez": Public(),
    "readyz": Public(same=False),
    "openapi": Public(),
    "search": Public(HERE, same=False),
    "coverage": Public({"lat": "60.17", "lon": "24.94"}, same=False),
    "suggest": Public({"lat": "60.17", "lon": "24.94", "q": "caf"}, same=False),
    "categories": Public(),
    "offer_tile": Public(),
    "base_tile": Public(),
    "area_tile": Public(),
    "deal_availability": Public(same=False),
    "clusters": Public({"bbox": "24.9,60.1,25,60.2", "zoom": "9"}, same=False),
    "availability": Public({"lat": "60.17", "lon": "24.94"}, same=False),
    "place": Public(),
    "deal": Public(),
    "assign": Public(same=False, body={"lat": 60.17, "lon": 24.94, "mode": "delivery", "merchant_id": "{merchant}"}),
    "hold": Public(same=False, body={}),
    "book": Guests({"hold_id": "{booking}", "contact": {"name": "Eve", "email": "eve@example.org"}}),
    "booking": Guests(),
    "booking_cancel": Guests({}),
    "booking_move": Guests({"starts_at": "2030-01-01T00:00:00Z"}),
    "payment": Guests(),
    "booking_calendar": Guests(),
    "payment_begin": Guests({}),
    "hold_extend": Guests({}),
    "guest_code": Public(body={"email": "no"}),
    "guest_session": Public(body={"email": "no"}),
    "guest_session_end": Guests(),
    "guest_bookings": Guests(),
    "my_bookings": Accounts(200, tells=fields("next_before")),
    "hold_release": Guests({}),
    "waitlist_join": Public(same=False, body={}),
    "waitlist_entry": Guests(of="entry"),
    "waitlist_leave": Guests({}, of="entry"),
    "sign_in_with_password": Public(body={"email": "no", "password": "no"}, same=False),
    "sign_in_ask_for_code": Public(body={"email": "no"}, same=False),
    "sign_up": Public(body={"email": "no"}, same=False),
    "sign_in_confirm": Public(body={"code": "1", "challenge": "{random}"}, same=False),
    "session": Accounts(200, tells=fields("id", "email", "name", "has_password")),
    "sign_out": Accounts(204),
    "tokens": Accounts(200, tells=fields(*each("items[]", ("id", "label", "created_at", "expires_at")))),
    "token_new": Accounts(201, {"label": "till"}, tells=fields("id", "label", "created_at", "expires_at", "token")),
    "merchants_mine": Accounts(200, tells=fields(*each("items[]", MERCHANT))),
    "invitations_mine": Accounts(
        200, tells=fields(*each("items[]", ("id", "merchant_id", "merchant_name", "role", "expires_at")))
    ),
    "merchant_mine": Merchants(ALL, 200, tells=fields(*MERCHANT)),
    "merchant_branches": Merchants(ALL, 200, tells=fields(*each("items[]", BRANCH), "next_after")),
    "merchant_branch": Merchants(ALL, 200, tells=fields(*BRANCH, "currency", *each("merchant", MERCHANT))),
    "members": Merchants(
        MANAGERS,
        200,
        tells=fields(*each("members[]", MEMBER), "members[].branch_ids[]", *each("invitations[]", INVITATION)),
    ),
    "merchant_audit": Merchants(
        MANAGERS,
        200,
        tells=fields(
            *each("items[]", ("id", "at", "actor", "action", "subject", "branch_id", "data.note")), "next_before"
        ),
    ),
    "member_invite": Merchants(OWNERS, 201, {"email": "new@example.org", "role": "staff"}, tells=fields(*INVITATION)),
    "invitation_withdraw": Merchants(OWNERS, 204),
    "member_change": Merchants(OWNERS, 200, {"role": "manager"}, tells=fields(*MEMBER)),
    "member_remove": Merchants(OWNERS, 204),
    "areas": Merchants(ALL, 200, tells=fields(*each("items[]", AREA))),
    "area": Merchants(ALL, 200, tells=fields(*AREA)),
    "area_check": Merchants(
        ALL,
        200,
        {"mode": "delivery", "draft": DRAFT},
        tells=fields(*PREVIEW, *each("overlaps[]", ("area_id", "name", "percent"))),
    ),
    "area_preview": Merchants(ALL, 200, tells=fields(*PREVIEW)),
    "area_versions": Merchants(ALL, 200, tells=fields(*each("items[]", HEAD), "next_before")),
    "area_version": Merchants(ALL, 200, tells=fields(*VERSION)),
    "area_create": Merchants(MANAGERS, 201, {"mode": "delivery", "name": "New", "draft": DRAFT}, tells=fields(*AREA)),
    "area_draft": Merchants(MANAGERS, 200, DRAFT, tells=fields(*AREA)),
    "area_draft_discard": Merchants(MANAGERS, 204),
    "area_publish": Merchants(MANAGERS, 200, tells=fields(*AREA)),
    "area_roll_back": Merchants(MANAGERS, 200, {"number": 1}, tells=fields(*AREA)),
    "area_retire": Merchants(MANAGERS, 200, tells=fields(*AREA)),
    "services": Merchants(ALL, 200, tells=fields(*each("items[]", SERVICE), "next_after")),
    "service": Merchants(ALL, 200, tells=fields(*SERVICE, *OVER)),
    "service_create": Merchants(
        MANAGERS,
        201,
        {"name": "New", "duration_minutes": 30, "price_minor": 100, "currency": "EUR"},
        tells=fields(*SERVICE, *OVER),
    ),
    "service_change": Merchants(MANAGERS, 200, {"capacity": 7}, tells=fields(*SERVICE, *OVER)),
    "service_day_set": Merchants(MANAGERS, 200, {"spans": []}, tells=fields(*DAY)),
    "service_day_forget": Merchants(MANAGERS, 200, tells=fields(*DAY)),
    "resources": Merchants(ALL, 200, tells=fields(*each("items[]", RESOURCE))),
    "resource_create": Merchants(MANAGERS, 201, {"name": "Chair"}, tells=fields(*RESOURCE)),
    "resource_change": Merchants(MANAGERS, 200, {"seats": 4}, tells=fields(*RESOURCE)),
    "resource_remove": Merchants(MANAGERS, 204),
    "deal_limits": Merchants(ALL, 200, tells=fields(*LIMITS)),
    "deal_limits_change": Merchants(MANAGERS, 200, {"stock": 7}, tells=fields(*LIMITS)),
    "delivery_capacity": Merchants(ALL, 200, tells=fields(*DELIVERY_CAPACITY)),
    "delivery_capacity_change": Merchants(MANAGERS, 200, {"most": 5}, tells=fields(*DELIVERY_CAPACITY)),
    "branch_bookings": Merchants(ALL, 200, tells=fields(*each("items[]", BOOKING), "next_cursor")),
    "branch_booking": Merchants(ALL, 200, tells=fields(*BOOKING)),
    "booking_fulfil": Merchants(ALL, 200, {}, tells=fields(*BOOKING)),
    "booking_no_show": Merchants(ALL, 200, {}, tells=fields(*BOOKING)),
    "booking_call_off": Merchants(MANAGERS, 200, {"reason": "Ill"}, tells=fields(*BOOKING)),
    "position": Merchants(ALL, 200, tells=fields(*POSITION)),
    "position_report": Merchants(ALL, 200, {"lat": 60.2, "lon": 24.9}, tells=fields(*POSITION, "kept")),
    "position_withdraw": Merchants(ALL, 204),
    "named_areas": Accounts(200, tells=fields(*each("items[]", ("id", "name", "kind", "source")))),
    "named_area": Accounts(200, tells=fields("id", "name", "kind", "source", "area.type", "area.coordinates[][][][]")),
}
ELSEWHERE = {
    "payment_webhook": "tests/booking: a provider is known by its signature",
    "token_end": "tests/accounts/test_sign_in.py: another's token does not exist",
    "invitation_accept": "tests/listings/staff/test_services.py: only who has proved the address",
}
"""Operations whose asker is told by something else than a role; where that is shown."""


def _names(path: str) -> set[str]:
    return {part.strip("{}") for part in path.split("/") if part.startswith("{")}


def of_kind(kind: type) -> list[str]:
    return sorted(name for name, row in MATRIX.items() if isinstance(row, kind))


class World:
    """A merchant with one of each role, and another merchant with everything that the first has."""

    def __init__(self) -> None:
        self.own, self.foreign = self._merchant("own"), self._merchant("foreign")
        people = {
            "other user": UserFactory(),
            "other owner": self.foreign["owner"].user,
            **{role: self.own[role].user for role in ALL},
        }
        self.tokens = {
            who: issue_token(user=person, label="matrix", now=timezone.now())[0] for who, person in people.items()
        }
        self.named_area = NamedAreaFactory()
        self.booking = held(self.own["service"]).booking
        full = ServiceFactory(branch=self.own["branch"], capacity=1)
        held(full)
        self.entry = joined(full).entry
        self.ids = {"merchant_id": self.own["merchant"].id, "id": self.booking.id, **self._targets(self.own)}
        self.ids |= {"named_area_id": self.named_area.id, "number": 1, "date": "2030-12-24"}
        self.foreign_ids = self._targets(self.foreign)

    def _merchant(self, name: str) -> dict[str, Any]:
        merchant = MerchantFactory(name=name)
        branch = BranchFactory(merchant=merchant, home_point=BranchFactory.point)
        target = MembershipFactory(merchant=merchant, role="staff", all_branches=False)
        target.branches.add(branch)
        area = ServiceAreaFactory(branch=branch)
        area_version(area, [{"radius_metres": 2000}])
        area_version(area, [{"radius_metres": 1000}], published=False)
        service = ServiceFactory(branch=branch, exceptions={"2030-12-24": []})
        return {
            "merchant": merchant,
            "branch": branch,
            "member": target,
            "area": area,
            "service": service,
            "booking": begun(paid(service)),
            "deal": DealFactory(merchant=merchant),
            "resource": Resource.objects.create(branch=branch, name="Chair"),
            "invitation": Invitation.objects.create(
                merchant=merchant,
                email=f"{name}@example.org",
                role="staff",
                expires_at=timezone.now() + timedelta(days=1),
            ),
            **{role: MembershipFactory(merchant=merchant, role=role) for role in ALL},
        }

    def _targets(self, whose: dict[str, Any]) -> dict[str, uuid.UUID]:
        return {
            "member_id": whose["member"].id,
            "invitation_id": whose["invitation"].id,
            "branch_id": whose["branch"].id,
            "area_id": whose["area"].id,
            "service_id": whose["service"].id,
            "resource_id": whose["resource"].id,
            "deal_id": whose["deal"].id,
            "booking_id": whose["booking"].id,
        }

    def ask(self, operation: str, who: str, body: Any, *, query=None, **ids: Any):
        method, path = OPERATIONS[operation]
        headers = {"Idempotency-Key": str(uuid.uuid4()), "If-Match": "*"}
        if who != "anonymous":
            headers["Authorization"] = f"Bearer {self.tokens[who]}"
        filled = path.format(**{**self.ids, "client": "app", "z": 0, "x": 0, "y": 0, **ids})
        text = json.dumps(body).replace("{booking}", str(self.booking.id)).replace("{random}", uuid.uuid4().hex)
        text = text.replace("{merchant}", str(self.own["merchant"].id))
        return getattr(Client(), method)(
            filled,
            query if method == "get" else text,
            headers=headers,
            **({} if method == "get" else {"content_type": "application/json"}),
        )


@pytest.fixture
def world(db):
    return World()


def everything() -> list[tuple[str, str | None]]:
    """A digest of each table."""
    with connection.cursor() as cursor:
        tables = sorted(
            name
            for name in connection.introspection.table_names(cursor)
            if name not in {"spatial_ref_sys", "django_migrations"}
        )
        cursor.execute(
            " UNION ALL ".join(
                f"SELECT '{name}', md5(string_agg(row::text, '' ORDER BY row::text)) FROM {name} AS row"  # noqa: S608
                for name in tables
            )
        )
        return sorted(cursor.fetchall())


def told(value: Any, path: str = "") -> set[str]:
    """The paths of all leaves: `items[].id`. An empty list is its own name."""
    if isinstance(value, dict):
        return {leaf for key, inner in value.items() for leaf in told(inner, f"{path}.{key}".lstrip("."))}
    if isinstance(value, list):
        return {leaf for inner in value for leaf in told(inner, f"{path}[]")}
    return {path}


def test_every_operation_has_its_row():
    assert set(MATRIX) | set(ELSEWHERE) == set(OPERATIONS)


def test_every_merchant_operation_is_one_of_accounts():
    beneath = {name for name, (_, path) in OPERATIONS.items() if path.startswith("/v1/merchant/")}
    assert beneath <= {*of_kind(Merchants), *of_kind(Accounts), *ELSEWHERE}


@pytest.mark.parametrize("who", ASKERS)
@pytest.mark.parametrize("operation", of_kind(Merchants))
def test_a_merchants_operation(world, operation, who):
    row = MATRIX[operation]
    if operation == "merchant_audit":
        from listings.staff.audit import audit

        audit(merchant_id=world.own["merchant"].id, by="test", action="a.b", subject="c", data={"note": "d"})
    before = everything()
    answer = world.ask(operation, who, row.body)
    if who in row.may:
        assert answer.status_code == row.status, answer.content
        assert (told(answer.json()) if answer.content else set()) <= row.tells
        return
    expected = 401 if who == "anonymous" else 403 if who in ALL else 404
    assert answer.status_code == expected, answer.content
    assert answer.json()["code"] == {401: "not_authenticated", 403: "role_too_small", 404: "not_found"}[expected]
    assert everything() == before


@pytest.mark.parametrize(
    "operation",
    [
        name
        for name in of_kind(Merchants)
        if {"member_id", "invitation_id", "branch_id", "area_id", "service_id", "resource_id", "booking_id", "deal_id"}
        & _names(OPERATIONS[name][1])
    ],
)
def test_an_owner_does_not_reach_into_another_merchant_by_its_ids(world, operation):
    before = everything()
    answer = world.ask(operation, "owner", MATRIX[operation].body, **world.foreign_ids)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert everything() == before


@pytest.mark.parametrize("who", ASKERS)
@pytest.mark.parametrize("operation", of_kind(Accounts))
def test_an_accounts_operation(world, operation, who):
    row = MATRIX[operation]
    before = everything()
    answer = world.ask(operation, who, row.body)
    if who == "anonymous":
        assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")
        assert everything() == before
        return
    assert answer.status_code == row.status, answer.content
    body = answer.json() if answer.content else {}
    assert told(body) <= row.tells
    if operation == "merchants_mine":
        mine = {"other user": [], "other owner": ["foreign"]}.get(who, ["own"])
        assert [item["name"] for item in body["items"]] == mine


@pytest.mark.parametrize("operation", of_kind(Public))
def test_a_public_operation_answers_alike(world, operation):
    row = MATRIX[operation]
    answers = {who: world.ask(operation, who, row.body, query=row.query) for who in ASKERS}
    assert len({answer.status_code for answer in answers.values()}) == 1
    assert answers["anonymous"].status_code not in {401, 403}
    if row.same:
        assert len({_without_request_id(answer) for answer in answers.values()}) == 1


@pytest.mark.parametrize("who", ASKERS)
@pytest.mark.parametrize("operation", of_kind(Guests))
def test_a_booking_is_opened_by_its_own_token_alone(world, operation, who):
    before = everything()
    row = MATRIX[operation]
    answer = world.ask(operation, who, row.body, id=getattr(world, row.of).id)
    assert answer.status_code in ({401} if who == "anonymous" else {401, 404}), answer.content
    assert everything() == before


def test_an_invited_person_gets_no_further_than_the_invitation(world):
    """Invited, signed in with the address, not yet accepted: still a stranger."""
    user = account_for(email=world.own["invitation"].email, password=None)
    world.tokens["invited"] = issue_token(user=user, label="matrix", now=timezone.now())[0]
    for operation in of_kind(Merchants):
        assert world.ask(operation, "invited", MATRIX[operation].body).status_code == 404
    accepted = world.ask("invitation_accept", "invited", {}, invitation_id=world.own["invitation"].id)
    assert accepted.json()["role"] == "staff"
    assert Membership.objects.get(user=user).merchant == world.own["merchant"]


def _without_request_id(answer) -> bytes:
    return answer.content.replace(answer.headers.get("X-Request-ID", "-").encode(), b"")
