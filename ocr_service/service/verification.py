"""People of a ward verify the fields of its batches. The edge commits.

A batch of another organisation does not exist here; work for another ward is entrusted work."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import timedelta
from statistics import median

from kernel.clock import Clock
from kernel.errors import Conflict, NotFound, Text, not_found
from kernel.identity.models import Actor
from kernel.identity.permissions import Action, may, require
from kernel.records import UnitOfWork
from ocr_service.models.batches import Batch, Entry, FieldState, PageState, ScanField, ScanPage
from ocr_service.models.verification import (
    Answer,
    Decided,
    Decision,
    NamedField,
    Pace,
    Remaining,
    Reservation,
    Shown,
    Wish,
)
from ocr_service.ports.batches import Desk
from ocr_service.ports.verification import VerificationRepository
from ocr_service.rules.batches import require_state
from ocr_service.rules.checks import Finding
from ocr_service.rules.queueing import FINAL, HELD, WORKABLE, choices_of, may_enter, round_for
from ocr_service.service.batches import own_batch
from ocr_service.service.deciding import Deciding, FormCabinet, Person

MOST_AT_ONCE = 100
PACE_OVER = timedelta(days=1)
_LONG = 120_000  # milliseconds after which somebody has been away from the screen


class Verification:
    """What the owner's people do with fields."""

    def __init__(
        self,
        desk: Desk,
        entries: VerificationRepository,
        deciding: Deciding,
        forms: FormCabinet,
        clock: Clock,
    ) -> None:
        self._desk = desk
        self._entries = entries
        self._deciding = deciding
        self._forms = forms
        self._clock = clock

    # What there is to do

    def batches(self, work: UnitOfWork, actor: Actor) -> tuple[tuple[Batch, Remaining], ...]:
        """Batches with fields that wait for people, the most urgent first."""
        require(actor, Action.FORM_VERIFY)
        return self._entries.open_batches(
            work, actor.organisation, by=actor.user_id, lead=may(actor, Action.FORM_LEAD)
        )

    def names(self, work: UnitOfWork, actor: Actor, batch_id: str) -> tuple[NamedField, ...]:
        """The fields of the batch's forms, each counted over all pages."""
        batch = self._own(work, actor, batch_id)
        found: dict[str, NamedField] = {}
        for template, version, name, number, total in self._entries.names(work, batch.id):
            form = self._forms.version(work, template, version)
            asked = form.field(name) if form else None
            known = found.get(name, NamedField(name, asked.label if asked else name, 0, 0))
            found[name] = replace(known, open=known.open + number, total=known.total + total)
        return tuple(found.values())

    def remaining(self, work: UnitOfWork, actor: Actor, batch_id: str, wish: Wish) -> Remaining:
        """How much of the wish is left."""
        batch = self._own(work, actor, batch_id)
        return self._entries.remaining(
            work, batch.id, wish, now=self._clock.now(), by=actor.user_id, lead=may(actor, Action.FORM_LEAD)
        )

    def next(
        self,
        work: UnitOfWork,
        actor: Actor,
        batch_id: str,
        wish: Wish,
        *,
        after: str = "",
        limit: int = 1,
    ) -> tuple[Shown, ...]:
        """The next fields for this person, which nobody else is given for five minutes: behind the field with
        id `after`, and from the beginning again at the end. Needs a transaction that writes."""
        batch = self._own(work, actor, batch_id, lock=True)
        require_state(batch, WORKABLE)
        now = self._clock.now()
        place = self._entries.place(work, after) if after else None
        found = self._entries.wanted(
            work,
            batch.id,
            wish,
            now=now,
            after=place,
            limit=min(limit, MOST_AT_ONCE),
            by=actor.user_id,
            lead=may(actor, Action.FORM_LEAD),
        )
        until = now + HELD
        self._entries.reserve(work, [Reservation(each.id, batch.id, actor.user_id, until) for each in found])
        return self._shown(work, actor, found, {each.id for each in found})

    def get(self, work: UnitOfWork, actor: Actor, batch_id: str, field_id: str) -> Shown:
        """One field as it is for this person. Raises NotFound."""
        batch = self._own(work, actor, batch_id)
        _, field = self._of(work, batch, field_id)
        return self._shown(work, actor, (field,), ())[0]

    def take(self, work: UnitOfWork, actor: Actor, batch_id: str, field_id: str) -> Shown:
        """The same, reserved for this person when it is free. Raises Conflict when it is not."""
        batch = self._own(work, actor, batch_id, lock=True)
        _, field = self._of(work, batch, field_id)
        self._reserve(work, actor, batch, field)
        return self._shown(work, actor, (field,), {field.id})[0]

    def listed(  # noqa: PLR0917  as every list
        self,
        work: UnitOfWork,
        actor: Actor,
        batch_id: str,
        states: Collection[FieldState] = (),
        wish: Wish = Wish(),
        cursor: str | None = None,
        limit: int = 50,
    ) -> tuple[tuple[Shown, ...], str | None]:
        """Fields in the order of pages and form. Raises NotFound, Forbidden, Invalid."""
        batch = own_batch(self._desk, work, actor, batch_id, Action.FORM_READ)
        found, further = self._entries.listed(
            work, batch.id, states, wish, cursor=cursor, limit=min(limit, MOST_AT_ONCE)
        )
        return self._shown(work, actor, found, ()), further

    # Deciding

    def decide(  # noqa: PLR0917
        self,
        work: UnitOfWork,
        actor: Actor,
        batch_id: str,
        field_id: str,
        answer: Answer,
        based_on: int,
    ) -> Decided:
        """The person's entry for a field. Raises NotFound, Conflict (somebody else has it, they have entered it
        before, it is decided), StaleField, Questionable, Invalid."""
        batch = self._own(work, actor, batch_id, lock=True)
        require_state(batch, WORKABLE)
        page, field = self._of(work, batch, field_id)
        self._check_free(work, actor, field)
        entries = self._entries.decisions(work, [field.id]).get(field.id, ())
        lead = may(actor, Action.FORM_LEAD)
        if not may_enter(field, entries, actor.user_id, lead):
            raise Conflict(_ENTERED)
        if field.state in FINAL and batch.entry is Entry.DOUBLE and not lead:
            raise Conflict(_FINAL)
        return self._deciding.enter(work, batch, page, field, _person(actor), answer, based_on, batch.entry)

    def undo(self, work: UnitOfWork, actor: Actor, batch_id: str, field_id: str = "") -> Shown:
        """Takes back the person's last decision in the batch, or the one of this field; the field is theirs
        again. Raises NotFound when there is none, Conflict when somebody has gone on with the field."""
        batch = self._own(work, actor, batch_id, lock=True)
        require_state(batch, WORKABLE)
        if not field_id:
            last = self._entries.last_by(work, batch.id, actor.user_id)
            if last is None:
                raise NotFound(_NOTHING)
            field_id = last.field_id
        page, field = self._of(work, batch, field_id)
        decided = self._deciding.take_back(work, batch, page, field, _person(actor), batch.entry)
        self._reserve(work, actor, batch, decided.field)
        return self._shown(work, actor, (decided.field,), {field.id})[0]

    def check(
        self, work: UnitOfWork, actor: Actor, batch_id: str, field_id: str, text: str
    ) -> tuple[str, tuple[Finding, ...]]:
        """The normal form of what is being typed, and what the checks say about it."""
        batch = self._own(work, actor, batch_id)
        page, field = self._of(work, batch, field_id)
        value = self._deciding.normal(work, page, field, text)
        return value, self._deciding.findings(work, page, field, value)

    def findings(self, work: UnitOfWork, actor: Actor, batch_id: str, field_id: str) -> tuple[Finding, ...]:
        """Why the field is doubtful, as far as checks say so."""
        batch = self._own(work, actor, batch_id)
        page, field = self._of(work, batch, field_id)
        return self._deciding.findings(work, page, field, field.value)

    # Reservations

    def renew(self, work: UnitOfWork, actor: Actor, batch_id: str) -> int:
        """Keeps what the person has on the screen; how many fields."""
        batch = self._own(work, actor, batch_id)
        now = self._clock.now()
        return self._entries.renew(work, batch.id, actor.user_id, now + HELD, now)

    def release(self, work: UnitOfWork, actor: Actor, batch_id: str, field_ids: Collection[str]) -> None:
        """Gives fields back that the person was given and does not decide now."""
        batch = self._own(work, actor, batch_id)
        self._entries.release(work, batch.id, actor.user_id, field_ids)

    # Looking back

    def history(self, work: UnitOfWork, actor: Actor, batch_id: str, field_id: str) -> tuple[Decision, ...]:
        """Who entered what and when, undone entries included, oldest first. Another person's entry is left out
        as long as a second one is awaited."""
        batch = own_batch(self._desk, work, actor, batch_id, Action.FORM_READ)
        _, field = self._of(work, batch, field_id)
        found = self._entries.decisions(work, [field.id], undone=True).get(field.id, ())
        return tuple(each for each in found if _may_see(field, each, actor))

    def pace(self, work: UnitOfWork, actor: Actor, batch_id: str) -> Pace:
        """The person's own figures of the last day."""
        batch = self._own(work, actor, batch_id)
        done = self._entries.done_by(work, batch.id, self._clock.now() - PACE_OVER, actor.user_id)
        return _pace(actor.user_id, done)

    def paces(self, work: UnitOfWork, actor: Actor, batch_id: str) -> tuple[Pace, ...]:
        """Everybody's, for leads. Raises Forbidden."""
        require(actor, Action.FORM_LEAD)
        batch = self._own(work, actor, batch_id)
        by: dict[str, list[tuple[Decision, FieldState, str, int]]] = {}
        for each in self._entries.done_by(work, batch.id, self._clock.now() - PACE_OVER):
            if each[0].organisation == actor.organisation:
                by.setdefault(each[0].by, []).append(each)
        return tuple(_pace(who, done) for who, done in sorted(by.items()))

    # Parts

    def _own(self, work: UnitOfWork, actor: Actor, batch_id: str, *, lock: bool = False) -> Batch:
        return own_batch(self._desk, work, actor, batch_id, Action.FORM_VERIFY, lock=lock)

    def _of(self, work: UnitOfWork, batch: Batch, field_id: str) -> tuple[ScanPage, ScanField]:
        field = self._desk.scans.field(work, field_id)
        page = self._desk.scans.get_page(work, field.page_id) if field else None
        if field is None or page is None or field.batch_id != batch.id or page.state is not PageState.READ:
            raise not_found("項目", "The field")
        return page, field

    def _check_free(self, work: UnitOfWork, actor: Actor, field: ScanField) -> None:
        held = self._entries.reserved(work, [field.id], self._clock.now()).get(field.id)
        if held is not None and held.by != actor.user_id:
            raise Conflict(_HELD)

    def _reserve(self, work: UnitOfWork, actor: Actor, batch: Batch, field: ScanField) -> None:
        self._check_free(work, actor, field)
        until = self._clock.now() + HELD
        self._entries.reserve(work, [Reservation(field.id, batch.id, actor.user_id, until)])

    def _shown(
        self, work: UnitOfWork, actor: Actor, fields: Sequence[ScanField], held: Collection[str]
    ) -> tuple[Shown, ...]:
        pages = self._entries.pages(work, {each.page_id for each in fields})
        decisions = self._entries.decisions(work, [each.id for each in fields])
        until = self._clock.now() + HELD
        found = []
        for each in fields:
            page = pages[each.page_id]
            asked = self._deciding.asked(work, page, each.name)
            entries = decisions.get(each.id, ())
            mine = next((one for one in reversed(entries) if one.by == actor.user_id), None)
            between = each.state is FieldState.DIFFERENT and may_enter(
                each, entries, actor.user_id, may(actor, Action.FORM_LEAD)
            )
            found.append(
                Shown(
                    field=each,
                    page=page,
                    asked=asked,
                    choices=choices_of(each, asked),
                    round=round_for(each, entries),
                    entries=tuple(entries) if between else (),
                    until=until if each.id in held else None,
                    mine=mine,
                )
            )
        return tuple(found)


