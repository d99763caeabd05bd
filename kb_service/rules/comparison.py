"""Two versions of a content side by side, and three when two people edited at once."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any

from kb_service.models.entries import Content

# Pairs of equal items that difflib may look at in one comparison, about a second; what is left then is shown
# as one replacement. Two different texts of 1,000,000 characters would keep it busy for hours.
PAIRS_MAX = 2_000_000

# One stretch of the same script is a word; punctuation, spaces and line breaks stand alone.
_WORD = re.compile(
    r"[\u4e00-\u9fff\u3400-\u4dbf々〆]+|[\u3041-\u309fー]+|[\u30a0-\u30ffー]+|[A-Za-z0-9Ａ-Ｚａ-ｚ０-９_.]+|\s|.",
    re.DOTALL,
)


class Op(StrEnum):
    """What happened to a stretch of text."""

    EQUAL = "equal"
    INSERT = "insert"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of a text with its fate. Equal and deleted pieces together are the text before, equal and
    inserted ones the text after."""

    op: Op
    text: str


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field that differs. `name` is its path, for example "title" or "fields.lessons"."""

    name: str
    before: str
    after: str
    stretches: tuple[Stretch, ...]


class Side(StrEnum):
    """Who changed a field since the common version."""

    MINE = "mine"
    THEIRS = "theirs"
    BOTH_SAME = "both_same"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class FieldChoice:
    """One field that somebody changed. For CONFLICT a person has to choose."""

    name: str
    side: Side
    base: str
    mine: str
    theirs: str
    stretches: tuple[Stretch, ...]  # from theirs to mine


@dataclass(frozen=True, slots=True)
class ThreeWay:
    """What mine and theirs made of base. `merged` takes each side's changes, and theirs where both changed."""

    choices: tuple[FieldChoice, ...]
    merged: Content

    @property
    def conflicts(self) -> tuple[FieldChoice, ...]:
        return tuple(choice for choice in self.choices if choice.side is Side.CONFLICT)


def compare(before: Content, after: Content) -> tuple[FieldChange, ...]:
    """Field by field, in the order of the form; only fields that differ."""
    old, new = dict(_flat(before)), dict(_flat(after))
    changes = []
    for name in dict.fromkeys((*old, *new)):
        first, second = _shown(old.get(name)), _shown(new.get(name))
        if first != second:
            changes.append(FieldChange(name, first, second, stretches(first, second)))
    return tuple(changes)


def three_way(base: Content, mine: Content, theirs: Content) -> ThreeWay:
    """Compares two contents that were both made from `base`. A changed kind counts as one field with all of
    its own, because the fields of two kinds cannot be mixed."""
    if mine.kind is not base.kind or theirs.kind is not base.kind:
        names: tuple[str, ...] = ("kind", "fields")
    else:
        names = ("kind", *(f"fields.{one.name}" for one in fields(base.fields)))
    others = tuple(one.name for one in fields(Content) if one.name not in ("kind", "fields"))
    choices, taken = [], {}
    for name in (*others, *names):
        was, my, their = _value(base, name), _value(mine, name), _value(theirs, name)
        if my == was and their == was:
            continue
        side = _side(was, my, their)
        first, second = _shown(their), _shown(my)
        choices.append(FieldChoice(name, side, _shown(was), second, first, stretches(first, second)))
        if side is Side.MINE:
            taken[name] = my
    return ThreeWay(tuple(choices), _merged(mine, theirs, taken))


def _side(base: object, mine: object, theirs: object) -> Side:
    if mine == theirs:
        return Side.BOTH_SAME
    if theirs == base:
        return Side.MINE
    return Side.THEIRS if mine == base else Side.CONFLICT


def _merged(mine: Content, theirs: Content, taken: dict[str, Any]) -> Content:
    kind_whole = "kind" in taken or "fields" in taken
    if kind_whole:
        merged = replace(theirs, kind=mine.kind, fields=mine.fields)
    else:
        own = {name.removeprefix("fields."): value for name, value in taken.items() if "." in name}
        merged = replace(theirs, fields=replace(theirs.fields, **own))
    plain = {
        name: value for name, value in taken.items() if "." not in name and name not in ("kind", "fields")
    }
    return replace(merged, **plain)


def _value(content: Content, name: str) -> Any:
    if name.startswith("fields."):
        return getattr(content.fields, name.removeprefix("fields."))
    return getattr(content, name)


def _flat(content: Content) -> Iterator[tuple[str, Any]]:
    for one in fields(content):
        if one.name == "fields":
            yield from (
                (f"fields.{own.name}", getattr(content.fields, own.name)) for own in fields(content.fields)
            )
        else:
            yield one.name, getattr(content, one.name)


def _shown(value: Any) -> str:
    """A value as text to compare: lists one item a line, nothing for None and for what is empty."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return "\n".join(_shown(item) for item in value)
    if is_dataclass(value):
        parts = (_shown(getattr(value, one.name)) for one in fields(value))
        return " ".join(part.replace("\n", " ") for part in parts if part)
    return str(value)


def stretches(before: str, after: str) -> tuple[Stretch, ...]:
    """Word by word within the lines that differ."""
    found: list[Stretch] = []
    left = [PAIRS_MAX]
    for old, new in _blocks(before.splitlines(keepends=True), after.splitlines(keepends=True), left):
        if old == new:
            _append(found, Op.EQUAL, "".join(old))
            continue
        for gone, come in _blocks(_WORD.findall("".join(old)), _WORD.findall("".join(new)), left):
            if gone == come:
                _append(found, Op.EQUAL, "".join(gone))
            else:
                _append(found, Op.DELETE, "".join(gone))
                _append(found, Op.INSERT, "".join(come))
    return tuple(found)


def _blocks(
    old: Sequence[str], new: Sequence[str], left: list[int]
) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    """Runs of equal items and of replaced ones, in order. The common beginning and end are taken off first;
    `left` is the number of pairs that may still be looked at."""
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    yield old[:start], new[:start]
    middle_old, middle_new = old[start : len(old) - end], new[start : len(new) - end]
    have, want = Counter(middle_old), Counter(middle_new)
    left[0] -= sum(count * want[item] for item, count in have.items())
    if left[0] < 0:
        yield middle_old, middle_new
    else:
        matcher = SequenceMatcher(None, middle_old, middle_new, autojunk=False)
        for _, a, b, c, d in matcher.get_opcodes():
            yield middle_old[a:b], middle_new[c:d]
    yield old[len(old) - end :], new[len(new) - end :]


def _append(found: list[Stretch], op: Op, text: str) -> None:
    if not text:
        return
    if found and found[-1].op is op:
        found[-1] = Stretch(op, found[-1].text + text)
    else:
        found.append(Stretch(op, text))
