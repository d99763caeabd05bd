"""What a decision does to a field and to its page: the part that does not ask who may. The caller holds the lock
of the batch, has checked the person's rights, and commits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from kernel.audit import Audit
from kernel.clock import JST, Clock
from kernel.errors import Conflict, Invalid, Problem, Stale, Text
from kernel.ids import new_id
from kernel.records import UnitOfWork
from ocr_service.models.batches import Batch, Entry, FieldState, ScanField, ScanPage
from ocr_service.models.fields import Field
from ocr_service.models.forms import Form
from ocr_service.models.readings import Flag
from ocr_service.models.verification import Answer, Choice, Decided, Decision, How
from ocr_service.ports.batches import Desk, FormShelf
from ocr_service.ports.verification import VerificationRepository
from ocr_service.rules import checks
from ocr_service.rules.agreement import outcome
from ocr_service.rules.queueing import (
    LONGEST_TYPED,
    choices_of,
    machine_state,
    machine_value,
    round_for,
    storable,
)
from ocr_service.rules.values import context_of, normal, typed
from ocr_service.service.batches import Settle

_CHECKED = frozenset({Flag.CHECK_FAILED, Flag.MISSING})
_FORMS_KEPT = 32


@dataclass(eq=False)
class StaleField(Stale):
    """Somebody changed the field in between; `current` is how it is now."""

    current: ScanField | None = None


@dataclass(eq=False)
class Questionable(Invalid):
    """The typed value does not pass the checks; it is taken when the person confirms it."""

    code = "questionable-value"


@dataclass(frozen=True, slots=True)
class Person:
    """Who decides: a person of the owner, or of the shared body under a grant."""

    id: str
    organisation: str


class FormCabinet:
    """The forms that pages were read with. Published versions never change, so the last ones used are kept."""

    def __init__(self, shelf: FormShelf) -> None:
        self._shelf = shelf
        self._kept: dict[tuple[str, str], tuple[Form, Mapping[str, Field]]] = {}

    def form(self, work: UnitOfWork, page: ScanPage) -> Form | None:
        """Of the page's template; None when it matched none."""
        return self.version(work, page.template_id, page.template_version)

    def version(self, work: UnitOfWork, template_id: str, version: str) -> Form | None:
        """None when it is gone."""
        found = self._of(work, template_id, version)
        return found[0] if found else None

    def field(self, work: UnitOfWork, page: ScanPage, name: str) -> Field | None:
        """What the page's form asks for by this name."""
        found = self._of(work, page.template_id, page.template_version)
        return found[1].get(name) if found else None

    def _of(
        self, work: UnitOfWork, template_id: str, version: str
    ) -> tuple[Form, Mapping[str, Field]] | None:
        key = (template_id, version)
        kept = self._kept.get(key)
        if kept is None and all(key):
            for known in self._shelf.forms(work, {template_id: version}):
                kept = known.form, {each.name: each for each in known.form.every_field()}
                if len(self._kept) >= _FORMS_KEPT:
                    self._kept.pop(next(iter(self._kept)), None)
                self._kept[key] = kept
        return kept


