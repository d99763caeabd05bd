"""Lanes under everything that can go wrong: killed workers, deadly pages, a full disk, two lanes at once, people
who pause, drop and delete while pages are read."""

import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest

from kernel.clock import Clock, FixedClock
from kernel.jobs import JobState
from kernel.records import Records
from ocr_service.models.batches import BatchState, FieldState, PageState, Plan
from ocr_service.models.readings import PageReading
from ocr_service.service.calls import READ_JOB
from ocr_service.wiring import lane_tasks
from tests.fakes.formdesk import SHORT_LEASE, FormDesk, form_desk
from tests.fakes.forms import FakeReader, filled
from tests.fakes.people import CHUO, actor

ROOT = Path(__file__).resolve().parents[3]


def doomed(task: str, records: Records, home: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.fakes.doomed_lanes", task, records.url, str(home)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def states(desk: FormDesk, batch_id: str) -> list[str]:
    with desk.records.read() as work:
        return [page.state.value for page in desk.desk.scans.pages(work, batch_id, (), None, 3_000).items]


def assert_each_page_once(desk: FormDesk, batch_id: str, pages: int) -> None:
    """Every page was read, has its own two fields, and its pictures."""
    with desk.records.read() as work:
        found = desk.desk.scans.pages(work, batch_id, (), None, 3_000).items
        assert len(found) == pages
        for page in found:
            fields = desk.desk.scans.fields(work, page.id)
            assert [each.name for each in fields] == ["name", "amount"], page
            assert fields[1].value == str(1000 + page.number)
            assert desk.forms.sheets.crop(page, fields[1]).endswith(fields[1].value.encode())
            assert desk.forms.sheets.preview(page)


def test_a_killed_worker_loses_nothing(records: Records, home: Path) -> None:
    desk = form_desk(records, home, Clock())
    batch = desk.batch()
    desk.hand_in(batch, *[filled(n) for n in range(1, 61)])
    desk.open_files()
    process = doomed("read-on", records, home)
    deadline = time.monotonic() + 20
    while states(desk, batch.id).count("read") < 10:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.kill()
    process.wait()
    after = states(desk, batch.id)
    assert "claimed" in after
    worker = desk.worker(lane_tasks(desk.forms), threads=2, lease=SHORT_LEASE)
    worker.start()
    while "waiting" in (now := states(desk, batch.id)) or "claimed" in now:
        assert time.monotonic() < deadline + 20
        time.sleep(0.05)
    worker.stop()
    assert_each_page_once(desk, batch.id, 60)
    assert desk.now(batch)[0].state is BatchState.READY


def test_a_page_that_takes_the_worker_with_it_is_left_after_twice(
    sqlite_records: Records, home: Path
) -> None:
    desk = form_desk(sqlite_records, home, Clock())
    batch = desk.batch()
    desk.hand_in(batch, filled(1), filled(2), {"kill": True}, filled(4), filled(5))
    desk.open_files()
    for _ in range(2):
        process = doomed("read-on", sqlite_records, home)
        assert process.wait(timeout=30) == -9
        time.sleep(SHORT_LEASE.total_seconds() + 0.1)
    worker = desk.worker(lane_tasks(desk.forms), lease=SHORT_LEASE)
    deadline = time.monotonic() + 20
    while desk.now(batch)[0].state is BatchState.READING:
        assert time.monotonic() < deadline
        desk.forms.lanes.look()
        worker.run_pending()
        time.sleep(0.1)
    pages = desk.pages(batch)
    assert [page.state.value for page in pages] == ["read", "read", "unreadable", "read", "read"]
    assert "2回" in pages[2].reason_ja


def test_a_page_that_its_reader_dies_of_is_left_after_twice(
    records: Records, home: Path, clock: FixedClock
) -> None:
    desk = form_desk(records, home, clock, lanes=1)
    batch = desk.batch()
    desk.hand_in(batch, filled(1), {"deadly": True}, filled(3), filled(4))
    desk.work_off()
    pages = desk.pages(batch)
    assert [page.state.value for page in pages] == ["read", "unreadable", "read", "read"]
    assert desk.reader.calls == [4, 1, 2]  # the suspect alone, so that it takes no other with it
    with desk.records.write() as work:
        now = desk.now(batch)[0]
        desk.forms.batches.retry(work, actor(), batch.id, now.revision)
    assert states(desk, batch.id)[1] == "waiting"
    with desk.records.write() as work:
        page = desk.pages(batch)[1]
        desk.forms.sheets.drop(work, actor(), batch.id, page.id)
    desk.work_off()
    assert desk.now(batch)[0].state is BatchState.READY


@pytest.mark.parametrize("records", ["postgresql"], indirect=True)  # whose own files can grow
def test_a_full_disk_stores_nothing_half(records: Records, home: Path) -> None:
    desk = form_desk(records, home, Clock(), lanes=1)
    batch = desk.batch()
    desk.hand_in(batch, *[filled(n) for n in range(1, 4)])
    desk.open_files()
    process = doomed("without-room", records, home)
    assert process.wait(timeout=30) == 0
    assert_each_page_once(desk, batch.id, 3)


def test_many_lanes_share_a_stack_and_no_page_is_read_twice(records: Records, home: Path) -> None:
    desk = form_desk(records, home, Clock(), reader=FakeReader(seconds=0.002), lanes=4)
    batch = desk.batch()
    desk.hand_in(batch, *[filled(n) for n in range(1, 101)])
    desk.open_files()
    read = [0] * 4

    def run(number: int) -> None:
        lane = f"lane-{number + 1}"
        read[number] = desk.forms.reading.run(lane, f"{lane}/x/1", lambda *_: None)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(read) == 100
    assert sum(count > 0 for count in read) > 1
    assert_each_page_once(desk, batch.id, 100)


def test_a_page_read_twice_replaces_nothing_that_people_decided(
    records: Records, home: Path, clock: FixedClock
) -> None:
    desk = form_desk(records, home, clock)
    batch = desk.batch()
    desk.hand_in(batch, filled(1, doubt=["name"]))
    desk.work_off()
    page = desk.pages(batch)[0]
    name, amount = desk.fields(page)
    with records.write() as work:
        work.connection.exec_driver_sql(
            "UPDATE ocr_fields SET state = 'decided', value = '特別区 花子', version = 2 "
            f"WHERE id = '{name.id}'"
        )
        desk.desk.scans.replace_page(work, page)
        work.connection.exec_driver_sql("UPDATE ocr_pages SET state = 'waiting'")
        work.connection.exec_driver_sql("UPDATE ocr_batches SET state = 'reading'")
        desk.forms.batches.settle(work, batch.id)
    desk.work_off()
    after = desk.fields(page)
    assert (after[0].id, after[0].state, after[0].value) == (name.id, FieldState.DECIDED, "特別区 花子")
    assert after[1].id != amount.id and after[1].value == amount.value
    assert desk.forms.sheets.crop(desk.pages(batch)[0], after[0])


def test_an_attempt_that_was_given_up_stores_nothing(records: Records, home: Path, clock: FixedClock) -> None:
    desk = form_desk(records, home, clock, lanes=1)
    batch = desk.batch()
    desk.hand_in(batch, filled(1), filled(2))
    desk.open_files()
    other = form_desk(records, home, clock, lanes=1)
    done: list[int] = []

    def meanwhile(_number: int) -> None:
        """While the first attempt is at its first page, its lane is taken over and everything is read."""
        desk.reader.before_page = lambda _number: None
        done.append(other.forms.reading.run("lane-1", "lane-1/x/2", lambda *_: None))

    desk.reader.before_page = meanwhile
    assert desk.forms.reading.run("lane-1", "lane-1/x/1", lambda *_: None) >= 0
    assert done == [2]
    assert_each_page_once(desk, batch.id, 2)


@pytest.mark.parametrize("what", ["pause", "cancel", "delete"])
def test_stopping_while_reading_acts_after_the_page_at_hand(
    records: Records, home: Path, clock: FixedClock, what: str
) -> None:
    desk = form_desk(records, home, clock, lanes=1)
    batch = desk.batch()
    desk.hand_in(batch, *[filled(n) for n in range(1, 21)])
    desk.open_files()

    def stop(number: int) -> None:
        if number == 5:
            now = desk.now(batch)[0]
            with records.write() as work:
                if what == "delete":
                    desk.forms.batches.delete(work, actor(), batch.id, batch.title)
                else:
                    getattr(desk.forms.batches, what)(work, actor(), batch.id, now.revision)

    desk.reader.before_page = stop
    desk.read()
    read = 4 if what == "delete" else 5
    assert states(desk, batch.id) == ["read"] * read + ["waiting"] * (20 - read)
    if what == "delete":
        desk.work_off()
        assert list(desk.forms.blobs.digests()) == []
    else:
        assert desk.now(batch)[0].state is (BatchState.PAUSED if what == "pause" else BatchState.CANCELLED)


def test_a_more_urgent_batch_comes_first_at_once(records: Records, home: Path, clock: FixedClock) -> None:
    desk = form_desk(records, home, clock, lanes=1)
    usual = desk.batch(title="いつもの束")
    desk.hand_in(usual, *[filled(n) for n in range(1, 31)])
    desk.open_files()
    urgent = []

    def arrives(number: int) -> None:
        if number == 3 and not urgent:
            urgent.append(desk.batch(title="急ぎの束", priority=2))
            desk.hand_in(urgent[0], filled(50), filled(51))
            desk.open_files()
        if number == 20:
            assert desk.now(urgent[0])[0].state is BatchState.READY

    desk.reader.before_page = arrives
    desk.work_off()
    assert desk.reader.calls[:2] == [30, 2]
    assert desk.now(usual)[1].progress.pages_read == 30


def test_batches_of_the_same_priority_take_turns(
    sqlite_records: Records, home: Path, clock: FixedClock
) -> None:
    desk = form_desk(sqlite_records, home, clock, lanes=1)
    large = desk.batch(title="大きい束")
    desk.hand_in(large, *[filled(n) for n in range(1, 41)])
    small = desk.batch(actor(CHUO), title="小さい束")
    desk.hand_in(small, filled(1), filled(2), who=actor(CHUO))
    desk.open_files()
    desk.reader.before_page = lambda _number: clock.forward(timedelta(seconds=1))
    desk.read()
    assert desk.reader.calls == [8, 2, 32]


def test_a_file_that_breaks_while_it_is_read_tells_so_on_its_pages(
    sqlite_records: Records, home: Path, clock: FixedClock
) -> None:
    desk = form_desk(sqlite_records, home, clock, lanes=1)
    broken, sound = desk.batch(title="壊れた束"), desk.batch(title="無事な束")
    file = desk.hand_in(broken, filled(1), filled(2))
    desk.hand_in(sound, filled(3))
    desk.open_files()
    desk.forms.blobs.path(file.digest).write_bytes(b"\xff\xfe not a scan")
    desk.work_off()
    assert states(desk, broken.id) == ["unreadable"] * 2
    assert "開けません" in desk.pages(broken)[0].reason_ja
    assert states(desk, sound.id) == ["read"]


def test_a_file_that_is_lost_tells_so(sqlite_records: Records, home: Path, clock: FixedClock) -> None:
    desk = form_desk(sqlite_records, home, clock)
    batch = desk.batch()
    file = desk.hand_in(batch, filled(1))
    desk.open_files()
    desk.forms.blobs.remove(file.digest)
    desk.work_off()
    assert desk.pages(batch)[0].state is PageState.UNREADABLE
    lost = desk.hand_in(batch, filled(2), name="lost.pdf")
    desk.forms.blobs.remove(lost.digest)
    desk.open_files()
    with desk.records.read() as work:
        found = desk.desk.scans.file(work, lost.id)
    assert found is not None and "見つかりません" in found.reason_ja


def test_pages_that_no_lane_sees_are_found(records: Records, home: Path, clock: FixedClock) -> None:
    desk = form_desk(records, home, clock, lanes=2)
    batch = desk.batch()
    desk.hand_in(batch, filled(1), filled(2))
    desk.open_files()
    assert desk.forms.lanes.look() == 0  # both are awake
    with records.write() as work:
        work.connection.exec_driver_sql("UPDATE jobs SET state = 'done', open_key = NULL")
    assert desk.forms.lanes.look() == 2
    desk.work_off()
    assert desk.now(batch)[0].state is BatchState.READY
    assert desk.forms.lanes.look() == 0
    with records.write() as work:  # a lane that was given up in the middle
        work.connection.exec_driver_sql(
            "UPDATE ocr_pages SET state = 'claimed', lane = 'lane-2/x/9' WHERE position = 1"
        )
        work.connection.exec_driver_sql("UPDATE ocr_batches SET state = 'reading'")
    assert desk.forms.lanes.look() == 1
    desk.work_off()
    assert desk.now(batch)[0].state is BatchState.READY


def test_a_lane_without_an_engine_waits_before_it_is_woken(
    sqlite_records: Records, home: Path, clock: FixedClock
) -> None:
    from kernel.errors import Text, Unavailable

    class Absent(FakeReader):
        def read(self, *_: object) -> None:
            raise Unavailable(Text("読み取りの仕組みがありません。", "There is no engine."))

    desk = form_desk(sqlite_records, home, clock, reader=Absent(), lanes=1)
    batch = desk.batch()
    desk.hand_in(batch, filled(1))
    desk.open_files()
    for _ in range(5):
        desk.read()
        clock.forward(timedelta(minutes=5))
    clock.forward(timedelta(minutes=-5))
    assert states(desk, batch.id) == ["waiting"]
    with desk.records.read() as work:
        job = desk.parts.jobs.recent(work, 1, names=(READ_JOB,))[0]
    assert job.state is JobState.FAILED and job.message_ja == "読み取りの仕組みがありません。"
    assert desk.forms.lanes.look() == 1
    assert desk.read() == 0
    clock.forward(timedelta(minutes=2))
    assert desk.read() == 1


def test_a_reader_that_falls_silent_is_counted_as_dead(
    sqlite_records: Records, home: Path, clock: FixedClock
) -> None:
    class Silent(FakeReader):
        def read(self, file: Path, wanted: object, forms: object, on_page: object) -> None:
            self.calls.append(0)

    desk = form_desk(sqlite_records, home, clock, reader=Silent(), lanes=1)
    batch = desk.batch()
    desk.hand_in(batch, filled(1))
    desk.work_off()
    assert states(desk, batch.id) == ["unreadable"]
    assert len(desk.reader.calls) == 2


def test_stopping_the_worker_gives_the_pages_back_unblamed(sqlite_records: Records, home: Path) -> None:
    desk = form_desk(sqlite_records, home, Clock(), reader=FakeReader(seconds=0.05), lanes=1)
    batch = desk.batch()
    desk.hand_in(batch, *[filled(n) for n in range(1, 41)])
    desk.open_files()
    worker = desk.worker(lane_tasks(desk.forms))
    worker.start()
    deadline = time.monotonic() + 10
    while states(desk, batch.id).count("read") < 3:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    worker.stop()
    after = states(desk, batch.id)
    assert "claimed" not in after and "waiting" in after
    with desk.records.read() as work:
        assert work.connection.exec_driver_sql("SELECT max(tries) FROM ocr_pages").scalar_one() == 0


def test_the_speed_and_the_time_that_is_left(sqlite_records: Records, home: Path, clock: FixedClock) -> None:
    desk = form_desk(sqlite_records, home, clock, lanes=1)
    batch = desk.batch()
    desk.hand_in(batch, *[filled(n) for n in range(1, 31)])
    desk.open_files()
    assert desk.now(batch)[1].seconds_left is None
    told: list[tuple[float | None, int | None]] = []

    def second(number: int) -> None:
        clock.forward(timedelta(seconds=1))
        if number == 21:
            standing = desk.now(batch)[1]
            told.append((standing.pages_per_minute, standing.seconds_left))

    desk.reader.before_page = second
    desk.read()
    assert told == [(60.0, 10)]
    clock.forward(timedelta(minutes=10))
    assert desk.now(batch)[1].pages_per_minute is None


def test_templates_are_those_of_the_batch(sqlite_records: Records, home: Path, clock: FixedClock) -> None:
    desk = form_desk(sqlite_records, home, clock, lanes=1)
    desk.shelf.versions["juki"] = "1.0.0"
    batch = desk.batch(templates=("juki",))
    desk.hand_in(batch, filled(1))
    desk.work_off()
    assert desk.reader.given == [(("juki", "1.0.0"),)]
    assert states(desk, batch.id) == ["set_aside"]
    with desk.records.write() as work:
        now = desk.now(batch)[0]
        plan = Plan("名前だけ変更", templates=now.templates)
        changed = desk.forms.batches.change(work, actor(), batch.id, plan, now.revision)
    assert changed.title == "名前だけ変更"


def test_unknown_pages_in_the_answer_are_passed_over(
    sqlite_records: Records, home: Path, clock: FixedClock
) -> None:
    class Chatty(FakeReader):
        def read(self, file, wanted, forms, on_page) -> None:  # type: ignore[no-untyped-def]
            from ocr_service.models.readings import PageOutcome

            on_page(PageReading(99, "other", PageOutcome.EMPTY))
            super().read(file, wanted, forms, on_page)

    desk = form_desk(sqlite_records, home, clock, reader=Chatty())
    batch = desk.batch()
    desk.hand_in(batch, filled(1))
    desk.work_off()
    assert states(desk, batch.id) == ["read"]


def test_small_files_are_read_together(records: Records, home: Path, clock: FixedClock) -> None:
    """Many scanners write a file for each page, and a process takes a second to start."""
    desk = form_desk(records, home, clock, lanes=1)
    batch = desk.batch()
    for number in range(1, 31):
        desk.hand_in(batch, filled(number), name=f"{number:03}.jpg")
    desk.hand_in(batch, *[filled(n) for n in range(100, 110)], name="stack.pdf")
    desk.hand_in(batch, {"deadly": True}, name="deadly.png")
    lost = desk.hand_in(batch, filled(40), name="lost.png")
    broken = desk.hand_in(batch, filled(41), name="broken.png")
    desk.hand_in(batch, filled(42), {"member": "x.jpg"} | filled(43), name="some.zip")
    desk.open_files()
    desk.forms.blobs.remove(lost.digest)
    desk.forms.blobs.path(broken.digest).write_bytes(b"\xff no scan")
    desk.read()
    pages = desk.pages(batch)
    values = [desk.fields(page)[1].value for page in pages[:40]]
    assert values == [str(1000 + n) for n in (*range(1, 31), *range(100, 110))]
    assert [page.state.value for page in pages[40:]] == ["unreadable"] * 3 + ["read"] * 2
    assert "2回" in pages[40].reason_ja
    assert "見つかりません" in pages[41].reason_ja
    assert "開けません" in pages[42].reason_ja
    assert desk.reader.calls[:2] == [30, 10]
    assert len(desk.reader.calls) < 8
