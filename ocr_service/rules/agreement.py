"""Single and double entry: where a field stands after the decisions that hold."""

from collections.abc import Sequence

from ocr_service.models.batches import Entry, FieldState, ScanField
from ocr_service.models.fields import Field
from ocr_service.models.verification import Decision, How
from ocr_service.rules.queueing import machine_value
from ocr_service.rules.values import same


def agree(asked: Field | None, one: Decision, other: Decision) -> bool:
    """Whether two entries say the same."""
    if (one.how is How.UNREADABLE) != (other.how is How.UNREADABLE):
        return False
    return one.value == other.value or (asked is not None and same(asked, one.value, other.value))


def outcome(
    field: ScanField,
    asked: Field | None,
    entry: Entry,
    entries: Sequence[Decision],
    untouched: FieldState,
) -> tuple[FieldState, str]:
    """State and value after the decisions that hold, oldest first. `untouched`: the state without any. The
    machine's value holds until people have decided, so that nobody sees what another has entered. A field that
    passed and whose value a person confirms is decided: the machine was the other one."""
    own = machine_value(field)
    if not entries:
        return untouched, own
    last = entries[-1]
    if last.round == 3 or entry is Entry.SINGLE:
        return _final(last), last.value
    if len(entries) == 1:
        if untouched is FieldState.PASSED and last.how is not How.UNREADABLE and last.value == own:
            return _final(last), last.value
        return FieldState.ENTERED, own
    if agree(asked, entries[0], entries[1]):
        return _final(entries[1]), entries[1].value
    return FieldState.DIFFERENT, own


def _final(decision: Decision) -> FieldState:
    return FieldState.UNREADABLE if decision.how is How.UNREADABLE else FieldState.DECIDED
