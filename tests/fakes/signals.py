"""An index signal that remembers what it was told instead of waking an index writer."""

from dataclasses import dataclass, field

from kernel.records import UnitOfWork


@dataclass
class RememberedSignals:
    """Keeps (sequence, must_wait) of each change in the order of the calls."""

    changes: list[tuple[int, bool]] = field(default_factory=list)

    def changed(self, work: UnitOfWork, seq: int, must_wait: bool) -> None:
        assert work.writing, "a change is told inside the transaction that made it"
        self.changes.append((seq, must_wait))
