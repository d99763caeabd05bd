"""How the indexes stand."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Trouble:
    """An entry that could not be indexed. It is found by no search until it is saved again in a form that can
    be; `reason` is for the operator's log."""

    entry_id: str
    sequence: int
    reason: str


@dataclass(frozen=True, slots=True)
class Filling:
    """Entries read into an index that is being built, of all."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """`applied` and `last` are outbox sequences: equal when the indexes hold everything. `writes`: this process
    is the one that writes. `meaning`: the version of the text vectors, "" when only words are searched."""

    writes: bool
    applied: int
    last: int
    entries: int
    passages: int
    meaning: str
    filling: Filling | None = None
    troubles: tuple[Trouble, ...] = ()
    problem_ja: str = ""
    problem_en: str = ""
