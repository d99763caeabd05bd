"""Batches from the first file to the last page, on both databases."""

import io
from pathlib import Path

import pytest

from kernel.clock import FixedClock
from kernel.errors import Conflict, Forbidden, Invalid, NotFound
from kernel.identity.models import Role
from kernel.records import Records
from ocr_service.models.batches import BatchState, Coverage, FieldState, FileState, PageState, Plan
from ocr_service.models.readings import PageOutcome
from ocr_service.service.batches import StaleBatch
from tests.fakes.formdesk import FormDesk, form_desk
from tests.fakes.forms import FakeOpener, filled
from tests.fakes.people import CHUO, actor


@pytest.fixture
def desk(records: Records, home: Path, clock: FixedClock) -> FormDesk:
    return form_desk(records, home, clock)


def test_a_stack_is_read_and_counted(desk: FormDesk) -> None:
    batch = desk.batch()
    assert batch.state is BatchState.RECEIVING
    desk.hand_in(batch, filled(1), filled(2, doubt=["amount"]), {"blank": True}, {"unknown": True})
    desk.hand_in(batch, filled(3), {"broken": "写真が壊れています。"}, name="second.tiff")
    desk.work_off()
    batch, standing = desk.now(batch)
    progress = standing.progress
    assert batch.state is BatchState.VERIFYING
    assert (progress.pages, progress.pages_read, progress.pages_waiting) == (6, 3, 0)
    assert (progress.pages_set_aside, progress.pages_dropped, progress.pages_unreadable) == (1, 1, 1)
    assert (progress.fields, progress.fields_passed, progress.fields_open) == (6, 5, 1)
    pages = desk.pages(batch)
    assert [page.position for page in pages] == [1, 2, 3, 4, 5, 6]
    assert [page.state for page in pages] == [
        PageState.READ,
        PageState.READ,
        PageState.DROPPED,
        PageState.SET_ASIDE,
        PageState.READ,
        PageState.UNREADABLE,
    ]
    assert pages[0].template_version == "1.0.0"
    assert pages[5].reason_ja == "写真が壊れています。"
    fields = desk.fields(pages[1])
    assert [(each.name, each.state, each.value) for each in fields] == [
        ("name", FieldState.PASSED, "特別区 太郎2"),
        ("amount", FieldState.DOUBTFUL, "1002"),
    ]
    assert desk.forms.sheets.crop(pages[1], fields[1]).endswith(b"amount 1002")
    assert desk.forms.sheets.crop(pages[1], fields[0]).endswith("name 特別区 太郎2".encode())
    assert desk.forms.sheets.preview(pages[1]).startswith(b"\xff\xd8")


