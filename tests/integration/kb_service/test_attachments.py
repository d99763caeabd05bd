"""Attachments on both databases: who may, what is kept, what the reading job does."""

import io
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from kb_service.models.attachments import Attachment, Place, PlaceKind, ReadingState, TextPart
from kb_service.models.entries import Entry, Status
from kb_service.service.attachments import EACH_ENTRY_MAX, READ_JOB, SWEEP_JOB
from kb_service.tasks.sweeping import SweepFiles, Sweeping
from kernel.blobs import Stored
from kernel.clock import FixedClock
from kernel.errors import Conflict, Forbidden, NotFound, Text
from kernel.identity.models import Role
from kernel.jobs import Jobs, Worker
from kernel.records import Records, UnitOfWork
from tests.fakes.bank import OWN, WritingSide, case
from tests.fakes.people import CHIYODA, CHUO, actor

ME, OTHER = actor(CHIYODA), actor(CHUO)
PARTS = (
    TextPart(Place(PlaceKind.PAGE, 1), "一ページ目"),
    TextPart(Place(PlaceKind.SHEET, 2, "集計"), "表\x00の\ud800中", by_ocr=True),
)


@pytest.fixture
def bank(records: Records, home: Path, clock: FixedClock) -> WritingSide:
    return WritingSide(records, clock, home / "blobs")


@pytest.fixture
def entry(bank: WritingSide) -> Entry:
    with bank.records.write() as work:
        return bank.entries.create(work, ME, case())


def added(bank: WritingSide, entry: Entry, name: str = "報告書.pdf", data: bytes = b"%PDF") -> Attachment:
    stored = bank.blobs.add(io.BytesIO(data), 1_000)
    with bank.records.write() as work:
        return bank.attachments.add(work, ME, entry.id, name, stored)


def test_adding_asks_for_a_reading_in_the_same_transaction(bank: WritingSide, entry: Entry) -> None:
    one = added(bank, entry)
    assert (one.state, one.size, one.media_type) == (ReadingState.WAITING, 4, "application/pdf")
    with bank.records.read() as work:
        (job,) = bank.jobs.recent(work)
        assert (job.name, job.argument("attachment"), job.organisation) == (READ_JOB, one.id, CHIYODA)
        assert bank.attachments.list(work, OTHER, entry.id) == (one,)
        assert bank.attachments.counts(work, [entry.id, "0" * 32]) == {entry.id: 1}
        assert bank.attachments.file(one).read_bytes() == b"%PDF"
        assert bank.repositories.outbox.last(work) == 2


def test_the_same_file_twice_is_one_attachment(bank: WritingSide, entry: Entry) -> None:
    assert added(bank, entry) == added(bank, entry)
    assert added(bank, entry, name="別名.pdf").id != added(bank, entry).id


def test_what_was_left_out_of_a_read_file_is_told(bank: WritingSide, entry: Entry) -> None:
    one = added(bank, entry)
    notes = [Text("500ページまで読みました。", "Read up to page 500.")]
    with bank.records.write() as work:
        assert bank.attachments.store_text(work, one.id, PARTS, notes=notes)
    with bank.records.read() as work:
        done = bank.attachments.get(work, OTHER, one.id)
    assert (done.state, done.reason_ja, done.reason_en) == (ReadingState.DONE, notes[0].ja, notes[0].en)


def test_reading_goes_through_its_states(bank: WritingSide, entry: Entry) -> None:
    one = added(bank, entry)
    with bank.records.write() as work:
        assert bank.attachments.set_state(work, one.id, ReadingState.READING, 1, 2)
    with bank.records.write() as work:
        assert bank.attachments.store_text(work, one.id, PARTS, "application/x-pdf")
    with bank.records.read() as work:
        done = bank.attachments.get(work, OTHER, one.id)
        assert (done.state, done.pages_done, done.media_type) == (ReadingState.DONE, 2, "application/x-pdf")
        texts = bank.attachments.text(work, OTHER, one.id)
        assert texts == (PARTS[0], replace(PARTS[1], text="表 の?中"))
        assert bank.repositories.outbox.last(work) == 3, "the index must take the text in"
    assert bank.signals.changes[-1] == (3, False)
    with bank.records.write() as work:
        again = bank.attachments.read_again(work, ME, one.id)
        assert again.state is ReadingState.WAITING
        assert bank.attachments.text(work, ME, one.id) == texts
        bank.attachments.set_state(
            work, one.id, ReadingState.UNREADABLE, reason=Text("パスワードが必要です。", "Needs a password.")
        )
        assert bank.attachments.get(work, ME, one.id).reason_ja == "パスワードが必要です。"


def test_a_reading_that_ends_after_the_removal_changes_nothing(bank: WritingSide, entry: Entry) -> None:
    one = added(bank, entry)
    with bank.records.write() as work:
        bank.attachments.store_text(work, one.id, PARTS)
    with bank.records.write() as work:
        bank.attachments.remove(work, ME, one.id)
    assert bank.signals.changes[-1][1], "the answer must wait until the index has forgotten the text"
    with bank.records.write() as work:
        assert not bank.attachments.store_text(work, one.id, PARTS)
        assert not bank.attachments.set_state(work, one.id, ReadingState.READING)
        assert bank.attachments.to_read(work, one.id) is None
        assert bank.repositories.attachments.parts(work, one.id) == ()