class Deciding:
    """Entries of people for fields."""

    def __init__(
        self,
        desk: Desk,
        entries: VerificationRepository,
        forms: FormCabinet,
        audit: Audit,
        clock: Clock,
        *,
        settle: Settle,
        postal: checks.PostalAddresses | None = None,
    ) -> None:
        self._desk = desk
        self._entries = entries
        self._forms = forms
        self._audit = audit
        self._clock = clock
        self._settle = settle
        self._postal = postal

    def enter(  # noqa: PLR0917
        self,
        work: UnitOfWork,
        batch: Batch,
        page: ScanPage,
        field: ScanField,
        person: Person,
        answer: Answer,
        based_on: int,
        entry: Entry,
    ) -> Decided:
        """Stores the person's entry and what follows from it. `entry`: whether one is enough here. Raises
        StaleField, Questionable, Invalid."""
        if field.version != based_on:
            raise StaleField(_CHANGED, current=field)
        asked = self.asked(work, page, field.name)
        before = self._entries.decisions(work, [field.id]).get(field.id, ())
        value = self._value(work, field, asked, answer)
        decision = Decision(
            id=new_id(),
            field_id=field.id,
            batch_id=batch.id,
            round=round_for(field, before),
            how=_how(answer, value, field, asked),
            choice=1 if answer.how is How.ACCEPTED else answer.choice if answer.how is How.CHOSEN else 0,
            value=value,
            typed=answer.typed if answer.how is How.TYPED else "",
            by=person.id,
            organisation=person.organisation,
            at=self._clock.now(),
            keys=answer.keys,
            characters=answer.characters,
            milliseconds=answer.milliseconds,
        )
        self._entries.add_decision(work, decision)
        return self._after(work, batch, page, field, asked, (*before, decision), decision, entry, person)

    def take_back(  # noqa: PLR0917
        self, work: UnitOfWork, batch: Batch, page: ScanPage, field: ScanField, person: Person, entry: Entry
    ) -> Decided:
        """Undoes the person's own entry when it is the last one of the field. Raises Conflict."""
        before = self._entries.decisions(work, [field.id]).get(field.id, ())
        if not before or before[-1].by != person.id:
            raise Conflict(_NOT_YOURS)
        self._entries.undo(work, before[-1].id, self._clock.now())
        asked = self.asked(work, page, field.name)
        return self._after(
            work, batch, page, field, asked, before[:-1], before[-1], entry, person, undone=True
        )

    def asked(self, work: UnitOfWork, page: ScanPage, name: str) -> Field | None:
        """What the form asks for there."""
        return self._forms.field(work, page, name)

    def findings(
        self, work: UnitOfWork, page: ScanPage, field: ScanField, value: str
    ) -> tuple[checks.Finding, ...]:
        """What the checks say about the field with this normal value, the page's other fields as they stand."""
        form = self._forms.form(work, page)
        if form is None:
            return ()
        values = {each.name: each.value for each in self._desk.scans.fields(work, page.id)}
        found = checks.findings(form, values | {field.name: value}, self._around())
        return tuple(each for each in found if field.name in each.fields)

    def normal(self, work: UnitOfWork, page: ScanPage, field: ScanField, text: str) -> str:
        """The normal form of what a person typed."""
        asked = self.asked(work, page, field.name)
        return self._typed(work, field, asked, text)

    # Parts

    def _value(self, work: UnitOfWork, field: ScanField, asked: Field | None, answer: Answer) -> str:
        match answer.how:
            case How.BLANK | How.UNREADABLE:
                return ""
            case How.ACCEPTED:
                return choices_of(field, asked)[0].value
            case How.CHOSEN:
                return _chosen(choices_of(field, asked), answer.choice).value
            case How.TYPED:
                value = self._typed(work, field, asked, answer.typed)
                if not answer.confirmed:
                    self._question(work, field, value)
                return value

    def _typed(self, work: UnitOfWork, field: ScanField, asked: Field | None, text: str) -> str:
        if not storable(text):
            message = Text(
                f"入力は{LONGEST_TYPED:,}文字以内で、制御文字を使わずに入力してください。",
                f"Type at most {LONGEST_TYPED:,} characters and no control characters.",
            )
            raise Invalid(message, (Problem("text", message),))
        if asked is None:
            return text.strip()
        return typed(asked, text, context_of(asked, self._values(work, field.page_id)))

    def _question(self, work: UnitOfWork, field: ScanField, value: str) -> None:
        page = self._desk.scans.get_page(work, field.page_id)
        found = self.findings(work, page, field, value) if page else ()
        if found:
            raise Questionable(found[0].text, tuple(Problem("text", each.text) for each in found))

    def _values(self, work: UnitOfWork, page_id: str) -> Mapping[str, str]:
        return {each.name: each.value for each in self._desk.scans.fields(work, page_id)}

    def _after(  # noqa: PLR0917
        self,
        work: UnitOfWork,
        batch: Batch,
        page: ScanPage,
        field: ScanField,
        asked: Field | None,
        entries: Sequence[Decision],
        decision: Decision,
        entry: Entry,
        person: Person,
        *,
        undone: bool = False,
    ) -> Decided:
        state, value = outcome(field, asked, entry, entries, machine_state(batch, field))
        new = replace(field, state=state, value=value, version=field.version + 1)
        self._entries.replace_field(work, new)
        self._entries.release(work, batch.id, person.id, [field.id])
        self._audit.record(
            work,
            batch.owner,
            person.id,
            "field.undone" if undone else "field.decided",
            field.id,
            {
                "batch": batch.id,
                "page": page.id,
                "decision": decision.id,
                "round": decision.round,
                "how": decision.how.value,
                "organisation": person.organisation,
            },
        )
        changed = self._page(work, batch, page, new) if value != field.value else ()
        self._settle(work, batch.id)
        return Decided(new, decision, changed)

    def _page(self, work: UnitOfWork, batch: Batch, page: ScanPage, decided: ScanField) -> tuple[str, ...]:
        """Fields that nobody has entered follow the page's values: dates whose era was decided are understood
        anew, and the checks across fields say which of them must be seen. On somebody's screen only a reading
        changes (and its version with it); a field does not vanish there."""
        form = self._forms.form(work, page)
        if form is None:
            return ()
        fields = {each.name: each for each in self._desk.scans.fields(work, page.id)}
        touched = self._entries.decisions(work, [each.id for each in fields.values()])
        held = self._entries.reserved(work, [each.id for each in fields.values()], self._clock.now())
        asked = {each.name: each for each in form.every_field() if each.name in fields}
        new = dict(fields)
        for name, one in asked.items():
            if one.era_field == decided.name and fields[name].id not in touched:
                new[name] = _understood(fields[name], one, {decided.name: decided.value})
        found = checks.findings(form, {name: each.value for name, each in new.items()}, self._around())
        flags: dict[str, set[Flag]] = {}
        for finding in found:
            for name in finding.fields:
                flags.setdefault(name, set()).add(finding.flag)
        for name, each in new.items():
            if each.id in touched or each.id == decided.id:
                continue
            flagged = replace(each, flags=(each.flags - _CHECKED) | frozenset(flags.get(name, ())))
            state = machine_state(batch, flagged)
            if each.id in held and state is FieldState.PASSED:
                state = each.state
            new[name] = replace(flagged, state=state)
        changed = [each for name, each in new.items() if each != fields[name]]
        for each in changed:
            self._entries.replace_field(work, each)
        return tuple(each.id for each in changed)

    def _around(self) -> checks.Surroundings:
        return checks.Surroundings(self._clock.now().astimezone(JST).date(), self._postal)


