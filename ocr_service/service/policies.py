"""What a ward decides for all of its batches: how long they are kept, and which folder is watched."""

from pathlib import Path

from kernel.audit import Audit
from kernel.clock import Clock
from kernel.errors import Invalid, Problem, Stale, Text
from kernel.identity.models import Actor
from kernel.identity.permissions import Action, may, require
from kernel.records import UnitOfWork
from ocr_service.models.batches import Policy
from ocr_service.ports.batches import Desk

DEFAULT_DAYS = 90  # the wards' joint application centre keeps three months
DAYS_MAX = 3_650


class Policies:
    """Read by those who work with forms, changed by administrators. `allowed`: the folder below which scanners
    may deliver, None when the installation has none."""

    def __init__(self, desk: Desk, audit: Audit, clock: Clock, allowed: Path | None) -> None:
        self._desk = desk
        self._audit = audit
        self._clock = clock
        self._allowed = allowed

    def get(self, work: UnitOfWork, actor: Actor) -> Policy:
        """Of the actor's organisation; revision 0 while nothing was decided."""
        if not may(actor, Action.FORM_POLICY):
            require(actor, Action.FORM_READ)
        return self._of(work, actor.organisation)

    def change(
        self, work: UnitOfWork, actor: Actor, keep_days: int, watched_folder: str, based_on: int
    ) -> Policy:
        """Batches that are there already keep the day they were given. Raises Invalid, Stale."""
        require(actor, Action.FORM_POLICY)
        current = self._of(work, actor.organisation, lock=True)
        if current.revision != based_on:
            raise Stale(
                Text(
                    "ほかの人が設定を先に変更しました。最新の内容を確かめて、もう一度保存してください。",
                    "Somebody has changed the settings in between. Look at them and save again.",
                )
            )
        if not 1 <= keep_days <= DAYS_MAX:
            raise _invalid(
                "keep_days",
                Text(
                    f"保存する日数は1日から{DAYS_MAX}日までで指定してください。",
                    f"Keep for 1 to {DAYS_MAX} days.",
                ),
            )
        new = Policy(
            owner=actor.organisation,
            keep_days=keep_days,
            watched_folder=self._checked(work, actor.organisation, watched_folder.strip()),
            revision=current.revision + 1,
            updated_at=self._clock.now(),
            updated_by=actor.user_id,
        )
        self._desk.policies.put(work, new)
        self._audit.record(
            work,
            new.owner,
            actor.user_id,
            "form_policy.changed",
            new.owner,
            {"keep_days": keep_days, "watched": bool(new.watched_folder), "revision": new.revision},
        )
        return new

    def folder(self, policy: Policy) -> Path | None:
        """The folder that is watched now; None when the installation does not allow it (any more)."""
        if self._allowed is None or not policy.watched_folder:
            return None
        root = self._allowed.resolve()
        folder = (root / policy.watched_folder).resolve()
        return folder if folder != root and folder.is_relative_to(root) else None

    def _of(self, work: UnitOfWork, owner: str, lock: bool = False) -> Policy:
        return self._desk.policies.get(work, owner, lock) or Policy(owner, DEFAULT_DAYS)

    def _checked(self, work: UnitOfWork, owner: str, given: str) -> str:
        """The folder relative to the allowed one. A ward neither watches another's folder nor one inside it."""
        if not given:
            return ""
        if self._allowed is None:
            raise _invalid(
                "watched_folder",
                Text(
                    "この環境では取り込みフォルダーを使えません。CHIENOWA_SCAN_FOLDER の設定を運用担当に依頼してください。",
                    "This installation has no folder for scanners. Ask for the setting CHIENOWA_SCAN_FOLDER.",
                ),
            )
        root = self._allowed.resolve()
        folder = (root / given).resolve() if "\x00" not in given else root
        if folder == root or not folder.is_relative_to(root) or not folder.is_dir():
            raise _invalid(
                "watched_folder",
                Text(
                    f"{root} の中に実際にあるフォルダーを指定してください。",
                    f"Name a folder that exists below {root}.",
                ),
            )
        for other in self._desk.policies.watching(work):
            theirs = self.folder(other)
            if other.owner == owner or theirs is None:
                continue
            if folder.is_relative_to(theirs) or theirs.is_relative_to(folder):
                raise _invalid(
                    "watched_folder",
                    Text(
                        "このフォルダーは使えません。別のフォルダーを指定してください。",
                        "This folder cannot be used. Name another one.",
                    ),
                )
        return str(folder.relative_to(root))


def _invalid(where: str, text: Text) -> Invalid:
    return Invalid(text, (Problem(where, text),))
