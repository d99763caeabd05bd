"""The road from the database to the indexes."""

from dataclasses import dataclass
from enum import StrEnum


class OutboxOp(StrEnum):
    """What the indexes have to do."""

    PUT = "put"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """One change, in commit order. `version` is the entry's; text read from an attachment changes an entry's
    passages without changing its version, so that order is told by `seq` alone."""

    seq: int
    entry_id: str
    version: int
    op: OutboxOp
