"""When two people saved the same entry: three-way comparison of form values, group by group. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from kb_service.models.entries import Kind
from kb_service.pages.fields import Control, words_of
from kb_service.pages.forms import Values

_TOGETHER: Mapping[str, tuple[str, ...]] = {
    "audience": ("audience", "audience_organisations"),
    "status": ("status", "planned_what", "planned_when"),
    "links": ("link_target", "link_kind"),
    "introduced_by": ("introduced_organisation", "introduced_contact"),
}
_COMMON = ("title", "summary", "body", "tags", "links", "audience", "status", "source", "sample")


@dataclass(frozen=True, slots=True)
class Clash:
    """One thing that both changed, each to something else."""

    name: str
    base: str
    mine: str
    theirs: str


@dataclass(frozen=True, slots=True)
class Merge:
    """`merged` takes every one-sided change; where both changed it holds mine until a person chooses."""

    merged: Values
    clashes: tuple[Clash, ...]
    only_mine: tuple[str, ...]
    only_theirs: tuple[str, ...]


def groups(kind: Kind) -> dict[str, tuple[str, ...]]:
    """What is chosen as one: name → the form values it consists of."""
    names = list(_COMMON)
    for words in words_of(kind):
        names.append("introduced_by" if words.control is Control.INTRODUCTIONS else words.name)
    return {name: _TOGETHER.get(name, (name,)) for name in names}


def merge(kind: Kind, base: Values, mine: Values, theirs: Values) -> Merge:
    """Compares what was opened, what I typed and what was saved in between."""
    merged: Values = {"kind": [kind]}
    clashes, only_mine, only_theirs = [], [], []
    for name, members in groups(kind).items():
        b, m, t = (_plain(side, members) for side in (base, mine, theirs))
        take = mine
        if m == t:
            pass
        elif m == b:
            take = theirs
            only_theirs.append(name)
        elif t == b:
            only_mine.append(name)
        else:
            clashes.append(Clash(name, _words(base, members), _words(mine, members), _words(theirs, members)))
        for member in members:
            merged[member] = list(take.get(member, []))
    return Merge(merged, tuple(clashes), tuple(only_mine), tuple(only_theirs))


def chosen(kind: Kind, posted: Values) -> Values:
    """The form after a person chose: `pick.NAME` is mine, theirs or own; `mine.X`, `theirs.X`, `own.X` hold values."""
    values = {name: list(given) for name, given in posted.items() if "." not in name}
    for name, members in groups(kind).items():
        side = (posted.get(f"pick.{name}") or [""])[0]
        if side in {"mine", "theirs", "own"}:
            for member in members:
                values[member] = list(posted.get(f"{side}.{member}", []))
    return values


def _plain(side: Values, members: tuple[str, ...]) -> list[list[str]]:
    cleaned = [[value.strip() for value in side.get(member, [])] for member in members]
    return [[value for value in given if value] if len(given) > 1 else given or [""] for given in cleaned]


def _words(side: Values, members: tuple[str, ...]) -> str:
    columns = [side.get(member, []) for member in members]
    rows = max((len(column) for column in columns), default=0)
    lines = []
    for number in range(rows):
        cells = [column[number].strip() for column in columns if number < len(column)]
        lines.append(" ".join(cell for cell in cells if cell))
    return "\n".join(line for line in lines if line)
