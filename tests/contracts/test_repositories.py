"""The contract of each repository port, on both databases: duplicates, absent ids, order, limits."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from kb_service.adapters.records import sql_repositories
from kb_service.models.attachments import Attachment, Place, PlaceKind, TextPart
from kb_service.models.entries import Entry, Link, LinkKind, Revision, Status
from kb_service.models.imports import Imported
from kb_service.models.listing import Listing
from kb_service.models.outbox import OutboxOp, OutboxRow
from kb_service.ports.records import Repositories
from kernel.clock import FixedClock
from kernel.errors import Conflict
from kernel.ids import new_id
from kernel.records import Records
from kernel.visibility import reader_keys
from tests.fakes.bank import MEMBERS, OWN, case
from tests.fakes.people import CHIYODA, CHUO

MINE, OTHERS = reader_keys(CHIYODA), reader_keys(CHUO)


@pytest.fixture
def all_of_them() -> Repositories:
    return sql_repositories()


def entry(clock: FixedClock, **values: object) -> Entry:
    now = clock.now()
    return Entry(new_id(), CHIYODA, 1, case(**values), now, "u1", now, "u1")  # type: ignore[arg-type]


def test_entries(records: Records, clock: FixedClock, all_of_them: Repositories) -> None:
    entries = all_of_them.entries
    first = entry(clock, tags=("税", "税"), audience=OWN)
    clock.forward(timedelta(microseconds=1))
    second = entry(clock, links=(Link(first.id), Link(first.id, LinkKind.USES)), tags=("税", "窓口%_"))
    with records.write() as work:
        entries.add(work, first)
        entries.add(work, second)
        with pytest.raises(Conflict):
            entries.add(work, first)
        assert entries.get(work, first.id) == first, "the failed addition broke nothing"
    with records.write() as work:
        assert entries.get(work, second.id, lock=True) == second
        assert entries.get(work, new_id()) is None
        many = [new_id() for _ in range(1_200)] + [first.id, second.id, first.id]
        assert entries.visible(work, many, MINE) == {first.id: first, second.id: second}
        assert entries.visible_ids(work, many, OTHERS) == {second.id}
        assert entries.visible(work, [], MINE) == {}
        assert entries.page(work, MINE, Listing(), None, 5).items == (second, first)
        assert entries.page(work, MINE, Listing(tags=("窓口%_", "なし")), None, 5).items == (second,)
        assert entries.page(work, MINE, Listing(statuses=(Status.DRAFT,)), None, 5).items == ()
        assert {(link.kind, source.id) for link, source in entries.links_to(work, first.id, MINE, 9)} == {
            (LinkKind.RELATED, second.id),
            (LinkKind.USES, second.id),
        }
        assert entries.all_ids(work, "", 9) == tuple(sorted((first.id, second.id)))
        assert entries.all_ids(work, max(first.id, second.id), 9) == ()
        assert [(one.tag, one.count) for one in entries.tags(work, MINE, "", 9)] == [("税", 2), ("窓口%_", 1)]
        assert [one.tag for one in entries.tags(work, MINE, "窓口%", 9)] == ["窓口%_"]
        assert entries.tags(work, MINE, "%", 9) == ()
        counts = entries.counts(work, MINE, CHIYODA)
        assert (counts.total, counts.by_status, counts.own_drafts) == (2, {Status.PUBLISHED: 2}, 0)


def test_replacing_needs_the_version_before(
    records: Records, clock: FixedClock, all_of_them: Repositories
) -> None:
    entries = all_of_them.entries
    one = entry(clock, tags=("旧",), audience=MEMBERS)
    with records.write() as work:
        entries.add(work, one)
        assert not entries.replace(work, replace(one, version=3))
        assert entries.get(work, one.id) == one
        changed = replace(one, version=2, content=case("新", tags=("新",), audience=OWN))
        assert entries.replace(work, changed)
        assert not entries.replace(work, changed)
        assert entries.get(work, one.id) == changed
        assert [tag.tag for tag in entries.tags(work, MINE, "", 9)] == ["新"]
        assert entries.visible(work, [one.id], OTHERS) == {}
        gone = replace(changed, version=3, deleted=True)
        assert entries.replace(work, gone)
        assert entries.visible(work, [one.id], MINE) == {}
        assert entries.get(work, one.id) == gone
        assert entries.deleted(work, CHIYODA, None, 5).items == (gone,)
        assert entries.deleted(work, CHUO, None, 5).items == ()


def test_revisions(records: Records, clock: FixedClock, all_of_them: Repositories) -> None:
    one = entry(clock)
    saves = [Revision(one.id, n, case(f"{n}"), clock.now(), "u1", note="直した") for n in (1, 2, 3)]
    with records.write() as work:
        all_of_them.entries.add(work, one)
        for save in saves:
            all_of_them.revisions.add(work, save)
        with pytest.raises(Conflict):
            all_of_them.revisions.add(work, saves[0])
        assert all_of_them.revisions.page(work, one.id, None, 2) == (saves[2], saves[1])
        assert all_of_them.revisions.page(work, one.id, 2, 9) == (saves[0],)
        assert all_of_them.revisions.get(work, one.id, 2) == saves[1]
        assert all_of_them.revisions.get(work, one.id, 4) is None
        assert all_of_them.revisions.page(work, new_id(), None, 9) == ()


def test_attachments(records: Records, clock: FixedClock, all_of_them: Repositories) -> None:
    attachments = all_of_them.attachments
    one = entry(clock)
    files = [
        Attachment(new_id(), one.id, f"{n}.pdf", "application/pdf", 3 * 10**9, f"{n:064x}", clock.now(), "u1")
        for n in range(3)
    ]
    part = TextPart(Place(PlaceKind.SLIDE, 3, "まとめ"), "髙" * 100_000, by_ocr=True)
    with records.write() as work:
        all_of_them.entries.add(work, one)
        for file in files:
            attachments.add(work, file)
        assert set(attachments.of_entry(work, one.id)) == set(files)
        assert attachments.count_of(work, [one.id, new_id()]) == {one.id: 3}
        attachments.set_parts(work, files[0].id, [part, part])
        assert attachments.parts(work, files[0].id) == (part, part)
        attachments.set_parts(work, files[0].id, [part])
        assert attachments.parts(work, files[0].id) == (part,)
        attachments.set_parts(work, files[0].id, [])
        assert attachments.parts(work, files[0].id) == ()
        attachments.set_parts(work, files[1].id, [part])
        attachments.remove(work, files[1].id)
        attachments.remove(work, files[1].id)
        assert attachments.get(work, files[1].id) is None and attachments.parts(work, files[1].id) == ()
        assert not attachments.replace(work, files[1])
        assert attachments.replace(work, replace(files[0], name="改名.pdf"))
        found = attachments.get(work, files[0].id, lock=True)
        assert found is not None and found.name == "改名.pdf"
        asked = [f"{n:064x}" for n in range(1_200)]
        assert attachments.digests(work, asked) == {files[0].digest, files[2].digest}


def test_the_outbox(records: Records, clock: FixedClock, all_of_them: Repositories) -> None:
    outbox, one = all_of_them.outbox, entry(clock)
    with records.write() as work:
        assert (outbox.last(work), outbox.after(work, 0, 9)) == (0, ())
        all_of_them.entries.add(work, one)
        assert outbox.append(work, one.id) == 1
        all_of_them.entries.replace(work, replace(one, version=2, deleted=True))
        assert outbox.append(work, one.id) == 2
        assert outbox.after(work, 0, 9) == (
            OutboxRow(1, one.id, 1, OutboxOp.PUT),
            OutboxRow(2, one.id, 2, OutboxOp.REMOVE),
        )
        assert [row.seq for row in outbox.after(work, 0, 1)] == [1]
        assert outbox.last(work) == 2


def test_pruning_the_outbox_keeps_the_newest_and_the_sequence(
    records: Records, clock: FixedClock, all_of_them: Repositories
) -> None:
    outbox, one = all_of_them.outbox, entry(clock)
    with records.write() as work:
        assert (outbox.first(work), outbox.prune(work, 9)) == (0, 0)
        all_of_them.entries.add(work, one)
        assert [outbox.append(work, one.id) for _ in range(5)] == [1, 2, 3, 4, 5]
    with records.write() as work:
        assert outbox.prune(work, 3) == 2
        assert (outbox.first(work), outbox.last(work)) == (3, 5)
        assert outbox.prune(work, 3) == 0
    with records.write() as work:
        assert outbox.prune(work, 99) == 2
        assert [row.seq for row in outbox.after(work, 0, 9)] == [5]
    with records.write() as work:
        assert outbox.append(work, one.id) == 6


def test_a_rolled_back_row_of_the_outbox_is_never_seen(
    records: Records, clock: FixedClock, all_of_them: Repositories
) -> None:
    one = entry(clock)
    with records.write() as work:
        all_of_them.entries.add(work, one)
        first = all_of_them.outbox.append(work, one.id)
    with pytest.raises(RuntimeError), records.write() as work:
        all_of_them.outbox.append(work, one.id)
        raise RuntimeError
    with records.write() as work:
        third = all_of_them.outbox.append(work, one.id)
    with records.read() as work:
        assert [row.seq for row in all_of_them.outbox.after(work, 0, 9)] == [first, third]
        assert third > first


def test_a_slow_writer_is_not_overtaken(
    records: Records, clock: FixedClock, all_of_them: Repositories
) -> None:
    """A row that was numbered earlier must not appear behind one that a reader has already passed."""
    one = entry(clock)
    with records.write() as work:
        all_of_them.entries.add(work, one)
    numbered, release = threading.Event(), threading.Event()
    fast_done = threading.Event()

    def slow() -> None:
        with records.write() as work:
            all_of_them.outbox.append(work, one.id)
            numbered.set()
            release.wait(10)

    def fast() -> None:
        numbered.wait(10)
        with records.write() as work:
            all_of_them.outbox.append(work, one.id)
        fast_done.set()

    threads = [threading.Thread(target=slow), threading.Thread(target=fast)]
    for thread in threads:
        thread.start()
    assert numbered.wait(10)
    assert not fast_done.wait(0.3), "the second writer must wait for the first one's commit"
    with records.read() as work:
        assert all_of_them.outbox.last(work) == 0
    release.set()
    for thread in threads:
        thread.join()
    with records.read() as work:
        assert [row.seq for row in all_of_them.outbox.after(work, 0, 9)] == [1, 2]


def test_imports(records: Records, clock: FixedClock, all_of_them: Repositories) -> None:
    imports, one = all_of_them.imports, entry(clock)
    long = "資料/" * 2_000 + "報告書.pdf"
    noted = Imported(CHIYODA, long, "0" * 64, one.id, clock.now())
    with records.write() as work:
        all_of_them.entries.add(work, one)
        assert imports.get(work, CHIYODA, long) is None
        imports.put(work, noted)
        imports.put(work, replace(noted, digest="1" * 64))
        assert imports.get(work, CHIYODA, long) == replace(noted, digest="1" * 64)
        assert imports.get(work, CHUO, long) is None