def test_pages_keep_the_order_of_the_files_whichever_is_opened_first(desk: FormDesk) -> None:
    batch = desk.batch()
    files = [desk.hand_in(batch, filled(n), filled(n + 1), name=f"{n}.pdf") for n in (1, 11, 21)]
    opener = desk.parts.opener
    for file in (files[2], files[0], files[1]):
        contents = opener.contents(desk.forms.blobs.path(file.digest), file.name)
        with desk.records.write() as work:
            desk.forms.intake.opened(work, file.id, contents)
    order = [(page.position, page.file_id) for page in desk.pages(batch)]
    assert order == [(n + 1, files[n // 2].id) for n in range(6)]


def test_all_fields_are_seen_when_the_batch_says_so_and_flags_always(desk: FormDesk) -> None:
    everything = desk.batch(coverage=Coverage.ALL)
    desk.hand_in(everything, filled(1))
    flagged = desk.batch()
    desk.hand_in(flagged, filled(2) | {"flag": "struck_out"})
    desk.work_off()
    for batch in (everything, flagged):
        states = {each.state for page in desk.pages(batch) for each in desk.fields(page)}
        assert states == {FieldState.DOUBTFUL}


def test_the_same_bytes_wait_for_a_word(desk: FormDesk) -> None:
    first, second = desk.batch(title="朝の束"), desk.batch(title="昼の束")
    stack = (filled(1), filled(2))
    kept = desk.hand_in(first, *stack)
    assert desk.hand_in(first, *stack) == kept  # sent again after a broken connection
    same_batch = desk.hand_in(first, *stack, name="copy.pdf")
    other_batch = desk.hand_in(second, *stack)
    assert (same_batch.state, same_batch.same_as) == (FileState.TWICE, first.id)
    assert (other_batch.state, other_batch.same_as) == (FileState.TWICE, first.id)
    desk.work_off()
    assert len(desk.pages(second)) == 0
    with desk.records.write() as work:
        desk.forms.intake.skip(work, actor(), second.id, other_batch.id)
    with desk.records.write() as work:
        again = desk.forms.intake.read_anyway(work, actor(), second.id, other_batch.id)
    assert again.state is FileState.OPENING
    desk.work_off()
    assert [page.state for page in desk.pages(second)] == [PageState.READ] * 2


def test_another_ward_never_learns_of_a_batch(desk: FormDesk) -> None:
    batch = desk.batch()
    file = desk.hand_in(batch, filled(1))
    desk.work_off()
    page = desk.pages(batch)[0]
    other = actor(CHUO)
    absent = "0" * 32
    forms = desk.forms
    with desk.records.write() as work:
        for call in (
            lambda which: forms.batches.get(work, other, which),
            lambda which: forms.batches.standing(work, other, which),
            lambda which: forms.batches.pause(work, other, which, 1),
            lambda which: forms.batches.delete(work, other, which, batch.title),
            lambda which: forms.intake.files(work, other, which),
            lambda which: forms.intake.check_add(work, other, which),
            lambda which: forms.intake.skip(work, other, which, file.id),
            lambda which: forms.sheets.page(work, other, which),
            lambda which: forms.sheets.get(work, other, which, page.id),
            lambda which: forms.sheets.drop(work, other, which, page.id),
        ):
            said = []
            for which in (batch.id, absent):
                with pytest.raises(NotFound) as raised:
                    call(which)
                said.append(raised.value.text)
            assert said[0] == said[1]
        assert forms.batches.page(work, other).items == ()
    own = desk.batch(other)
    assert (
        desk.hand_in(own, filled(1), who=other).state is FileState.OPENING
    )  # the same bytes: nothing is told


def test_roles(desk: FormDesk) -> None:
    with desk.records.write() as work:
        for role in (Role.READER, Role.OPERATOR, Role.AUDITOR, Role.ADMINISTRATOR):
            with pytest.raises(Forbidden):
                desk.forms.batches.create(work, actor(CHUO, role), Plan("x"))
            with pytest.raises(Forbidden):
                desk.forms.batches.page(work, actor(CHUO, role))


def test_pause_resume_cancel_reopen_close(desk: FormDesk) -> None:
    batch = desk.batch()
    desk.hand_in(batch, filled(1), filled(2))
    desk.open_files()
    batch, _ = desk.now(batch)
    assert batch.state is BatchState.READING
    batches = desk.forms.batches
    with desk.records.write() as work:
        batch = batches.pause(work, actor(), batch.id, batch.revision)
    desk.read()
    assert desk.now(batch)[1].progress.pages_waiting == 2
    with desk.records.write() as work:
        with pytest.raises(StaleBatch):
            batches.resume(work, actor(), batch.id, batch.revision - 1)
        batch = batches.resume(work, actor(), batch.id, batch.revision)
        assert batch.state is BatchState.READING
        batch = batches.cancel(work, actor(), batch.id, batch.revision)
    desk.read()
    with desk.records.write() as work:
        with pytest.raises(Conflict):
            batches.pause(work, actor(), batch.id, batch.revision)
        batch = batches.reopen(work, actor(), batch.id, batch.revision)
    desk.work_off()
    batch, standing = desk.now(batch)
    assert (batch.state, standing.progress.pages_read) == (BatchState.READY, 2)
    with desk.records.write() as work:
        batch = batches.close(work, actor(), batch.id, batch.revision)
        with pytest.raises(Conflict):
            desk.forms.intake.check_add(work, actor(), batch.id)
        assert batches.reopen(work, actor(), batch.id, batch.revision).state is BatchState.READY


def test_more_pages_than_a_batch_takes(desk: FormDesk) -> None:
    batch = desk.batch()
    desk.hand_in(batch, *[{"blank": True, "n": n} for n in range(1_990)])
    desk.open_files()
    late = desk.hand_in(batch, *[filled(n) for n in range(11)], name="late.pdf")
    desk.open_files()
    with desk.records.read() as work:
        file = desk.desk.scans.file(work, late.id)
    assert file is not None and file.state is FileState.UNREADABLE
    assert "2,000" in file.reason_ja and "11" in file.reason_ja
    other = desk.batch(title="次の束")
    with desk.records.write() as work:
        desk.forms.intake.move(work, actor(), batch.id, late.id, other.id)
    desk.open_files()
    assert (len(desk.pages(batch)), len(desk.pages(other))) == (1_990, 11)


def test_a_page_set_aside_gets_its_template(desk: FormDesk) -> None:
    desk.shelf.versions["juki"] = "2.1.0"
    batch = desk.batch(templates=("kyufu",))
    desk.hand_in(batch, filled(1, form="juki"), filled(2))
    desk.work_off()
    page = desk.pages(batch)[0]
    assert (page.state, page.outcome) == (PageState.SET_ASIDE, PageOutcome.UNKNOWN)
    with desk.records.write() as work:
        with pytest.raises(Invalid):
            desk.forms.sheets.assign(work, actor(), batch.id, page.id, "nothing")
        desk.forms.sheets.assign(work, actor(), batch.id, page.id, "juki", template_page=1)
    assert desk.now(batch)[0].state is BatchState.READING
    desk.work_off()
    page = desk.pages(batch)[0]
    assert (page.state, page.template_id, page.template_version) == (PageState.READ, "juki", "2.1.0")
    assert desk.now(batch)[0].state is BatchState.READY


def test_a_template_changed_while_the_batch_runs_changes_nothing(desk: FormDesk) -> None:
    batch = desk.batch()
    desk.hand_in(batch, filled(1))
    desk.work_off()
    desk.shelf.versions["kyufu"] = "2.0.0"
    desk.hand_in(batch, filled(2), name="later.pdf")
    desk.work_off()
    assert {page.template_version for page in desk.pages(batch)} == {"1.0.0"}
    with desk.records.write() as work:
        batch = desk.now(batch)[0]
        plan = Plan(batch.title, threshold=0.5)
        with pytest.raises(Conflict):
            desk.forms.batches.change(work, actor(), batch.id, plan, batch.revision)


def test_dropped_pages_count_no_fields_and_come_back(desk: FormDesk) -> None:
    batch = desk.batch()
    desk.hand_in(batch, filled(1, doubt=["name"]), filled(2))
    desk.work_off()
    page = desk.pages(batch)[0]
    with desk.records.write() as work:
        desk.forms.sheets.drop(work, actor(), batch.id, page.id)
    now, standing = desk.now(batch)
    assert (now.state, standing.progress.fields, standing.progress.fields_open) == (BatchState.READY, 2, 0)
    with desk.records.write() as work:
        desk.forms.sheets.restore(work, actor(), batch.id, page.id)
    now, standing = desk.now(batch)
    assert (now.state, standing.progress.fields, standing.progress.fields_open) == (
        BatchState.VERIFYING,
        4,
        1,
    )


def test_a_view_is_noted_once_an_hour(desk: FormDesk, clock: FixedClock) -> None:
    from datetime import timedelta

    batch = desk.batch()
    for hours in (0, 0, 1):
        clock.forward(timedelta(hours=hours))
        with desk.records.write() as work:
            desk.forms.batches.note_view(work, actor(), batch.id)
    with desk.records.read() as work:
        assert desk.forms.batches.seen(work, actor(), batch.id)
        rows = work.connection.exec_driver_sql(
            "SELECT count(*) FROM audit_rows WHERE action = 'batch.viewed'"
        ).scalar_one()
    assert rows == 2


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"title": " "}, "title"),
        ({"title": "あ" * 201}, "title"),
        ({"title": "a\u202efdp"}, "title"),
        ({"note": "x\x00"}, "note"),
        ({"threshold": 1.5}, "threshold"),
        ({"priority": 3}, "priority"),
        ({"templates": ("nothing",)}, "templates"),
    ],
)
def test_a_plan_that_cannot_be(
    sqlite_records: Records, home: Path, clock: FixedClock, change: dict[str, object], where: str
) -> None:
    with pytest.raises(Invalid) as raised:
        form_desk(sqlite_records, home, clock).batch(**change)
    assert [problem.where for problem in raised.value.problems] == [where]