def _person(actor: Actor) -> Person:
    return Person(actor.user_id, actor.organisation)


def _may_see(field: ScanField, decision: Decision, actor: Actor) -> bool:
    if decision.by == actor.user_id or field.state in FINAL:
        return True
    return field.state is FieldState.DIFFERENT and may(actor, Action.FORM_LEAD)


def _pace(who: str, done: Sequence[tuple[Decision, FieldState, str, int]]) -> Pace:
    """Milliseconds away from the screen are cut; agreement is over fields with entries of several people."""
    times = [min(each.milliseconds, _LONG) for each, *_ in done if each.milliseconds]
    compared = [
        each.value == final and (each.how.value == "unreadable") == (state is FieldState.UNREADABLE)
        for each, state, final, number in done
        if state in FINAL and number > 1 and each.round < 3
    ]
    return Pace(
        user_id=who,
        fields=len(done),
        seconds=round(median(times) / 1000, 2) if times else 0.0,
        keys=round(sum(each.keys for each, *_ in done) / len(done), 3) if done else 0.0,
        agreement=round(sum(compared) / len(compared), 4) if compared else None,
    )


_HELD = Text(
    "この項目はいま、ほかの人が確認しています。入力した内容は残っています。次の項目に進んでください。",
    "Somebody else has this field on the screen now. What you entered is kept; go on with the next field.",
)
_ENTERED = Text(
    "この項目はすでに入力済みです。別の人の確認を待っています。",
    "You have entered this field already; it waits for somebody else.",
)
_FINAL = Text(
    "この項目は二人の確認で確定しています。直すときは、確認者に依頼してください。",
    "Two people have decided this field. Ask a reviewer to change it.",
)
_NOTHING = Text("取り消せる確認はありません。", "There is no decision of yours to undo.")
