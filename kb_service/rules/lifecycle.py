"""Which rights a change of an entry needs, and whether it takes the entry from somebody."""

from collections.abc import Iterable
from dataclasses import replace

from kb_service.models.entries import Content, Entry, Status
from kernel.errors import Forbidden, Text
from kernel.identity.models import Actor
from kernel.identity.permissions import Action, may, require
from kernel.visibility import MEMBERS, PUBLIC, Audience

_REVIEWED = (Status.PUBLISHED, Status.ARCHIVED)


def require_own(actor: Actor, owner: str) -> None:
    """Raises Forbidden: everybody writes for their own organisation only."""
    if actor.organisation != owner:
        raise Forbidden(
            Text(
                "ほかの団体が提供したナレッジは変更できません。提供元の担当者に連絡してください。",
                "This belongs to another organisation and only they can change it.",
            )
        )


def require_change(actor: Actor, before: Entry | None, after: Entry) -> None:
    """Raises Forbidden unless the actor may take the entry from `before` (None = new) to `after`."""
    require_own(actor, after.owner)
    require(actor, Action.ENTRY_WRITE)
    if needs_review(before, after) and not may(actor, Action.ENTRY_PUBLISH):
        raise Forbidden(
            Text(
                "公開、公開済みの変更、一般（住民を含む）への公開、保管には確認者の権限が必要です。"
                "下書きにするか、作成中（更新予定）として団体のあいだで共有し、確認者に依頼してください。",
                "Publishing, changing what is published, showing to the public and archiving need a reviewer. "
                "Save a draft, or share it in progress with organisations, and ask one.",
            )
        )


def require_delete(actor: Actor, entry: Entry, versions: Iterable[Content]) -> None:
    """Raises Forbidden unless the actor may delete the entry, or bring it back. `versions` are read only for
    writers without the right to delete: they may drop a draft that was never shared."""
    require_own(actor, entry.owner)
    if may(actor, Action.ENTRY_DELETE):
        return
    require(actor, Action.ENTRY_WRITE)
    if not never_shared(entry, versions):
        raise Forbidden(
            Text(
                "一度でも共有または公開したナレッジの削除には、確認者の権限が必要です。確認者に依頼してください。",
                "What has been shared or published is deleted by a reviewer. Ask one.",
            )
        )


def never_shared(entry: Entry, versions: Iterable[Content]) -> bool:
    """Whether the entry is a draft that nobody outside its organisation could ever read."""
    own = Audience().keys(entry.owner)
    return entry.content.status is Status.DRAFT and all(
        content.status not in _REVIEWED
        and reaches(own, replace(entry, content=content, deleted=False).audience_keys())
        for content in versions
    )


def needs_review(before: Entry | None, after: Entry) -> bool:
    """Publishing, archiving, and changing what is published, archived or open to the public. What is in
    progress is shared early among organisations without a review."""
    return any(
        one.content.status in _REVIEWED or PUBLIC in one.audience_keys()
        for one in (before, after)
        if one is not None
    )


def narrows(before: frozenset[str], after: frozenset[str]) -> bool:
    """Whether somebody who could read under `before` no longer can under `after`."""
    return not reaches(after, before)


def reaches(wide: frozenset[str], narrow: frozenset[str]) -> bool:
    """Whether everybody who reads under the keys `narrow` also reads under `wide`."""
    if PUBLIC in wide or not narrow:
        return True
    if PUBLIC in narrow:
        return False
    return MEMBERS in wide or narrow <= wide
