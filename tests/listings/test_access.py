"""Who gets at what: foreign things do not exist, own ones need the role."""

from __future__ import annotations

import uuid

import pytest

from config.errors import NotFound
from listings.access import RoleTooSmall, access_branch, access_merchant, branches_of
from listings.roles import ALLOWED, Action, Role
from tests.factories import BranchFactory, MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("role", Role)
def test_a_role_gets_at_what_the_table_allows(role, action):
    member = MembershipFactory(role=role)
    branch = BranchFactory(merchant=member.merchant)
    if action in ALLOWED[role]:
        assert access_merchant(member.user, member.merchant_id, action) == member.merchant
        assert access_branch(member.user, branch.id, action) == branch
    else:
        for ask in (
            lambda: access_merchant(member.user, member.merchant_id, action),
            lambda: access_branch(member.user, branch.id, action),
        ):
            with pytest.raises(RoleTooSmall) as refused:
                ask()
            assert refused.value.members == {"role": role}


@pytest.mark.parametrize("action", Action)
def test_what_is_anothers_does_not_exist(action):
    owner, foreign = MembershipFactory(), BranchFactory()
    for asker in (owner.user, UserFactory()):
        for ask in (
            lambda asker=asker: access_merchant(asker, foreign.merchant_id, action),
            lambda asker=asker: access_branch(asker, foreign.id, action),
            lambda asker=asker: access_merchant(asker, uuid.uuid4(), action),
            lambda asker=asker: access_branch(asker, uuid.uuid4(), action),
        ):
            with pytest.raises(NotFound):
                ask()


def test_a_member_of_some_branches_sees_those_alone():
    member = MembershipFactory(role="manager", all_branches=False)
    own, other = BranchFactory(merchant=member.merchant), BranchFactory(merchant=member.merchant)
    member.branches.add(own)
    assert access_branch(member.user, own.id, Action.MANAGE_AREAS) == own
    with pytest.raises(NotFound):
        access_branch(member.user, other.id, Action.SEE)
    assert list(branches_of(member)) == [own]
    assert access_merchant(member.user, member.merchant_id, Action.SEE) == member.merchant
    with pytest.raises(RoleTooSmall):
        access_merchant(member.user, member.merchant_id, Action.SEE_MEMBERS)
