"""Where decisions and reservations are kept, and how fields are found for people. Every method works inside the
caller's unit of work; whoever writes holds the lock of the batch."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from kernel.records import UnitOfWork
from ocr_service.models.batches import Batch, FieldState, ScanField, ScanPage
from ocr_service.models.verification import Decision, Place, Remaining, Reservation, Wish


class VerificationRepository(Protocol):
    """What people enter. Only fields of pages that were read are ever found; those of dropped pages are not."""

    def wanted(
        self,
        work: UnitOfWork,
        batch_id: str,
        wish: Wish,
        *,
        by: str,
        lead: bool,
        now: datetime,
        after: Place | None,
        limit: int,
    ) -> tuple[ScanField, ...]:
        """Fields that `by` may enter and that nobody else has reserved, in the order of pages and form, from
        behind `after` on and then, at the end, from the beginning up to it (its field included, as the last).
        A field in ENTERED is for others than who entered it; in DIFFERENT for a third person, or for a `lead`.
        Those that passed or are final only when the wish says every field."""

    def remaining(
        self, work: UnitOfWork, batch_id: str, wish: Wish, *, by: str, lead: bool, now: datetime
    ) -> Remaining:
        """How much of the wish is open for `by`, is open for others only (also: on their screens), is done."""

    def open_batches(
        self, work: UnitOfWork, owner: str, *, by: str, lead: bool
    ) -> tuple[tuple[Batch, Remaining], ...]:
        """Batches of this organisation that are going and have open fields, highest priority and oldest first;
        the counts as in `remaining`, reservations aside."""

    def names(self, work: UnitOfWork, batch_id: str) -> tuple[tuple[str, str, str, int, int], ...]:
        """(template id, version, field name, open, all), in the order of the forms."""

    def place(self, work: UnitOfWork, field_id: str) -> Place | None: ...

    def listed(
        self,
        work: UnitOfWork,
        batch_id: str,
        states: Collection[FieldState],
        wish: Wish,
        *,
        cursor: str | None,
        limit: int,
    ) -> tuple[tuple[ScanField, ...], str | None]:
        """Fields in the order of pages and form, and the cursor of the next ones. Raises Invalid for a cursor
        that no list has given."""

    def pages(self, work: UnitOfWork, page_ids: Collection[str]) -> Mapping[str, ScanPage]: ...

    def replace_field(self, work: UnitOfWork, field: ScanField) -> None:
        """Stores state, value, candidates, flags and version."""

    # Decisions

    def add_decision(self, work: UnitOfWork, decision: Decision) -> None: ...

    def undo(self, work: UnitOfWork, decision_id: str, at: datetime) -> None: ...

    def decisions(
        self, work: UnitOfWork, field_ids: Collection[str], *, undone: bool = False
    ) -> Mapping[str, tuple[Decision, ...]]:
        """By field, oldest first; those that hold, or with `undone` all. Fields without any are absent."""

    def last_by(self, work: UnitOfWork, batch_id: str, by: str) -> Decision | None:
        """The newest decision of this person in the batch that holds."""

    def done_by(
        self, work: UnitOfWork, batch_id: str, since: datetime, by: str = ""
    ) -> Sequence[tuple[Decision, FieldState, str, int]]:
        """Decisions since then (all of the batch's people, or one's), undone ones left out, with the state and
        value of their field now and how many entries it has."""

    # Reservations

    def reserved(
        self, work: UnitOfWork, field_ids: Collection[str], now: datetime
    ) -> Mapping[str, Reservation]:
        """Those that hold now, by field."""

    def reserve(self, work: UnitOfWork, reservations: Sequence[Reservation]) -> None:
        """Takes them, whoever had the fields before."""

    def renew(self, work: UnitOfWork, batch_id: str, by: str, until: datetime, now: datetime) -> int:
        """Lengthens all of a person's that still hold; how many."""

    def release(self, work: UnitOfWork, batch_id: str, by: str, field_ids: Collection[str]) -> None:
        """Gives fields free; those that somebody else has reserved stay theirs."""
