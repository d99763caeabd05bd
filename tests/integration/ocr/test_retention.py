"""The end of batches: by time, by a person; what must go, what must stay, and the proof."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from kernel.audit import Sealer, verify
from kernel.clock import FixedClock
from kernel.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from kernel.identity.models import Role
from kernel.records import Records
from ocr_service.models.batches import BatchState, FileState
from ocr_service.service.policies import DEFAULT_DAYS
from ocr_service.service.retention import digest_of
from tests.fakes.formdesk import FormDesk, form_desk
from tests.fakes.forms import filled
from tests.fakes.people import CHIYODA, CHUO, actor

ADMIN = actor(CHIYODA, Role.ADMINISTRATOR)


@pytest.fixture
def desk(records: Records, home: Path, clock: FixedClock) -> FormDesk:
    return form_desk(records, home, clock)


def proofs(desk: FormDesk) -> list[dict[str, object]]:
    with desk.records.read() as work:
        rows = work.connection.exec_driver_sql(
            "SELECT details FROM audit_rows WHERE action = 'batch.erased' ORDER BY id"
        ).scalars()
        return [json.loads(row) for row in rows]


def everything_stored(desk: FormDesk) -> str:
    """All that the tables of the service hold, as text."""
    with desk.records.read() as work:
        rows = []
        for table in ("batches", "files", "pages", "fields", "decisions", "exports", "reservations"):
            rows += work.connection.exec_driver_sql(f"SELECT * FROM ocr_{table}").all()
        return repr(rows)


def decide(desk: FormDesk, field_id: str, batch_id: str) -> None:
    """As verification does it."""
    with desk.records.write() as work:
        work.connection.exec_driver_sql(
            "UPDATE ocr_fields SET state = 'decided', value = '秘密 花子', version = 2 "
            f"WHERE id = '{field_id}'"
        )
        work.connection.exec_driver_sql(
            "INSERT INTO ocr_decisions VALUES "
            f"('{'d' * 32}', '{field_id}', '{batch_id}', 1, 'typed', 0, '秘密 花子', '秘密花子', 'u', '131016', "
            "'2026-11-20 09:00:00', 1, 4, 900, NULL)"
        )


def test_when_its_time_is_over_everything_goes_and_the_counts_stay(desk: FormDesk, clock: FixedClock) -> None:
    batch = desk.batch(note="電話 03-1234-5678")
    desk.hand_in(batch, filled(1, doubt=["name"]), filled(2), name="特別区太郎の申請書.pdf")
    young = desk.batch(title="あとの束")
    clock.forward(timedelta(days=1))
    late = desk.batch(title="翌日の束")
    desk.hand_in(late, filled(7))
    desk.work_off()
    decide(desk, desk.fields(desk.pages(batch)[0])[0].id, batch.id)
    with desk.records.read() as work:
        held = desk.desk.erasures.holdings(work, batch.id)
    assert (held.files, held.pages, held.fields, held.decisions, len(held.digests)) == (1, 2, 4, 1, 5)
    clock.forward(timedelta(days=DEFAULT_DAYS) - timedelta(days=1, seconds=1))
    assert desk.forms.retention.look() == 0
    clock.forward(timedelta(seconds=1))
    assert desk.forms.retention.look() == 2  # with the empty one of the same day
    assert desk.forms.retention.look() == 0
    desk.work_off()
    stored = everything_stored(desk)
    for secret in ("特別区 太郎1", "特別区 太郎2", "特別区太郎の申請書", "秘密", "1001", "03-1234-5678"):
        assert secret not in stored
    assert "特別区 太郎7" in stored
    with desk.records.read() as work:
        needed = desk.desk.erasures.needed(work, list(desk.forms.blobs.digests()))
    assert set(desk.forms.blobs.digests()) == needed and len(needed) == 3
    now, standing = desk.now(batch)
    assert now.state is BatchState.DELETED and now.title == "給付金 第1便"
    assert (standing.progress.pages, standing.progress.fields, standing.progress.fields_decided) == (2, 4, 1)
    assert desk.now(young)[0].state is BatchState.DELETED
    assert proofs(desk) == [
        {
            "files": 1,
            "pages": 2,
            "fields": 4,
            "decisions": 1,
            "exports": 0,
            "blobs": 5,
            "digest": digest_of(held),
        }
    ]
    Sealer(desk.records, clock).seal()
    with desk.records.read() as work:
        assert verify(work, CHIYODA).ok


def test_bytes_that_another_batch_needs_stay(desk: FormDesk) -> None:
    first, second = desk.batch(title="一つ目"), desk.batch(actor(CHUO), title="隣の区の束")
    desk.hand_in(first, filled(1))
    desk.hand_in(second, filled(1), who=actor(CHUO))
    desk.work_off()
    with desk.records.write() as work:
        desk.forms.batches.delete(work, actor(), first.id, "一つ目")
    desk.work_off()
    with desk.records.read() as work:
        page = desk.forms.sheets.page(work, actor(CHUO), second.id).items[0]
        field = desk.forms.sheets.fields(work, actor(CHUO), second.id, page.id)[0]
    assert desk.forms.sheets.preview(page) and desk.forms.sheets.crop(page, field)
    assert desk.forms.blobs.path(_file_digest(desk, second.id)).exists()
    with desk.records.write() as work:
        desk.forms.batches.delete(work, actor(CHUO), second.id, "隣の区の束")
    desk.work_off()
    assert list(desk.forms.blobs.digests()) == []


def _file_digest(desk: FormDesk, batch_id: str) -> str:
    with desk.records.read() as work:
        return desk.desk.scans.files(work, batch_id)[0].digest


def test_a_person_erases_early_by_typing_the_title(desk: FormDesk) -> None:
    batch = desk.batch()
    desk.hand_in(batch, filled(1))
    desk.work_off()
    other = actor(CHIYODA, Role.CONTRIBUTOR, name="ほかの人")
    with desk.records.write() as work:
        with pytest.raises(Invalid):
            desk.forms.batches.delete(work, actor(), batch.id, "給付金")
        with pytest.raises(Forbidden):
            desk.forms.batches.delete(work, other, batch.id, batch.title)
        desk.forms.batches.delete(work, actor(), batch.id, batch.title)
        with pytest.raises(Conflict):
            desk.forms.batches.delete(work, actor(), batch.id, batch.title)
        with pytest.raises(Conflict):
            desk.forms.intake.check_add(work, actor(), batch.id)
    desk.work_off()
    assert len(proofs(desk)) == 1
    page = desk.pages(batch)[0]
    with pytest.raises(NotFound):
        desk.forms.sheets.preview(page)


def test_an_erasure_that_was_cut_off_goes_on(desk: FormDesk) -> None:
    batch = desk.batch()
    desk.hand_in(batch, filled(1), filled(2))
    desk.work_off()
    with desk.records.write() as work:
        desk.forms.batches.delete(work, actor(), batch.id, batch.title)
    with desk.records.read() as work:
        held = desk.desk.erasures.holdings(work, batch.id)
    for digest in held.digests[:2]:  # the machine stopped after two of them
        desk.forms.blobs.remove(digest)
    desk.work_off()
    assert desk.forms.retention.erase(batch.id) is None
    assert list(desk.forms.blobs.digests()) == []
    assert [proof["blobs"] for proof in proofs(desk)] == [5]


def test_after_an_erasure_the_same_bytes_are_new(desk: FormDesk) -> None:
    batch = desk.batch()
    desk.hand_in(batch, filled(1))
    desk.work_off()
    with desk.records.write() as work:
        desk.forms.batches.delete(work, actor(), batch.id, batch.title)
    again = desk.batch(title="入れ直し")
    assert desk.hand_in(again, filled(1)).state is FileState.OPENING
    desk.work_off()
    assert desk.now(again)[1].progress.pages_read == 1


def test_sweeping_takes_what_nobody_names_after_a_day(desk: FormDesk, clock: FixedClock) -> None:
    import io
    import os

    batch = desk.batch()
    desk.hand_in(batch, filled(1))
    desk.work_off()
    orphan = desk.forms.blobs.add(io.BytesIO(b"left by a broken upload"), 100)
    for digest in desk.forms.blobs.digests():
        os.utime(desk.forms.blobs.path(digest), (clock.now().timestamp(),) * 2)
    clock.forward(timedelta(hours=23))
    assert desk.forms.retention.sweep() == 0
    clock.forward(timedelta(hours=2))
    assert desk.forms.retention.sweep() == 1
    with pytest.raises(NotFound):
        desk.forms.blobs.path(orphan.digest)
    assert len(list(desk.forms.blobs.digests())) == 3


def test_the_policy_of_a_ward(desk: FormDesk) -> None:
    policies = desk.forms.policies
    with desk.records.write() as work:
        assert policies.get(work, actor()).keep_days == DEFAULT_DAYS
        with pytest.raises(Forbidden):
            policies.change(work, actor(), 30, "", 0)
        with pytest.raises(Invalid):
            policies.change(work, ADMIN, 0, "", 0)
        changed = policies.change(work, ADMIN, 30, "", 0)
        with pytest.raises(Stale):
            policies.change(work, ADMIN, 31, "", 0)
        policies.change(work, ADMIN, 31, "", changed.revision)
        assert policies.get(work, actor(CHUO)).keep_days == DEFAULT_DAYS
    batch = desk.batch()
    assert batch.delete_after - batch.created_at == timedelta(days=31)


def test_nothing_stays_in_the_file_of_the_records(
    sqlite_records: Records, home: Path, clock: FixedClock
) -> None:
    desk = form_desk(sqlite_records, home, clock)
    batch = desk.batch()
    desk.hand_in(batch, *[filled(n, doubt=["name"]) for n in range(40)], name="特別区太郎.pdf")
    desk.work_off()
    file = Path(sqlite_records.engine.url.database or "")

    def traces() -> list[str]:
        with sqlite_records.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        data = file.read_bytes()
        escaped = "特別区 太郎".encode("ascii", "backslashreplace")
        return [what for what in ("特別区 太郎".encode(), escaped, "特別区太郎".encode()) if what in data]

    assert len(traces()) == 3
    with sqlite_records.write() as work:
        desk.forms.batches.delete(work, actor(), batch.id, batch.title)
    desk.work_off()
    assert traces() == []
