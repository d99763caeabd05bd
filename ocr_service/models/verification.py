"""What people decide about fields, and the right to do it for another ward."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ocr_service.models.batches import ScanField, ScanPage
from ocr_service.models.fields import Field


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


@dataclass(frozen=True, slots=True)
class Wish:
    """Which fields of a batch a person wants to see: only those that wait for a person, or `every` one; of one
    page, or one `name` over all pages, when these are given."""

    every: bool = False
    page_id: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a field lies in its batch: position of the page, place on the form."""

    page: int
    order: int


@dataclass(frozen=True, slots=True)
class Choice:
    """A value that can be taken with one key. `raw` as it was read, "" when nobody read it (the form's own
    words); `characters`: one probability for each character of `raw`."""

    value: str
    shown: str
    raw: str = ""
    characters: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person says about a field. `choice` counts the choices from 1 (ACCEPTED is the first); `typed` is
    what was typed. `confirmed`: the person has seen what the checks say about the typed value."""

    how: How
    choice: int = 0
    typed: str = ""
    confirmed: bool = False
    keys: int = 0
    characters: int = 0
    milliseconds: int = 0


@dataclass(frozen=True, slots=True)
class Shown:
    """A field as it is put before a person. `asked`: what the form asks for there, None when its template is
    gone; `round`: which entry theirs would be; `entries`: what others have entered, only for who decides
    between them; `until`: nobody else is given the field before, None = not reserved; `mine`: their own entry
    that holds now."""

    field: ScanField
    page: ScanPage
    asked: Field | None
    choices: tuple[Choice, ...]
    round: int
    entries: tuple[Decision, ...] = ()
    until: datetime | None = None
    mine: Decision | None = None

    @property
    def label(self) -> str:
        return self.asked.label if self.asked else self.field.name


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of a decision: the field as it is now, and other fields of its page whose readings or state
    have changed with it."""

    field: ScanField
    decision: Decision
    changed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Remaining:
    """How much is left, of what was wished for: fields open for this person, those that wait for somebody else
    (their second entry), and those that are done."""

    open: int
    others: int
    done: int


@dataclass(frozen=True, slots=True)
class NamedField:
    """One field of a form over all pages of a batch, with how many wait for a person."""

    name: str
    label: str
    open: int
    total: int
