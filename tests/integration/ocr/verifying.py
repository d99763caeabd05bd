"""A verification service on real records, with drawn batches."""

from dataclasses import dataclass, replace
from pathlib import Path

from kernel.clock import FixedClock
from kernel.identity.models import Actor, Role
from kernel.records import Records
from ocr_service.models.batches import Batch, ScanField
from ocr_service.models.verification import Answer, Decided, How, Shown, Wish
from ocr_service.service.verification import Verification
from tests.fakes.formdesk import FormDesk, form_desk
from tests.fakes.people import CHIYODA
from tests.fakes.verifying import OneShelf, Read, add_batch

ACCEPT, BLANK, UNREADABLE = Answer(How.ACCEPTED), Answer(How.BLANK), Answer(How.UNREADABLE)


def person(name: str, *roles: Role, organisation: str = CHIYODA) -> Actor:
    return Actor(name, name, organisation, frozenset(roles or (Role.CONTRIBUTOR,)))


ANA, BEN, CLO = person("ana"), person("ben"), person("clo")
LEAD = person("lead", Role.REVIEWER)


def typed(text: str, confirmed: bool = False) -> Answer:
    return Answer(How.TYPED, typed=text, confirmed=confirmed, characters=len(text))


def choose(number: int) -> Answer:
    return Answer(How.CHOSEN, choice=number)


@dataclass(frozen=True)
class Verifying:
    """Calls as the edge makes them: one transaction each."""

    desk: FormDesk
    clock: FixedClock

    @property
    def service(self) -> Verification:
        return self.desk.forms.verification

    def batch(self, *pages: tuple[Read, ...], who: Actor = LEAD, **plan: object) -> Batch:
        parts = self.desk
        return add_batch(
            parts.records, parts.desk, parts.forms.batches, parts.forms.blobs, self.clock, who, pages, **plan
        )

    def next(self, who: Actor, batch: Batch, limit: int = 1, **more: object) -> tuple[Shown, ...]:
        wish = Wish(**{key: more.pop(key) for key in ("every", "page_id", "name") if key in more})  # type: ignore[arg-type]
        with self.desk.records.write() as work:
            return self.service.next(work, who, batch.id, wish, limit=limit, **more)  # type: ignore[arg-type]

    def decide(self, who: Actor, shown: Shown | ScanField, answer: Answer, version: int = 0) -> Decided:
        field = shown.field if isinstance(shown, Shown) else shown
        with self.desk.records.write() as work:
            return self.service.decide(work, who, field.batch_id, field.id, answer, version or field.version)

    def undo(self, who: Actor, batch: Batch, field_id: str = "") -> Shown:
        with self.desk.records.write() as work:
            return self.service.undo(work, who, batch.id, field_id)

    def field(self, batch: Batch, name: str, page: int = 1) -> ScanField:
        found = self.desk.pages(batch)[page - 1]
        return next(each for each in self.desk.fields(found) if each.name == name)

    def state(self, batch: Batch) -> str:
        return self.desk.now(batch)[0].state.value


def verifying(records: Records, home: Path, clock: FixedClock) -> Verifying:
    return Verifying(form_desk(records, home, clock, shelf=OneShelf()), clock)  # type: ignore[arg-type]


def with_version(field: ScanField, version: int) -> ScanField:
    return replace(field, version=version)
