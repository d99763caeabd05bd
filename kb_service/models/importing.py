"""What came of an import."""

from dataclasses import dataclass

from kernel.errors import Text


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that was not taken, or only in part, and why."""

    path: str
    reason: Text


@dataclass(frozen=True, slots=True)
class ImportReport:
    """`read`: files taken now; `unchanged`: files that an earlier import had taken; `entries`: the entries
    made or changed now, in the order of their files; `ignored`: paths of hidden files and the like."""

    read: int
    unchanged: int
    skipped: tuple[Skipped, ...]
    entries: tuple[str, ...]
    ignored: tuple[str, ...] = ()