def test_small_files_are_opened_together(desk: FormDesk) -> None:
    batch = desk.batch()
    for number in range(70):
        desk.hand_in(batch, filled(number), filled(number + 100), name=f"{number:03}.png")
    broken = desk.parts.blobs.add(io.BytesIO(b"\xff no scan"), 100)
    with desk.records.write() as work:
        file = desk.forms.intake.add(work, actor(), batch.id, "broken.png", broken)
    desk.open_files()
    assert isinstance(desk.parts.opener, FakeOpener) and desk.parts.opener.looked <= 4
    pages = desk.pages(batch)
    assert len(pages) == 140
    assert [page.number for page in pages[:4]] == [1, 2, 1, 2]
    assert {page.member for page in pages} == {""}
    with desk.records.read() as work:
        found = desk.desk.scans.file(work, file.id)
    assert found is not None and found.state is FileState.UNREADABLE and found.reason_ja


def test_members_that_cannot_be_opened_are_pages_that_say_why(desk: FormDesk) -> None:
    batch = desk.batch()
    desk.hand_in(batch, {"member": "b", "unopened": "理由"}, {"member": "a.png"} | filled(1), name="x.zip")
    desk.work_off()
    pages = desk.pages(batch)
    assert [page.member for page in pages] == ["a.png", "b"]
    assert pages[0].state is PageState.READ
    assert pages[1].state is PageState.UNREADABLE and pages[1].reason_ja == "理由"
