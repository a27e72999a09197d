"""Members: invited, joined, changed, removed; each deed is recorded, and the last owner stays."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.db import IntegrityError, ProgrammingError, connection, connections, transaction

from config.errors import InvalidParameter, NotFound
from listings.models import AuditEntry, Invitation, Membership
from listings.roles import Role
from listings.staff import services
from listings.staff.audit import audit
from listings.staff.models import Membership as Model
from listings.staff.triggers import KEEP_AN_OWNER
from tests.factories import BranchFactory, MembershipFactory, UserFactory

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def owner():
    return MembershipFactory()


def proven(user):
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def invite(owner, email="new@example.org", role=Role.STAFF, branch_ids=None, now=NOW):
    return services.invite(
        merchant_id=owner.merchant_id, by=owner.user, email=email, role=role, branch_ids=branch_ids, now=now
    )


def told(owner):
    entries = AuditEntry.objects.filter(merchant_id=owner.merchant_id).order_by("id")
    return [(entry.action, entry.actor) for entry in entries]


def test_invited_and_joined(owner, mailoutbox, django_capture_on_commit_callbacks):
    branch = BranchFactory(merchant=owner.merchant)
    with django_capture_on_commit_callbacks(execute=True):
        invitation = invite(owner, "New@Example.org", branch_ids=[branch.id])
    assert [mail.to for mail in mailoutbox] == [["new@example.org"]]
    user = proven(UserFactory(email="new@example.org"))
    member = services.accept_invitation(invitation_id=invitation.id, user=user, now=NOW)
    assert (member.role, member.all_branches, list(member.branches.all())) == ("staff", False, [branch])
    assert not Invitation.objects.exists()
    assert told(owner) == [("member.invited", owner.user.email), ("member.joined", "new@example.org")]


def test_only_who_has_proved_the_address_can_accept(owner):
    invitation = invite(owner, "new@example.org")
    with pytest.raises(NotFound):
        services.accept_invitation(invitation_id=invitation.id, user=proven(UserFactory()), now=NOW)
    unproven = UserFactory(email="new@example.org")
    EmailAddress.objects.create(user=unproven, email=unproven.email, verified=False)
    with pytest.raises(NotFound):
        services.accept_invitation(invitation_id=invitation.id, user=unproven, now=NOW)


def test_an_old_invitation_is_refused_and_a_new_one_replaces_it(owner):
    old = invite(owner)
    user = proven(UserFactory(email="new@example.org"))
    late = NOW + timedelta(days=services.INVITATION_DAYS)
    with pytest.raises(services.InvitationExpired):
        services.accept_invitation(invitation_id=old.id, user=user, now=late)
    new = invite(owner, now=late)
    assert list(Invitation.objects.values_list("id", flat=True)) == [new.id]
    services.accept_invitation(invitation_id=new.id, user=user, now=late)
    with pytest.raises(services.AlreadyMember):
        invite(owner)


def test_a_withdrawn_invitation_is_gone(owner):
    invitation = invite(owner)
    services.withdraw_invitation(merchant_id=owner.merchant_id, invitation_id=invitation.id, by=owner.user)
    with pytest.raises(NotFound):
        services.accept_invitation(
            invitation_id=invitation.id, user=proven(UserFactory(email="new@example.org")), now=NOW
        )


def test_branches_are_the_merchants_own_and_owners_have_all(owner):
    with pytest.raises(InvalidParameter, match="no branch of this merchant"):
        invite(owner, branch_ids=[BranchFactory().id])
    with pytest.raises(InvalidParameter, match="owner is one of all branches"):
        invite(owner, role=Role.OWNER, branch_ids=[BranchFactory(merchant=owner.merchant).id])


def test_the_last_owner_stays(owner):
    with pytest.raises(services.LastOwner):
        services.remove_member(merchant_id=owner.merchant_id, member_id=owner.id, by=owner.user)
    with pytest.raises(services.LastOwner):
        services.change_member(
            merchant_id=owner.merchant_id, member_id=owner.id, by=owner.user, role=Role.MANAGER, branch_ids=None
        )
    MembershipFactory(merchant=owner.merchant)
    services.remove_member(merchant_id=owner.merchant_id, member_id=owner.id, by=owner.user)
    assert told(owner) == [("member.removed", owner.user.email)]


def test_a_member_of_another_merchant_does_not_exist(owner):
    other = MembershipFactory(role="staff")
    with pytest.raises(NotFound):
        services.remove_member(merchant_id=owner.merchant_id, member_id=other.id, by=owner.user)


@pytest.mark.parametrize("deed", ["delete", "demote"])
def test_the_last_owner_stays_whoever_writes(owner, deed):
    mine = Membership.objects.filter(id=owner.id)
    if deed == "delete":
        mine.delete()
    else:
        mine.update(role="staff")
    with connection.cursor() as cursor, pytest.raises(IntegrityError, match="last owner"):
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_merchant_goes_with_its_owners(owner):
    owner.merchant.delete()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert not Membership.objects.exists()


def test_the_record_only_grows(owner):
    audit(merchant_id=owner.merchant_id, by="a command", action="a.b", subject="c:1")
    for deed in (lambda: AuditEntry.objects.update(actor="x"), lambda: AuditEntry.objects.all().delete()):
        with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
            deed()
    assert AuditEntry.objects.get().actor == "a command"


def test_a_deed_that_fails_leaves_no_record(owner):
    with pytest.raises(InvalidParameter):
        invite(owner, branch_ids=[BranchFactory().id])
    assert told(owner) == []


class TestTwoOwnersRemoveEachOther:
    """At the same time. One of them stays."""

    pytestmark = pytest.mark.django_db(transaction=True)

    @pytest.fixture
    def owners(self):
        first = MembershipFactory()
        return first, MembershipFactory(merchant=first.merchant)

    def race(self, owners):
        """Both delete the other by SQL alone, and commit when both have."""
        both_deleted, outcomes = threading.Barrier(2, timeout=60), []

        def remove(member):
            try:
                with transaction.atomic():
                    with connection.cursor() as cursor:
                        cursor.execute("DELETE FROM listings_membership WHERE id = %s", [member.id])
                    both_deleted.wait()
                outcomes.append("removed")
            except IntegrityError:
                outcomes.append("refused")
            finally:
                connections.close_all()

        threads = [threading.Thread(target=remove, args=[member]) for member in owners]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return sorted(outcomes)

    def test_one_is_refused(self, owners):
        assert self.race(owners) == ["refused", "removed"]
        assert Membership.objects.count() == 1

    def test_without_the_lock_both_would_go(self, owners):
        """The negative control: the same trigger without its lock lets both commit, held together at its end."""
        name = f"pgtrigger_keeps_an_owner_{_suffix()}"
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_get_functiondef(%s::regproc)", [name])
            kept = cursor.fetchone()[0]
            lock = KEEP_AN_OWNER.strip().splitlines()[0]
            assert lock in kept
            slow = kept.replace(lock, "PERFORM FROM listings_merchant WHERE id = OLD.merchant_id;")
            cursor.execute(slow.replace("RETURN NULL;", "PERFORM pg_sleep(2); RETURN NULL;"))
        try:
            assert self.race(owners) == ["removed", "removed"]
            assert Membership.objects.count() == 0
        finally:
            with connection.cursor() as cursor:
                cursor.execute(kept)


def _suffix() -> str:
    trigger = next(each for each in Model._meta.triggers if each.name == "keeps_an_owner")
    return trigger.get_pgid(Model).rsplit("_", 1)[1]
