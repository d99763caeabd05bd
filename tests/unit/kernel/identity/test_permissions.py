"""Role × action, and tokens that never exceed their owner."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import Forbidden
from kernel.identity.models import Actor, Role, Scope
from kernel.identity.permissions import SCOPE_NEEDED, TABLE, Action, may, require

ROLE_SETS = st.frozensets(st.sampled_from(list(Role)))
SCOPE_SETS = st.frozensets(st.sampled_from(list(Scope)))

EXPECTED = {  # read off the wards' division of work; a change here is a decision
    Role.READER: "entry.read token.own",
    Role.CONTRIBUTOR: "entry.read entry.write form.export form.read form.run form.verify token.own",
    Role.REVIEWER: "entry.delete entry.publish entry.read entry.write form.export form.lead form.read"
    " form.run form.template form.verify token.own",
    Role.OPERATOR: "entry.read import index.manage operations.read token.own",
    Role.AUDITOR: "audit.read entry.read",
    Role.ADMINISTRATOR: "audit.read entry.read form.policy operations.read token.own user.manage",
}


@pytest.mark.parametrize("role", list(Role))
def test_the_table_is_what_was_decided(role: Role) -> None:
    assert sorted(action.value for action in TABLE[role]) == EXPECTED[role].split()


def test_every_action_needs_a_scope_and_some_role_allows_it() -> None:
    assert set(SCOPE_NEEDED) == set(Action) == set().union(*TABLE.values())


@given(roles=ROLE_SETS, scopes=SCOPE_SETS, action=st.sampled_from(list(Action)))
def test_a_token_never_does_more_than_its_owner(
    roles: frozenset[Role], scopes: frozenset[Scope], action: Action
) -> None:
    person = Actor("u", "名前", "131016", roles)
    token = Actor("u", "名前", "131016", roles, scopes)
    assert may(person, action) == any(action in TABLE[role] for role in roles)
    assert may(token, action) == (may(person, action) and SCOPE_NEEDED[action] in scopes)


def test_refusal_names_who_can_help() -> None:
    with pytest.raises(Forbidden) as refused:
        require(Actor("u", "名前", "131016", frozenset({Role.READER})), Action.ENTRY_WRITE)
    assert "管理者" in refused.value.text.ja