def test_what_may_not_be_read_has_no_attachments(bank: WritingSide, entry: Entry) -> None:
    one = added(bank, entry)
    with bank.records.write() as work:
        bank.entries.save(work, ME, entry.id, case(audience=OWN), 1)
    asked: list[Callable[[UnitOfWork, str], object]] = [
        lambda work, key: bank.attachments.get(work, OTHER, key),
        lambda work, key: bank.attachments.text(work, OTHER, key),
        lambda work, key: bank.attachments.remove(work, OTHER, key),
        lambda work, key: bank.attachments.read_again(work, OTHER, key),
        lambda work, key: bank.attachments.get(work, None, key),
    ]
    for ask in asked:
        messages = []
        for key in (one.id, "0" * 32):
            with pytest.raises(NotFound) as caught, bank.records.write() as work:
                ask(work, key)
            messages.append(caught.value.text)
        assert messages[0] == messages[1]
    with pytest.raises(NotFound), bank.records.write() as work:
        bank.attachments.add(work, OTHER, entry.id, "a", Stored("0" * 64, 1))


def test_who_may_change_the_entry_may_change_its_attachments(bank: WritingSide, entry: Entry) -> None:
    one = added(bank, entry)
    contributor = actor(CHIYODA, Role.CONTRIBUTOR)
    for who in (OTHER, contributor, actor(CHIYODA, Role.READER)):
        for write in (
            lambda work, who=who: bank.attachments.add(work, who, entry.id, "b", Stored("0" * 64, 1)),
            lambda work, who=who: bank.attachments.check_add(work, who, entry.id),
            lambda work, who=who: bank.attachments.remove(work, who, one.id),
            lambda work, who=who: bank.attachments.read_again(work, who, one.id),
        ):
            with pytest.raises(Forbidden), bank.records.write() as work:
                write(work)
    with bank.records.write() as work:
        draft = bank.entries.create(work, contributor, case(status=Status.DRAFT))
        bank.attachments.add(work, contributor, draft.id, "b", Stored("0" * 64, 1))


def test_an_entry_holds_a_hundred_at_most(bank: WritingSide, entry: Entry) -> None:
    with bank.records.write() as work:
        for number in range(EACH_ENTRY_MAX):
            bank.attachments.add(work, ME, entry.id, f"{number}.txt", Stored("0" * 64, 1))
        with pytest.raises(Conflict):
            bank.attachments.add(work, ME, entry.id, "more.txt", Stored("0" * 64, 1))
        with pytest.raises(Conflict):
            bank.attachments.check_add(work, ME, entry.id)


def test_sweeping_keeps_what_is_needed_and_what_is_new(
    bank: WritingSide, entry: Entry, clock: FixedClock
) -> None:
    kept = added(bank, entry, data=b"needed")
    old = bank.blobs.add(io.BytesIO(b"given up"), 100)
    new = bank.blobs.add(io.BytesIO(b"about to be committed"), 100)
    day_before = (clock.now() - timedelta(days=2)).timestamp()
    for digest in (kept.digest, old.digest):
        os.utime(bank.blobs.path(digest), (day_before, day_before))
    now = clock.now().timestamp()
    os.utime(bank.blobs.path(new.digest), (now, now))
    with bank.records.read() as work:
        assert bank.attachments.sweep(work) == 1
    assert set(bank.blobs.digests()) == {kept.digest, new.digest}


def test_a_removed_file_is_gone_two_days_later(bank: WritingSide, entry: Entry, clock: FixedClock) -> None:
    one, twin = added(bank, entry, data=b"secret"), added(bank, entry, data=b"kept")
    for each in (one, twin):
        os.utime(bank.blobs.path(each.digest), (clock.now().timestamp(),) * 2)
    with bank.records.write() as work:
        bank.attachments.remove(work, ME, one.id)
    worker = Worker(bank.records, {SWEEP_JOB: SweepFiles(bank.records, bank.attachments)}, clock)
    assert worker.run_pending() == 0
    clock.forward(timedelta(days=2))
    assert worker.run_pending() == 1
    assert set(bank.blobs.digests()) == {twin.digest}


def test_what_broken_uploads_left_is_swept_each_day(
    bank: WritingSide, entry: Entry, clock: FixedClock
) -> None:
    orphan = bank.blobs.add(io.BytesIO(b"stored, and never committed"), 100)
    incoming = bank.folder / "incoming"
    for name in ("killed", "arriving"):
        (incoming / name).write_bytes(b"half")
    for path in (bank.blobs.path(orphan.digest), incoming / "killed", incoming / "arriving"):
        os.utime(path, (clock.now().timestamp(),) * 2)
    jobs = Jobs(clock)
    daily = Sweeping(bank.records, jobs, clock)
    worker = Worker(bank.records, {SWEEP_JOB: SweepFiles(bank.records, bank.attachments)}, clock)
    assert daily.look() and worker.run_pending() == 1
    assert set(bank.blobs.digests()) == {orphan.digest}
    clock.forward(timedelta(hours=23))
    assert not daily.look()
    clock.forward(timedelta(hours=2))
    os.utime(incoming / "arriving", (clock.now().timestamp(),) * 2)
    assert daily.look() and worker.run_pending() == 1
    assert list(bank.blobs.digests()) == []
    assert [path.name for path in incoming.iterdir()] == ["arriving"]
