"""What people decide about fields, and the right to do it for another ward."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class How(StrEnum):
    """How a person came to a value."""

    ACCEPTED = "accepted"  # the first candidate, as it was shown
    CHOSEN = "chosen"  # another candidate
    TYPED = "typed"
    BLANK = "blank"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Decision:
    """One person's entry for one field; never changed, undone by `undone_at`. `round`: 1 or 2 for the two
    entries, 3 for who decides between them. `value` in normal form, `typed` as it was typed. `keys`: keystrokes
    that were commands; `characters`: typed characters; `milliseconds` from showing to deciding."""

    id: str
    field_id: str
    batch_id: str
    round: int
    how: How
    choice: int  # the candidate's number from 1, 0 for none
    value: str
    typed: str
    by: str
    organisation: str  # of the person: the shared body for entrusted work
    at: datetime
    keys: int = 0
    characters: int = 0
    milliseconds: int = 0
    undone_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reservation:
    """A field that is on somebody's screen: nobody else is given it before `until`."""

    field_id: str
    batch_id: str
    by: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Grant:
    """A ward entrusts one batch to the shared body until `until`; ends at once when revoked. Work is always
    double entry, as snippets."""

    id: str
    batch_id: str
    owner: str
    grantee: str
    granted_by: str
    granted_at: datetime
    until: datetime
    revoked_at: datetime | None = None
    revoked_by: str = ""

    def open(self, now: datetime) -> bool:
        return self.revoked_at is None and now < self.until


@dataclass(frozen=True, slots=True)
class Pace:
    """One person's work over a time: decided fields, median seconds a field, keystrokes a field beside typed
    characters, and how often their entry agreed with the final value (None: nothing to compare)."""

    user_id: str
    fields: int
    seconds: float
    keys: float
    agreement: float | None
