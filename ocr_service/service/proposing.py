"""Fields that a blank form seems to have, from the places that its reader found."""

from collections.abc import Sequence
from dataclasses import replace

from ocr_service.models.fields import Box, Choice, Field, FieldType
from ocr_service.ports.form_reading import Proposal
from ocr_service.rules.guessing import guessed

_MARK = "mark"
_LONGEST_WORD = 6  # characters of a word that is circled; what is longer stands beside a box to tick
_GAP = 14.0  # millimetres between the words of one choice
_ERAS = frozenset("明大昭平令")


def proposed_fields(
    proposals: Sequence[Proposal], across: float = 1.0, down: float = 1.0
) -> tuple[Field, ...]:
    """In the order of the proposals; marks side by side on one line become one choice. Names may repeat.
    `across`, `down`: millimetres of the wanted page for one of the page that was read."""
    scaled = [replace(each, box=_scaled(each.box, across, down)) for each in proposals]
    fields: list[Field] = []
    for group in _groups(scaled):
        fields.append(_choice(group) if len(group) > 1 else _single(group[0]))
    return tuple(fields)


def _groups(proposals: Sequence[Proposal]) -> list[list[Proposal]]:
    """Each proposal alone, but for marks of one choice."""
    groups: list[list[Proposal]] = []
    for each in proposals:
        group = next((known for known in groups if _beside(known[-1], each)), None)
        if group is None:
            groups.append([each])
        else:
            group.append(each)
    return groups


def _beside(before: Proposal, after: Proposal) -> bool:
    words = (before.label, after.label)
    if {before.kind, after.kind} != {_MARK} or not all(0 < len(word) <= _LONGEST_WORD for word in words):
        return False
    one, other = before.box, after.box
    middle = abs((one.y + one.height / 2) - (other.y + other.height / 2))
    return -0.5 <= other.x - one.right <= _GAP and middle < max(one.height, other.height) / 2


def _choice(marks: Sequence[Proposal]) -> Field:
    boxes = [mark.box for mark in marks]
    left, top = min(box.x for box in boxes), min(box.y for box in boxes)
    right, bottom = max(box.right for box in boxes), max(box.bottom for box in boxes)
    around = Box(left, top, round(right - left, 2), round(bottom - top, 2))
    values: dict[str, Box] = {}
    for mark in marks:
        values.setdefault(mark.label, mark.box)
    choices = tuple(Choice(word, word, box) for word, box in values.items())
    name = "era" if {word[:1] for word in values} <= _ERAS else "choice"
    label = "・".join(values)
    return Field(name, label, FieldType.CHOICE, around, choices=choices)


def _single(proposal: Proposal) -> Field:
    name, kind = guessed(proposal.kind, proposal.label)
    return Field(name, proposal.label, kind, proposal.box, cells=proposal.cells)


def _scaled(box: Box, across: float, down: float) -> Box:
    return Box(
        round(box.x * across, 2),
        round(box.y * down, 2),
        round(box.width * across, 2),
        round(box.height * down, 2),
    )
