"""Fields as they are put before people, and what people say about them, as JSON."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Self

from pydantic import BaseModel, Field

from ocr_service.models.batches import BatchState, FieldState
from ocr_service.models.fields import FieldType
from ocr_service.models.readings import Flag
from ocr_service.models.verification import Answer, Decision, How, NamedField, Pace, Remaining, Shown, Wish
from ocr_service.rules.queueing import FINAL, LONGEST_TYPED, MOST_CHOICES
from ocr_service.schemas.batches import Identifier, Strict

_Count = Annotated[int, Field(strict=True, ge=0, le=100_000_000)]


class WishBody(Strict):
    """Which fields are wanted."""

    every: Annotated[
        bool, Field(strict=True, description="Also those that passed, and those that are decided.")
    ] = False
    page: Annotated[Identifier | None, Field(description="Of this page only.")] = None
    name: Annotated[str, Field(max_length=160, description="This field over all pages only.")] = ""
    after: Annotated[Identifier | None, Field(description="Those behind this field first.")] = None
    limit: Annotated[int, Field(strict=True, ge=1, le=100)] = 1

    def wish(self) -> Wish:
        return Wish(self.every, self.page or "", self.name)


class AnswerBody(Strict):
    """A decision. `version` is the field's as it was shown; 412 when it has another one by now."""

    version: Annotated[int, Field(strict=True, ge=1, le=2**31 - 1)]
    how: How
    choice: Annotated[int, Field(strict=True, ge=0, le=MOST_CHOICES, description="For chosen, from 1.")] = 0
    text: Annotated[str, Field(max_length=LONGEST_TYPED, description="For typed.")] = ""
    confirmed: Annotated[
        bool,
        Field(
            strict=True, description="Takes a typed value that the checks find questionable (422 otherwise)."
        ),
    ] = False
    keys: Annotated[_Count, Field(description="Keystrokes that were commands.")] = 0
    characters: Annotated[_Count, Field(description="Characters that were typed.")] = 0
    milliseconds: Annotated[_Count, Field(description="From showing to deciding.")] = 0

    def answer(self) -> Answer:
        return Answer(
            self.how,
            self.choice,
            self.text,
            self.confirmed,
            self.keys,
            self.characters,
            self.milliseconds,
        )


class TextBody(Strict):
    """What is being typed."""

    text: Annotated[str, Field(max_length=LONGEST_TYPED)]


class UndoBody(Strict):
    """Which decision to take back; without a field the last one of your own."""

    field: Identifier | None = None


class ReleaseBody(Strict):
    """Fields that are not decided now."""

    fields: Annotated[list[Identifier], Field(max_length=200)]


class ChoiceOut(BaseModel):
    """A value to be taken by its number. `characters`: one probability for each character of `raw`."""

    number: int
    value: str
    shown: str
    raw: str
    characters: list[float]


class EntryOut(BaseModel):
    """One of two entries that differ."""

    how: How
    value: str


class FieldOut(BaseModel):
    """A field as it is put before a person. `value` is absent while people are at work on it; `quad`: its corners
    on the preview in pixels; `notes`: what the checks say."""

    id: str
    batch_id: str
    page_id: str
    page: int
    name: str
    label: str
    type: FieldType | None
    lines: int
    cells: int
    state: FieldState
    version: int
    round: int
    value: str | None
    blank: bool
    confidence: float
    flags: list[Flag]
    notes: list[str]
    choices: list[ChoiceOut]
    entries: list[EntryOut]
    mine: EntryOut | None
    crop: str
    preview: str
    preview_size: tuple[int, int]
    quad: list[tuple[float, float]]
    held_until: datetime | None

    @classmethod
    def of(cls, shown: Shown, notes: Sequence[str] = ()) -> Self:
        field, page = shown.field, shown.page
        final = field.state in FINAL or field.state is FieldState.PASSED
        address = f"/api/v1/batches/{field.batch_id}/pages/{page.id}"
        return cls(
            id=field.id,
            batch_id=field.batch_id,
            page_id=page.id,
            page=page.position,
            name=field.name,
            label=shown.label,
            type=shown.asked.type if shown.asked else None,
            lines=shown.asked.lines if shown.asked else 1,
            cells=shown.asked.cells if shown.asked else 0,
            state=field.state,
            version=field.version,
            round=shown.round,
            value=field.value if final else None,
            blank=field.blank,
            confidence=field.confidence,
            flags=sorted(field.flags),
            notes=list(notes),
            choices=[
                ChoiceOut(
                    number=number,
                    value=each.value,
                    shown=each.shown,
                    raw=each.raw,
                    characters=list(each.characters),
                )
                for number, each in enumerate(shown.choices, start=1)
            ],
            entries=[_entry(each) for each in shown.entries],
            mine=_entry(shown.mine) if shown.mine else None,
            crop=f"{address}/fields/{field.id}/crop" if field.crop_size else "",
            preview=f"{address}/preview" if page.preview else "",
            preview_size=(page.preview_width, page.preview_height),
            quad=list(field.quad),
            held_until=shown.until,
        )


class RemainingOut(BaseModel):
    """How much of the wish is left: open for you, open for others, done."""

    open: int
    others: int
    done: int

    @classmethod
    def of(cls, remaining: Remaining) -> Self:
        return cls(open=remaining.open, others=remaining.others, done=remaining.done)


class PaceOut(BaseModel):
    """One person's figures in this batch over the last day. `seconds`: median a field; `keys`: commands a field;
    `agreement`: share of entries that agreed with the final value, null when nothing can be compared."""

    user_id: str
    fields: int
    seconds: float
    keys: float
    agreement: float | None

    @classmethod
    def of(cls, pace: Pace) -> Self:
        return cls(
            user_id=pace.user_id,
            fields=pace.fields,
            seconds=pace.seconds,
            keys=pace.keys,
            agreement=pace.agreement,
        )


class WorkOut(BaseModel):
    """Fields that are yours for five minutes."""

    items: list[FieldOut]
    remaining: RemainingOut
    pace: PaceOut


class FieldPage(BaseModel):
    """Some fields, and the cursor of the next ones."""

    items: list[FieldOut]
    next: str | None


class DecidedOut(BaseModel):
    """What became of a decision. `changed`: other fields of the page whose readings or flags follow from it."""

    id: str
    state: FieldState
    version: int
    changed: list[str]
    batch_state: BatchState


class FindingsOut(BaseModel):
    """The normal form of a text, how it is shown, and what the checks say."""

    value: str
    shown: str
    notes: list[str]


class DecisionOut(BaseModel):
    """One entry of a field's history."""

    id: str
    round: int
    how: How
    choice: int
    value: str
    typed: str
    by: str
    organisation: str
    at: datetime
    undone_at: datetime | None

    @classmethod
    def of(cls, decision: Decision) -> Self:
        return cls(
            id=decision.id,
            round=decision.round,
            how=decision.how,
            choice=decision.choice,
            value=decision.value,
            typed=decision.typed,
            by=decision.by,
            organisation=decision.organisation,
            at=decision.at,
            undone_at=decision.undone_at,
        )


class NamedFieldOut(BaseModel):
    """A field of the forms over all pages of the batch."""

    name: str
    label: str
    open: int
    total: int

    @classmethod
    def of(cls, named: NamedField) -> Self:
        return cls(name=named.name, label=named.label, open=named.open, total=named.total)


def _entry(decision: Decision) -> EntryOut:
    return EntryOut(how=decision.how, value=decision.value)