def _how(answer: Answer, value: str, field: ScanField, asked: Field | None) -> How:
    """Typing nothing is a blank; the first choice by its number is accepted."""
    if answer.how is How.TYPED and not value:
        return How.BLANK
    if answer.how is How.CHOSEN and value == choices_of(field, asked)[0].value:
        return How.ACCEPTED
    return answer.how


def _chosen(choices: Sequence[Choice], number: int) -> Choice:
    if not 1 <= number <= len(choices):
        text = Text(
            f"候補は1から{len(choices)}までの番号で選んでください。",
            f"Choose a number from 1 to {len(choices)}.",
        )
        raise Invalid(text, (Problem("choice", text),))
    return choices[number - 1]


def _understood(field: ScanField, asked: Field, values: Mapping[str, str]) -> ScanField:
    """The same readings with another era."""
    context = context_of(asked, values)
    candidates = tuple(replace(each, value=normal(asked, each.raw, context)) for each in field.candidates)
    if candidates == field.candidates:
        return field
    new = replace(field, candidates=candidates, version=field.version + 1)
    return replace(new, value=machine_value(new))


_CHANGED = Text(
    "ほかの人がこの項目を先に変更しました。入力した内容は残っています。いまの内容を確かめて、もう一度確定してください。",
    "Somebody has changed this field in between. What you entered is kept; look at the field and decide again.",
)
_NOT_YOURS = Text(
    "取り消せるのは、この項目の最後の確認をした本人だけです。",
    "Only who made the last decision on this field can undo it.",
)
