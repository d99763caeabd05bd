"""Folders that scanners deliver to."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kernel.audit import SYSTEM
from kernel.clock import FixedClock
from kernel.errors import Invalid
from kernel.identity.models import Role
from kernel.records import Records
from ocr_service.models.batches import Batch, BatchState, FileState
from ocr_service.service.policies import Policies
from tests.fakes.formdesk import LARGEST, FormDesk, form_desk
from tests.fakes.forms import filled, scan
from tests.fakes.people import CHIYODA, CHUO, actor

ADMIN = actor(CHIYODA, Role.ADMINISTRATOR)
SOON = timedelta(seconds=6)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "scans" / "chiyoda"
    path.mkdir(parents=True)
    return path


@pytest.fixture
def desk(sqlite_records: Records, home: Path, clock: FixedClock, folder: Path) -> FormDesk:
    desk = form_desk(sqlite_records, home, clock, scan_folder=folder.parent)
    with sqlite_records.write() as work:
        desk.forms.policies.change(work, ADMIN, 90, "chiyoda", 0)
    return desk


def look(desk: FormDesk, clock: FixedClock) -> int:
    """Twice, with the time between in which a file comes to rest."""
    desk.forms.watching.look()
    clock.forward(SOON)
    return desk.forms.watching.look()


def batches(desk: FormDesk) -> tuple[Batch, ...]:
    with desk.records.read() as work:
        return desk.forms.batches.page(work, actor()).items


def test_a_delivered_stack_becomes_part_of_the_day(desk: FormDesk, clock: FixedClock, folder: Path) -> None:
    (folder / "a.pdf").write_bytes(scan(filled(1), filled(2)))
    (folder / "b.tif").write_bytes(scan(filled(3)))
    assert look(desk, clock) == 2
    desk.work_off()
    (batch,) = batches(desk)
    assert (batch.title, batch.created_by, batch.state) == (
        "自動取り込み 2026-11-20",
        SYSTEM,
        BatchState.READY,
    )
    assert sorted(path.name for path in (folder / "done").iterdir()) == ["a.pdf", "b.tif"]
    (folder / "c.pdf").write_bytes(scan(filled(4)))
    assert look(desk, clock) == 1
    desk.work_off()
    assert [each.id for each in batches(desk)] == [batch.id]
    assert desk.now(batch)[1].progress.pages_read == 4
    clock.forward(timedelta(days=1))
    (folder / "d.pdf").write_bytes(scan(filled(5)))
    assert look(desk, clock) == 1
    assert [each.title for each in batches(desk)] == ["自動取り込み 2026-11-21", "自動取り込み 2026-11-20"]


def test_a_file_that_still_grows_is_left(desk: FormDesk, clock: FixedClock, folder: Path) -> None:
    file = folder / "slow.pdf"
    file.write_bytes(scan(filled(1)))
    assert desk.forms.watching.look() == 0
    clock.forward(SOON)
    file.write_bytes(scan(filled(1), filled(2)))
    assert desk.forms.watching.look() == 0
    clock.forward(timedelta(seconds=2))
    assert desk.forms.watching.look() == 0
    clock.forward(SOON)
    assert desk.forms.watching.look() == 1


def test_what_is_no_delivery_is_left(desk: FormDesk, clock: FixedClock, folder: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.pdf"
    secret.write_bytes(scan(filled(9)))
    (folder / "link.pdf").symlink_to(secret)
    (folder / ".hidden.pdf").write_bytes(b"x")
    (folder / "~$lock.pdf").write_bytes(b"x")
    (folder / "half.pdf.part").write_bytes(b"x")
    (folder / "empty.pdf").touch()
    (folder / "subfolder").mkdir()
    os.mkfifo(folder / "pipe.pdf")
    assert look(desk, clock) == 0
    assert batches(desk) == ()


def test_what_is_too_large_fails_with_a_note(desk: FormDesk, clock: FixedClock, folder: Path) -> None:
    with (folder / "huge.pdf").open("wb") as file:
        file.truncate(LARGEST + 1)
    assert look(desk, clock) == 0
    assert "大きすぎます" in (folder / "failed" / "huge.pdf.txt").read_text(encoding="utf-8-sig")
    assert (folder / "failed" / "huge.pdf").exists() and not (folder / "huge.pdf").exists()


def test_taken_in_and_not_moved_is_recognised(desk: FormDesk, clock: FixedClock, folder: Path) -> None:
    data = scan(filled(1))
    for _ in range(2):  # the machine stopped before the file was moved: it lies there again
        (folder / "a.pdf").write_bytes(data)
        assert look(desk, clock) == 1
    (batch,) = batches(desk)
    with desk.records.read() as work:
        files = desk.forms.intake.files(work, actor(), batch.id)
    assert [(each.name, each.state) for each in files] == [("a.pdf", FileState.OPENING)]
    assert sorted(path.name for path in (folder / "done").iterdir()) == ["a (2).pdf", "a.pdf"]


def test_a_closed_batch_is_not_added_to(desk: FormDesk, clock: FixedClock, folder: Path) -> None:
    (folder / "a.pdf").write_bytes(scan(filled(1)))
    look(desk, clock)
    desk.work_off()
    (batch,) = batches(desk)
    with desk.records.write() as work:
        desk.forms.batches.close(work, actor(), batch.id, desk.now(batch)[0].revision)
    (folder / "b.pdf").write_bytes(scan(filled(2)))
    look(desk, clock)
    assert [each.title for each in batches(desk)] == [
        "自動取り込み 2026-11-20 (2)",
        "自動取り込み 2026-11-20",
    ]


@pytest.mark.parametrize("given", ["..", ".", "../..", "/etc", "absent", "a.txt", "out", "x\x00"])
def test_a_folder_that_may_not_be_watched(desk: FormDesk, folder: Path, tmp_path: Path, given: str) -> None:
    (folder.parent / "a.txt").write_text("a file")
    (folder.parent / "out").symlink_to(tmp_path)
    with desk.records.write() as work, pytest.raises(Invalid) as raised:
        desk.forms.policies.change(work, ADMIN, 90, given, 1)
    assert raised.value.problems[0].where == "watched_folder"


def test_two_wards_watch_no_folder_together(desk: FormDesk, folder: Path) -> None:
    (folder / "inner").mkdir()
    (folder.parent / "chuo").mkdir()
    chuo = actor(CHUO, Role.ADMINISTRATOR)
    with desk.records.write() as work:
        for given in ("chiyoda", "chiyoda/inner"):
            with pytest.raises(Invalid):
                desk.forms.policies.change(work, chuo, 90, given, 0)
        assert desk.forms.policies.change(work, chuo, 90, "chuo", 0).watched_folder == "chuo"


def test_without_the_setting_nothing_is_watched(desk: FormDesk, clock: FixedClock, folder: Path) -> None:
    (folder / "a.pdf").write_bytes(scan(filled(1)))
    other = form_desk(desk.records, folder.parent / "other", clock)
    assert look(other, clock) == 0
    policies: Policies = other.forms.policies
    with desk.records.write() as work, pytest.raises(Invalid):
        policies.change(work, ADMIN, 90, "chiyoda", 1)


def test_what_was_taken_in_lies_there_no_longer_than_batches_do(
    desk: FormDesk, clock: FixedClock, folder: Path
) -> None:
    clock.at = datetime.now(UTC)  # the time at which a file is moved is the file system's
    (folder / "a.pdf").write_bytes(scan(filled(1)))
    look(desk, clock)
    clock.forward(timedelta(days=89))
    look(desk, clock)
    assert (folder / "done" / "a.pdf").exists()
    (folder / "b.pdf").write_bytes(scan(filled(2)))
    clock.forward(timedelta(days=2))
    look(desk, clock)
    assert [path.name for path in (folder / "done").iterdir()] == ["b.pdf"]
