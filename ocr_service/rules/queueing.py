"""Which fields a person is given, what is offered for them, and in which order."""

import re
from collections.abc import Collection, Sequence
from datetime import timedelta

from ocr_service.models.batches import Batch, BatchState, Coverage, FieldState, ScanField
from ocr_service.models.fields import CHECKED, Field, FieldType
from ocr_service.models.verification import Choice, Decision
from ocr_service.rules.batches import ACCEPTING
from ocr_service.rules.values import shown

HELD = timedelta(minutes=5)
"""How long a field stays with the person who was given it."""
MOST_CANDIDATES = 5
MOST_CHOICES = 9
LONGEST_TYPED = 4_000
_UNFIT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
OPEN = frozenset({FieldState.DOUBTFUL, FieldState.ENTERED, FieldState.DIFFERENT})
FINAL = frozenset({FieldState.DECIDED, FieldState.UNREADABLE})
WORKABLE = ACCEPTING - {BatchState.RECEIVING}
"""Batches whose fields can be decided: also while pages are still read, and when all is decided (to undo)."""


def machine_value(field: ScanField) -> str:
    """What holds while nobody has decided."""
    return "" if field.blank or not field.candidates else field.candidates[0].value


def machine_state(batch: Batch, field: ScanField) -> FieldState:
    """Whether a person must see a field that nobody has decided."""
    sure = field.confidence >= batch.threshold and not field.flags
    return FieldState.PASSED if sure and batch.coverage is Coverage.DOUBTFUL else FieldState.DOUBTFUL


def choices_of(field: ScanField, asked: Field | None) -> tuple[Choice, ...]:
    """What is offered, best first: what the machine would take, its other readings, and for marks the form's
    own words, so that the truth is always among them. Never empty."""
    known = [
        Choice(each.value, shown(asked, each.value) if asked else each.value, each.raw, each.characters)
        for each in field.candidates[:MOST_CANDIDATES]
    ]
    if field.blank or not known:
        known.insert(0, Choice("", ""))
    if asked is not None and asked.type is FieldType.CHOICE:
        known += [Choice(each.value, each.value) for each in asked.choices]
        known.append(Choice("", ""))
    elif asked is not None and asked.type in {FieldType.CHECK_BOX, FieldType.SEAL}:
        known += [Choice(CHECKED, shown(asked, CHECKED)), Choice("", "")]
    first: dict[str, Choice] = {}
    for each in known:
        first.setdefault(each.value, each)
    most = MOST_CHOICES if asked is not None and asked.type is FieldType.CHOICE else MOST_CANDIDATES
    return tuple(first.values())[:most]


def round_for(field: ScanField, entries: Sequence[Decision]) -> int:
    """Which entry the next one is. `entries`: those that hold, oldest first."""
    if field.state is FieldState.ENTERED:
        return 2
    return 3 if field.state is FieldState.DIFFERENT or field.state in FINAL else len(entries) + 1


def may_enter(field: ScanField, entries: Collection[Decision], by: str, lead: bool) -> bool:
    """Whether this person may be given the field: nobody enters twice, and who decides between two entries is a
    third person or a lead."""
    if field.state is FieldState.ENTERED:
        return all(each.by != by for each in entries)
    if field.state is FieldState.DIFFERENT:
        return lead or all(each.by != by for each in entries)
    return True


def storable(text: str) -> bool:
    """Whether what was typed can be kept: not too long, no control characters but tabs and line breaks."""
    return len(text) <= LONGEST_TYPED and not _UNFIT.search(text)
