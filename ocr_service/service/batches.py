"""Batches: made, changed, paused, resumed, cancelled, closed, deleted. The edge commits.

A batch belongs to one organisation; to others it does not exist, in errors and counts alike."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from kernel.audit import Audit
from kernel.clock import Clock
from kernel.errors import Conflict, Forbidden, Invalid, NotFound, Problem, Stale, Text, not_found
from kernel.identity.models import Actor
from kernel.identity.permissions import Action, may, require
from kernel.ids import new_id
from kernel.records import UnitOfWork
from ocr_service.models.batches import Batch, BatchState, Listed, PageState, Plan, Standing
from ocr_service.ports.batches import Desk, FormShelf
from ocr_service.rules.batches import ACCEPTING, GOING, checked, require_state, standing_state
from ocr_service.service.calls import Calls
from ocr_service.service.policies import DEFAULT_DAYS

ENDED = frozenset({BatchState.CLOSED, BatchState.CANCELLED})
ALIVE = frozenset(BatchState) - {BatchState.DELETED}


@dataclass(eq=False)
class StaleBatch(Stale):
    """Somebody changed the batch in between; `current` is how it is now."""

    current: Batch | None = None


def absent() -> NotFound:
    return not_found("読み取りバッチ", "The batch")


def own_batch(
    desk: Desk, work: UnitOfWork, actor: Actor, batch_id: str, action: Action, *, lock: bool = False
) -> Batch:
    """The batch, for somebody of its organisation who may do `action`. Raises Forbidden, NotFound."""
    require(actor, action)
    batch = desk.batches.get(work, batch_id, lock)
    if batch is None or batch.owner != actor.organisation:
        raise absent()
    return batch


class Batches:
    """What people do with a batch as a whole."""

    def __init__(self, desk: Desk, shelf: FormShelf, calls: Calls, audit: Audit, clock: Clock) -> None:
        self._desk = desk
        self._shelf = shelf
        self._calls = calls
        self._audit = audit
        self._clock = clock

    # Reading

    def get(self, work: UnitOfWork, actor: Actor, batch_id: str) -> Batch:
        """Raises NotFound, Forbidden."""
        return own_batch(self._desk, work, actor, batch_id, Action.FORM_READ)

    def page(
        self,
        work: UnitOfWork,
        actor: Actor,
        states: Collection[BatchState] = (),
        cursor: str | None = None,
        limit: int = 20,
    ) -> Listed:
        """Batches of the actor's organisation, newest first."""
        require(actor, Action.FORM_READ)
        return self._desk.batches.page(work, actor.organisation, states, cursor, limit)

    def standing(self, work: UnitOfWork, actor: Actor, batch_id: str) -> tuple[Batch, Standing]:
        """The batch with its counts, speed and the time that is left."""
        batch = self.get(work, actor, batch_id)
        return batch, self.standings(work, [batch])[batch.id]

    def standings(self, work: UnitOfWork, batches: Collection[Batch]) -> Mapping[str, Standing]:
        """Of batches that the caller was given by this service. No time is left where nothing is read."""
        found = self._desk.batches.standings(work, [each.id for each in batches], self._clock.now())
        return {
            each.id: found[each.id]
            if each.state is BatchState.READING
            else replace(found[each.id], seconds_left=None)
            for each in batches
        }

    # Whoever sees what was read is noted, once an hour

    def seen(self, work: UnitOfWork, actor: Actor, batch_id: str) -> bool:
        """Whether `note_view` has nothing to note; needs no write transaction."""
        return self._desk.batches.viewed(work, batch_id, actor.user_id, self._hour(), note=False)

    def note_view(self, work: UnitOfWork, actor: Actor, batch_id: str) -> None:
        """Notes in the audit that the person looks at what was read. Raises NotFound, Forbidden."""
        batch = self.get(work, actor, batch_id)
        if not self._desk.batches.viewed(work, batch.id, actor.user_id, self._hour(), note=True):
            self._audit.record(work, batch.owner, actor.user_id, "batch.viewed", batch.id, {})

    # Writing

    def create(self, work: UnitOfWork, actor: Actor, plan: Plan) -> Batch:
        """A batch of the actor's organisation, waiting for files."""
        require(actor, Action.FORM_RUN)
        plan = checked(plan)
        self._check_templates(work, actor.organisation, plan.templates)
        now = self._clock.now()
        policy = self._desk.policies.get(work, actor.organisation)
        batch = Batch(
            id=new_id(),
            owner=actor.organisation,
            title=plan.title,
            state=BatchState.RECEIVING,
            templates=plan.templates,
            entry=plan.entry,
            coverage=plan.coverage,
            threshold=plan.threshold,
            priority=plan.priority,
            revision=1,
            created_at=now,
            created_by=actor.user_id,
            updated_at=now,
            delete_after=now + timedelta(days=policy.keep_days if policy else DEFAULT_DAYS),
            note=plan.note,
        )
        self._desk.batches.add(work, batch)
        self._noted(work, actor, batch, "batch.created", priority=batch.priority)
        return batch

    def change(self, work: UnitOfWork, actor: Actor, batch_id: str, plan: Plan, based_on: int) -> Batch:
        """Title, note and priority at any time; how it is read and verified only before the first page was
        read. Raises StaleBatch, Conflict, Invalid."""
        batch = self._changeable(work, actor, batch_id, based_on)
        require_state(batch, ACCEPTING)
        plan = checked(plan)
        new = replace(
            batch,
            title=plan.title,
            templates=plan.templates,
            entry=plan.entry,
            coverage=plan.coverage,
            threshold=plan.threshold,
            priority=plan.priority,
            note=plan.note,
        )
        if _way(new) != _way(batch):
            if self._desk.batches.pins(work, batch.id):
                raise Conflict(
                    Text(
                        "読み取りが始まったあとは、様式・入力方法・確認する範囲・通す確かさを変更できません。"
                        "変更するときは新しいバッチを作ってください。",
                        "Once reading has begun, templates, entry, coverage and threshold are fixed. "
                        "Make a new batch to change them.",
                    )
                )
            self._check_templates(work, batch.owner, plan.templates)
        return self._stored(work, actor, new, "batch.changed", priority=new.priority)

    def pause(self, work: UnitOfWork, actor: Actor, batch_id: str, based_on: int) -> Batch:
        """No further page is begun; the one that is being read is finished or read again later."""
        return self._moved(
            work, actor, batch_id, based_on, begin=GOING, end=BatchState.PAUSED, action="batch.paused"
        )

    def resume(self, work: UnitOfWork, actor: Actor, batch_id: str, based_on: int) -> Batch:
        """The reverse of `pause`."""
        batch = self._changeable(work, actor, batch_id, based_on)
        require_state(batch, frozenset({BatchState.PAUSED}))
        return self._going(work, actor, batch, "batch.resumed")

    def cancel(self, work: UnitOfWork, actor: Actor, batch_id: str, based_on: int) -> Batch:
        """Nothing more is read or verified. `reopen` undoes it."""
        return self._moved(
            work,
            actor,
            batch_id,
            based_on,
            begin=ACCEPTING,
            end=BatchState.CANCELLED,
            action="batch.cancelled",
        )

    def close(self, work: UnitOfWork, actor: Actor, batch_id: str, based_on: int) -> Batch:
        """Says that the work on it is done: possible once nothing is outstanding."""
        ready = frozenset({BatchState.READY})
        return self._moved(
            work, actor, batch_id, based_on, begin=ready, end=BatchState.CLOSED, action="batch.closed"
        )

    def reopen(self, work: UnitOfWork, actor: Actor, batch_id: str, based_on: int) -> Batch:
        """Undoes `close` and `cancel`."""
        batch = self._changeable(work, actor, batch_id, based_on)
        require_state(batch, ENDED)
        return self._going(work, actor, batch, "batch.reopened")

    def retry(self, work: UnitOfWork, actor: Actor, batch_id: str, based_on: int) -> Batch:
        """Reads all pages once more that could not be read."""
        batch = self._changeable(work, actor, batch_id, based_on)
        require_state(batch, ACCEPTING)
        number = self._desk.scans.requeue(work, batch.id, PageState.UNREADABLE)
        if not number:
            raise Conflict(
                Text("読み取れなかったページはありません。", "There is no page that could not be read.")
            )
        batch = self._stored(work, actor, batch, "batch.changed", retried=number)
        self.settle(work, batch.id)
        return self._now(work, batch.id)

    def delete(self, work: UnitOfWork, actor: Actor, batch_id: str, confirmation: str) -> Batch:
        """Before its time, by its maker or a reviewer who has typed the title: nobody sees it any more when
        this is committed, and a job erases what it held."""
        batch = own_batch(self._desk, work, actor, batch_id, Action.FORM_RUN, lock=True)
        require_state(batch, ALIVE)
        if batch.created_by != actor.user_id and not may(actor, Action.FORM_LEAD):
            raise Forbidden(
                Text(
                    "バッチを消去できるのは、登録した人と確認者だけです。確認者に依頼してください。",
                    "Only who made the batch and reviewers may erase it. Ask a reviewer.",
                )
            )
        if " ".join(confirmation.split()) != batch.title:
            text = Text(
                "消去を確かめるため、バッチの名前をそのまま入力してください。消去したものは元に戻せません。",
                "To confirm, type the title of the batch. What is erased cannot be brought back.",
            )
            raise Invalid(text, (Problem("confirmation", text),))
        deleted = replace(
            batch,
            state=BatchState.DELETED,
            revision=batch.revision + 1,
            updated_at=self._clock.now(),
        )
        self._desk.batches.replace(work, deleted)
        self._calls.erase(work, batch.id, batch.owner)
        self._noted(work, actor, deleted, "batch.changed", deleted=True)
        return deleted

    def settle(self, work: UnitOfWork, batch_id: str) -> BatchState | None:
        """Brings the state in line with what is outstanding, for whoever has read pages or decided fields.
        Locks the batch; None when there is none."""
        batch = self._desk.batches.get(work, batch_id, lock=True)
        if batch is None or batch.state not in GOING:
            return None if batch is None else batch.state
        outstanding = self._desk.batches.outstanding(work, batch_id)
        state = standing_state(outstanding)
        if state is not batch.state:
            self._desk.batches.replace(work, replace(batch, state=state, updated_at=self._clock.now()))
        if outstanding.waiting:
            self._calls.read(work)
        return state

    # Parts

    def _moved(
        self,
        work: UnitOfWork,
        actor: Actor,
        batch_id: str,
        based_on: int,
        *,
        begin: frozenset[BatchState],
        end: BatchState,
        action: str,
    ) -> Batch:
        batch = self._changeable(work, actor, batch_id, based_on)
        require_state(batch, begin)
        return self._stored(work, actor, replace(batch, state=end), action)

    def _going(self, work: UnitOfWork, actor: Actor, batch: Batch, action: str) -> Batch:
        """The batch goes on from wherever it stands."""
        self._stored(work, actor, replace(batch, state=BatchState.READING), action)
        self.settle(work, batch.id)
        return self._now(work, batch.id)

    def _changeable(self, work: UnitOfWork, actor: Actor, batch_id: str, based_on: int) -> Batch:
        batch = own_batch(self._desk, work, actor, batch_id, Action.FORM_RUN, lock=True)
        if batch.revision != based_on:
            raise StaleBatch(
                Text(
                    "ほかの人がこのバッチを先に変更しました。最新の内容を確かめて、もう一度操作してください。",
                    "Somebody has changed the batch in between. Look at it and try again.",
                ),
                current=batch,
            )
        return batch

    def _stored(
        self, work: UnitOfWork, actor: Actor, batch: Batch, action: str, **details: int | bool
    ) -> Batch:
        new = replace(batch, revision=batch.revision + 1, updated_at=self._clock.now())
        self._desk.batches.replace(work, new)
        self._noted(work, actor, new, action, **details)
        return new

    def _now(self, work: UnitOfWork, batch_id: str) -> Batch:
        batch = self._desk.batches.get(work, batch_id)
        assert batch is not None, "it was there in this unit of work"
        return batch

    def _check_templates(self, work: UnitOfWork, owner: str, templates: tuple[str, ...]) -> None:
        known = self._shelf.pins(work, owner, templates) if templates else {}
        missing = [each for each in templates if each not in known]
        if missing:
            text = Text(
                "選ばれた様式の中に、見つからないもの、または公開された版がないものがあります。選び直してください。",
                "Some of the templates were not found or have no published version. Choose again.",
            )
            raise Invalid(text, tuple(Problem("templates", text) for _ in missing[:1]))

    def _noted(
        self, work: UnitOfWork, actor: Actor, batch: Batch, action: str, **details: int | bool
    ) -> None:
        """Without the title: it may name people."""
        self._audit.record(
            work, batch.owner, actor.user_id, action, batch.id, {"revision": batch.revision, **details}
        )

    def _hour(self) -> str:
        return self._clock.now().strftime("%Y-%m-%dT%H")


def _way(batch: Batch) -> tuple[object, ...]:
    """How it is read and verified."""
    return batch.templates, batch.entry, batch.coverage, batch.threshold


Settle = Callable[[UnitOfWork, str], BatchState | None]
"""`Batches.settle`, for those who need nothing else of it."""
