"""Who changes one entry at the same moment waits for the other: nobody is thrown out, on both databases."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from kb_service.models.attachments import Place, PlaceKind, ReadingState, TextPart
from kb_service.models.entries import Content, Entry, Link
from kb_service.ports.records import AttachmentRepository
from kb_service.service.attachments import Attachments
from kb_service.service.entries import Entries
from kernel.audit import Audit
from kernel.clock import Clock
from kernel.errors import Clashed
from kernel.identity.models import Actor
from kernel.jobs import Jobs
from kernel.records import Records, UnitOfWork
from kernel.records.engine import CLASHED
from tests.fakes.importable import importing_bank
from tests.fakes.searchable import SHIBUYA

PARTS = (TextPart(Place(PlaceKind.SECTION, 1), "読み取った文字"),)


class Meeting:
    """Lets one thread go on when another has come to the same place, or after a while."""

    def __init__(self) -> None:
        self.reached = threading.Event()

    def hold(self, seconds: float = 0.6) -> None:
        self.reached.set()
        threading.Event().wait(seconds)


class SlowParts:
    """Attachments whose text takes its time to be stored, with the row locked."""

    def __init__(self, inner: AttachmentRepository, meeting: Meeting) -> None:
        self._inner, self._meeting = inner, meeting

    def set_parts(self, work: UnitOfWork, attachment_id: str, parts: Sequence[TextPart]) -> None:
        self._inner.set_parts(work, attachment_id, parts)
        self._meeting.hold()

    def __getattr__(self, name: str) -> object:
        return getattr(self._inner, name)


def at_once(*steps: Callable[[], object]) -> list[BaseException]:
    """Runs the steps in threads of their own; what they raised."""
    raised: list[BaseException] = []

    def run(step: Callable[[], object]) -> None:
        try:
            step()
        except BaseException as error:
            raised.append(error)

    threads = [threading.Thread(target=run, args=(step,)) for step in steps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return raised


def no_progress(*_: object) -> None:
    """Nobody looks."""


def test_an_import_and_a_reading_of_the_file_that_it_replaces(
    records: Records, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kb_service.service.importing.CLASH_SECONDS", ())  # they wait, rather than clash
    folder = tmp_path / "資料"
    folder.mkdir()
    (folder / "一.txt").write_text("はじめの内容", encoding="utf-8")
    parts = importing_bank(records, home)
    (entry_id,) = parts.importing.import_folder(SHIBUYA, folder, no_progress).entries
    with records.read() as work:
        (old,) = parts.bank.repositories.attachments.of_entry(work, entry_id)
    (folder / "一.txt").write_text("直した内容", encoding="utf-8")
    meeting = Meeting()
    slow = replace(
        parts.bank.repositories,
        attachments=SlowParts(parts.bank.repositories.attachments, meeting),  # type: ignore[arg-type]
    )
    clock = Clock()
    reading = Attachments(slow, parts.blobs, Jobs(clock), Audit(clock), clock, signal=parts.bank.indexing)

    def read() -> None:
        with records.write() as work:
            reading.store_text(work, old.id, PARTS)

    def take_in() -> None:
        assert meeting.reached.wait(5)
        parts.importing.import_folder(SHIBUYA, folder, no_progress)

    parts.bank.indexing.start()  # what is removed is acknowledged when the indexes refuse it
    try:
        assert at_once(read, take_in) == []
    finally:
        parts.bank.indexing.stop()
    with records.read() as work:
        (now,) = parts.bank.repositories.attachments.of_entry(work, entry_id)
    assert (now.id != old.id, now.state) == (True, ReadingState.DONE)


def test_two_entries_that_begin_to_link_to_each_other(records: Records, home: Path) -> None:
    parts = importing_bank(records, home)
    ids = [parts.bank.add(title) for title in ("甲の記事", "乙の記事")]
    both = threading.Barrier(2)

    def link(entry_id: str, other: str) -> None:
        with records.write() as work:
            entry = parts.bank.repositories.entries.get(work, entry_id, lock=True)
            assert entry is not None
            if work.dialect == "postgresql":
                both.wait(5)
            content = replace(entry.content, links=(Link(other),))
            parts.bank.entries.save(work, SHIBUYA, entry_id, content, entry.version)

    assert at_once(lambda: link(ids[0], ids[1]), lambda: link(ids[1], ids[0])) == []


@pytest.mark.parametrize("records", ["postgresql"], indirect=True)
def test_two_transactions_that_wait_for_each_other_clash(records: Records) -> None:
    both = threading.Barrier(2)

    def lock(first: int, second: int) -> None:
        with records.write() as work:
            work.connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": first})
            both.wait(5)
            work.connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": second})

    (raised,) = at_once(lambda: lock(1, 2), lambda: lock(2, 1))
    assert isinstance(raised, Clashed)
    assert "同時" in raised.text.ja


def test_an_import_that_had_to_give_way_tries_again(
    sqlite_records: Records, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "資料"
    folder.mkdir()
    for name in ("一.txt", "二.md"):
        (folder / name).write_text(f"# 窓口の案内 {name}\n\n本文。", encoding="utf-8")
    parts = importing_bank(sqlite_records, home)
    create, tried = Entries.create, list[str]()

    def clash_first(self: Entries, work: UnitOfWork, actor: Actor, content: Content, *rest, **named) -> Entry:  # type: ignore[no-untyped-def]
        tried.append(content.title)
        if tried.count(content.title) == 1:
            raise Clashed(CLASHED)
        return create(self, work, actor, content, *rest, **named)

    monkeypatch.setattr(Entries, "create", clash_first)
    report = parts.importing.import_folder(SHIBUYA, folder, no_progress)
    assert (report.read, report.skipped, len(tried)) == (2, (), 4)
