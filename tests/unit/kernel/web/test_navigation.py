"""The map as each person sees it."""

from kernel.identity.models import Actor, Role
from kernel.web.navigation import Shown, places


def seen(path: str, *roles: Role) -> dict[str, Shown]:
    return {place.label: place for place in places(Actor("u", "名前", "131016", frozenset(roles)), path)}


def test_visitors_see_no_map() -> None:
    assert places(None, "/") == ()


def test_only_what_the_roles_allow() -> None:
    assert "管理" not in seen("/", Role.CONTRIBUTOR)
    assert seen("/", Role.AUDITOR)["管理"].path == "/admin/audit"
    assert seen("/", Role.ADMINISTRATOR)["管理"].path == "/admin/users"


def test_the_place_one_is_at_is_marked_once() -> None:
    found = seen("/knowledge/drafts", Role.CONTRIBUTOR)["知識を探す"]
    assert not found.current and found.open
    assert [child.label for child in found.children if child.current] == ["下書き"]
    entry = seen("/knowledge/0123", Role.CONTRIBUTOR)["知識を探す"]
    assert entry.current and not any(child.current for child in entry.children)
    assert not seen("/knowledge", Role.CONTRIBUTOR)["ホーム"].current


def test_what_readers_may_not_do_is_not_offered() -> None:
    labels = [child.label for child in seen("/knowledge", Role.READER)["知識を探す"].children]
    assert labels == ["新着"]
