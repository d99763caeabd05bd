"""What the repositories of batches promise, on both databases."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from kernel.errors import Invalid
from kernel.ids import new_id
from kernel.records import Records, UnitOfWork
from ocr_service.adapters.records import sql_desk
from ocr_service.models.batches import (
    Batch,
    BatchState,
    Coverage,
    Entry,
    FieldState,
    FileState,
    PageState,
    Policy,
    ScanField,
    ScanFile,
    ScanPage,
)
from ocr_service.models.readings import Candidate, Flag, PageOutcome
from ocr_service.ports.batches import Desk

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
QUAD = ((1.0, 2.5), (3.0, 2.5), (3.0, 4.0), (1.0, 4.0))


@pytest.fixture
def work(records: Records) -> Iterator[UnitOfWork]:
    with records.write() as opened:
        yield opened


@pytest.fixture
def desk() -> Desk:
    return sql_desk()


def a_batch(desk: Desk, work: UnitOfWork, **values: object) -> Batch:
    plain = Batch(
        id=new_id(),
        owner="131016",
        title="給付金",
        state=BatchState.READING,
        templates=("kyufu",),
        entry=Entry.DOUBLE,
        coverage=Coverage.ALL,
        threshold=0.975,
        priority=1,
        revision=1,
        created_at=NOW,
        created_by="u",
        updated_at=NOW,
        delete_after=NOW + timedelta(days=90),
        note="メモ",
    )
    batch = replace(plain, **values)  # type: ignore[arg-type]
    desk.batches.add(work, batch)
    return batch


def a_file(desk: Desk, work: UnitOfWork, batch: Batch, **values: object) -> ScanFile:
    plain = ScanFile(new_id(), batch.id, "a.pdf", "d" * 64, 3_000_000_000, FileState.OPENED, 0, NOW)
    file = replace(plain, **values)  # type: ignore[arg-type]
    desk.scans.add_file(work, file)
    return file


def some_pages(desk: Desk, work: UnitOfWork, file: ScanFile, count: int) -> list[ScanPage]:
    pages = [
        ScanPage(new_id(), file.batch_id, file.id, 0, "", number, PageState.WAITING)
        for number in range(1, count + 1)
    ]
    desk.scans.add_pages(work, file, pages)
    found = desk.scans.pages(work, file.batch_id, (), None, 1_000).items
    return [page for page in found if page.file_id == file.id]


def a_field(page: ScanPage, name: str = "name", **values: object) -> ScanField:
    plain = ScanField(
        id=new_id(),
        page_id=page.id,
        batch_id=page.batch_id,
        name=name,
        order=0,
        state=FieldState.DOUBTFUL,
        candidates=(Candidate("髙橋", "髙橋", 0.75, (0.5, 1.0)), Candidate("高橋", "高橋", 0.25)),
        confidence=0.625,
        blank=False,
        ink=4.5,
        flags=frozenset({Flag.STRUCK_OUT, Flag.OFF_PAGE}),
        quad=QUAD,
        crop_at=10,
        crop_size=20,
        engine="e/1",
        value="髙橋",
        version=1,
    )
    return replace(plain, **values)  # type: ignore[arg-type]


def test_what_is_stored_comes_back(desk: Desk, work: UnitOfWork) -> None:
    batch = a_batch(desk, work)
    assert desk.batches.get(work, batch.id) == batch == desk.batches.hold(work, batch.id)
    changed = replace(batch, title="別名", state=BatchState.PAUSED, revision=2, priority=2, note="")
    desk.batches.replace(work, changed)
    assert desk.batches.get(work, batch.id, lock=True) == changed
    file = a_file(desk, work, batch, reason_ja="理由", reason_en="why", same_as="x")
    assert desk.scans.file(work, file.id) == file == desk.scans.files(work, batch.id)[0]
    (page,) = some_pages(desk, work, file, 1)
    read = replace(
        page,
        state=PageState.READ,
        outcome=PageOutcome.MATCHED,
        forced="kyufu:2",
        template_id="kyufu",
        template_version="1.2.0",
        template_page=2,
        turn=270,
        skew=-1.5,
        score=0.5,
        residual=0.25,
        preview="a" * 64,
        preview_width=990,
        preview_height=1400,
        crops="b" * 64,
        read_at=NOW,
    )
    desk.scans.replace_page(work, read)
    assert desk.scans.get_page(work, page.id) == read
    field = a_field(page)
    desk.scans.put_fields(work, page.id, [field])
    assert desk.scans.fields(work, page.id) == (field,) == (desk.scans.field(work, field.id),)
    for absent in (
        desk.batches.get,
        desk.batches.hold,
        desk.scans.file,
        desk.scans.get_page,
        desk.scans.field,
    ):
        assert absent(work, "0" * 32) is None


def test_lists_go_on_where_they_ended(desk: Desk, work: UnitOfWork) -> None:
    made = [a_batch(desk, work, created_at=NOW + timedelta(minutes=n // 2)) for n in range(5)]
    a_batch(desk, work, owner="131024")
    a_batch(desk, work, state=BatchState.CLOSED)
    expected = sorted(made, key=lambda each: (each.created_at, each.id), reverse=True)
    found, cursor = [], None
    while True:
        listed = desk.batches.page(work, "131016", (BatchState.READING,), cursor, 2)
        found += listed.items
        cursor = listed.next
        if cursor is None:
            break
    assert found == expected
    pages = some_pages(desk, work, a_file(desk, work, made[0]), 5)
    first = desk.scans.pages(work, made[0].id, (PageState.WAITING,), None, 3)
    rest = desk.scans.pages(work, made[0].id, (), first.next, 3)
    assert [*first.items, *rest.items] == pages and rest.next is None
    for cursor in ("x", "2026~y", "-1", "１"):
        with pytest.raises(Invalid):
            desk.batches.page(work, "131016", (), cursor, 2)
        with pytest.raises(Invalid):
            desk.scans.pages(work, made[0].id, (), cursor, 2)


def test_same_bytes_are_those_of_the_own_organisation_that_are_read(desk: Desk, work: UnitOfWork) -> None:
    own, other = a_batch(desk, work), a_batch(desk, work, owner="131024")
    deleted = a_batch(desk, work, state=BatchState.DELETED)
    file = a_file(desk, work, own)
    a_file(desk, work, other)
    a_file(desk, work, deleted)
    a_file(desk, work, own, state=FileState.SKIPPED)
    a_file(desk, work, own, state=FileState.TWICE)
    assert desk.scans.same_bytes(work, "131016", "d" * 64) == (file,)
    assert desk.scans.same_bytes(work, "131016", "e" * 64) == ()


def test_pages_are_taken_by_priority_then_in_turns(desk: Desk, work: UnitOfWork) -> None:
    usual = a_batch(desk, work)
    urgent = a_batch(desk, work, priority=2, created_at=NOW + timedelta(hours=1))
    paused = a_batch(desk, work, priority=2, state=BatchState.PAUSED)
    files = {each.id: a_file(desk, work, each) for each in (usual, urgent, paused)}
    for each in (usual, urgent, paused):
        some_pages(desk, work, files[each.id], 6)
    assert desk.lanes.waiting(work) and desk.lanes.before(work, usual) and not desk.lanes.before(work, urgent)
    order = []
    for turn in range(6):
        claimed = desk.lanes.claim(work, "lane-1/a/1", 2, NOW + timedelta(seconds=turn))
        order.append(None if claimed is None else (claimed.batch.id, [page.number for page in claimed.pages]))
    assert order == [
        (urgent.id, [1, 2, 3, 4]),
        (urgent.id, [5, 6]),
        (usual.id, [1, 2, 3, 4]),
        (usual.id, [5, 6]),
        None,
        None,
    ]
    assert not desk.lanes.waiting(work) and desk.lanes.stranded(work) == {"lane-1"}


def test_only_who_has_claimed_a_page_finishes_it(desk: Desk, work: UnitOfWork) -> None:
    batch = a_batch(desk, work)
    some_pages(desk, work, a_file(desk, work, batch), 3)
    claimed = desk.lanes.claim(work, "lane-1/a/1", 1, NOW)
    assert claimed is not None and len(claimed.pages) == 3 and claimed.tried == 0
    page = replace(claimed.pages[0], state=PageState.READ)
    assert not desk.lanes.finish(work, page, "lane-1/a/2")
    assert desk.lanes.finish(work, page, "lane-1/a/1")
    assert not desk.lanes.finish(work, page, "lane-1/a/1")
    second, third = claimed.pages[1:]
    assert [page_id for page_id, _ in desk.lanes.left_behind(work, "lane-1", "lane-1/a/2")] == [
        second.id,
        third.id,
    ]
    assert desk.lanes.left_behind(work, "lane-1", "lane-1/a/1") == ()
    assert desk.lanes.left_behind(work, "lane-2", "x") == ()
    assert desk.lanes.blame(work, second.id, "lane-9/a/1") == 0
    assert desk.lanes.blame(work, second.id, "lane-1/a/1") == 1
    assert desk.lanes.give_back(work, "lane-1/a/1") == 1
    alone = desk.lanes.claim(work, "lane-2/a/1", 1, NOW)
    assert alone is not None and [page.id for page in alone.pages] == [second.id] and alone.tried == 1
    rest = desk.lanes.claim(work, "lane-3/a/1", 1, NOW)
    assert rest is not None and [page.id for page in rest.pages] == [third.id]


def test_fields_are_replaced_unless_people_touched_them(desk: Desk, work: UnitOfWork) -> None:
    batch = a_batch(desk, work)
    (page,) = some_pages(desk, work, a_file(desk, work, batch), 1)
    desk.scans.put_fields(work, page.id, [a_field(page, "a"), a_field(page, "b"), a_field(page, "c")])
    assert not desk.scans.touched(work, page.id)
    touched = desk.scans.fields(work, page.id)[0]
    work.connection.exec_driver_sql(f"UPDATE ocr_fields SET state = 'entered' WHERE id = '{touched.id}'")
    assert desk.scans.touched(work, page.id)
    other = a_field(page, touched.name, value="別", crop_at=99, candidates=())
    desk.scans.put_fields(work, page.id, [other, a_field(page, "d")])
    by_name = {each.name: each for each in desk.scans.fields(work, page.id)}
    assert sorted(by_name) == sorted({touched.name, "d"})
    kept = by_name[touched.name]
    assert (kept.id, kept.value, kept.candidates) == (touched.id, touched.value, touched.candidates)
    assert kept.crop_at == 99


def test_counts(desk: Desk, work: UnitOfWork) -> None:
    batch, empty = a_batch(desk, work), a_batch(desk, work)
    pages = some_pages(desk, work, a_file(desk, work, batch), 4)
    a_file(desk, work, batch, state=FileState.TWICE)
    for page, state in zip(pages, (PageState.READ, PageState.DROPPED, PageState.UNREADABLE), strict=False):
        desk.scans.replace_page(work, replace(page, state=state))
    for page, states in (
        (pages[0], (FieldState.PASSED, FieldState.ENTERED, FieldState.DECIDED, FieldState.UNREADABLE)),
        (pages[1], (FieldState.DOUBTFUL, FieldState.PASSED)),
    ):
        desk.scans.put_fields(
            work, page.id, [a_field(page, str(n), state=s, order=n) for n, s in enumerate(states)]
        )
    standings = desk.batches.standings(work, [batch.id, empty.id], NOW)
    counts = standings[batch.id].progress
    assert (counts.pages, counts.pages_waiting, counts.pages_read) == (4, 1, 1)
    assert (counts.pages_dropped, counts.pages_unreadable, counts.pages_set_aside) == (1, 1, 0)
    assert (counts.fields, counts.fields_passed, counts.fields_open, counts.fields_decided) == (4, 1, 1, 2)
    assert (standings[batch.id].files, standings[batch.id].files_twice) == (2, 1)
    assert standings[empty.id].progress.pages == 0
    outstanding = desk.batches.outstanding(work, batch.id)
    assert (outstanding.waiting, outstanding.opening, outstanding.open_fields) == (1, 0, True)
    assert desk.scans.requeue(work, batch.id, PageState.UNREADABLE) == 1
    assert [each.value for each in desk.scans.corrections(work, batch.id)] == ["髙橋"] * 3
    assert [each.decided for each in desk.scans.corrections(work, batch.id)] == [False, True, True]


def test_pins_views_and_policies(desk: Desk, work: UnitOfWork) -> None:
    batch = a_batch(desk, work)
    assert desk.batches.pins(work, batch.id) == {}
    desk.batches.set_pins(work, batch.id, {"kyufu": "1.0.0"})
    assert desk.batches.pins(work, batch.id) == {"kyufu": "1.0.0"}
    assert not desk.batches.viewed(work, batch.id, "u", "2026-11-20T09", note=False)
    assert not desk.batches.viewed(work, batch.id, "u", "2026-11-20T09", note=True)
    assert desk.batches.viewed(work, batch.id, "u", "2026-11-20T09", note=True)
    assert not desk.batches.viewed(work, batch.id, "v", "2026-11-20T09", note=False)
    policy = Policy("131016", 30, "scans", 1, NOW, "u")
    desk.policies.put(work, policy)
    assert desk.policies.get(work, "131016", lock=True) == policy
    without = replace(policy, watched_folder="", revision=2)
    desk.policies.put(work, without)
    assert desk.policies.get(work, "131016") == without
    assert desk.policies.watching(work) == () and desk.policies.get(work, "131024") is None


def test_batches_whose_time_is_over(desk: Desk, work: UnitOfWork) -> None:
    over = a_batch(desk, work, delete_after=NOW)
    a_batch(desk, work, delete_after=NOW + timedelta(seconds=1))
    a_batch(desk, work, delete_after=NOW, state=BatchState.DELETED)
    assert desk.batches.due(work, NOW, 10) == (over,)


def test_blobs_that_are_needed(desk: Desk, work: UnitOfWork) -> None:
    first, second = a_batch(desk, work), a_batch(desk, work)
    a_file(desk, work, first, digest="1" * 64)
    (page,) = some_pages(desk, work, a_file(desk, work, second, digest="2" * 64), 1)
    desk.scans.replace_page(work, replace(page, preview="3" * 64, crops="1" * 64))
    asked = [digit * 64 for digit in "1234"]
    assert desk.erasures.needed(work, asked) == {each for each in asked if each[0] in "123"}
    assert desk.erasures.needed(work, asked, but_by=second.id) == {"1" * 64}
    assert desk.erasures.holdings(work, second.id).digests == tuple(digit * 64 for digit in "123")
    desk.erasures.erase(work, second.id)
    assert desk.erasures.needed(work, asked) == {"1" * 64}
    assert desk.erasures.holdings(work, second.id).pages == 1
