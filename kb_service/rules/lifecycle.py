"""Which rights a change of an entry needs, and whether it takes the entry from somebody."""

from kb_service.models.entries import Entry, Status
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
                "公開、公開済みの変更、公開範囲の拡大、保管には確認者の権限が必要です。"
                "下書きとして保存し、確認者に依頼してください。",
                "Publishing, changing what is published, widening the audience and archiving need a reviewer. "
                "Save a draft and ask one.",
            )
        )


def needs_review(before: Entry | None, after: Entry) -> bool:
    """Publishing, archiving, changing what is published or archived, and letting more people read."""
    if after.content.status in _REVIEWED:
        return True
    if before is None:
        return not reaches(Audience().keys(after.owner), after.audience_keys())
    return before.content.status in _REVIEWED or not reaches(before.audience_keys(), after.audience_keys())


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
