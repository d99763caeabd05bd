"""Results leave: on both databases, with real files, for the ward alone."""

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from kernel.clock import Clock
from kernel.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from kernel.identity.models import Actor, Role
from kernel.records import Records
from ocr_service.models.batches import Batch
from ocr_service.models.exports import Column, Encoding, ExportFormat, ExportSettings
from tests.fakes.formdesk import FormDesk, form_desk
from tests.fakes.forms import filled
from tests.fakes.people import CHUO, actor

ME = actor()
NAMES = ExportSettings(columns=(Column("name", "氏名"), Column("amount", "金額")))


@pytest.fixture
def desk(records: Records, home: Path, clock: Clock) -> FormDesk:
    return form_desk(records, home, clock)


def read_batch(desk: FormDesk, pages: int = 3, doubt: tuple[str, ...] = ()) -> Batch:
    batch = desk.batch()
    desk.hand_in(batch, *(filled(number, doubt=doubt) for number in range(1, pages + 1)))
    desk.work_off()
    return batch


def rows_of(desk: FormDesk, batch: Batch, settings: ExportSettings = NAMES) -> list[list[str]]:
    export = desk.forms.exporting.make(ME, batch.id, "kyufu", settings)
    with desk.records.read() as work:
        _, path = desk.forms.exporting.file(work, ME, export.id)
    return list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))


def test_a_batch_as_csv(desk: FormDesk) -> None:
    batch = read_batch(desk)
    assert rows_of(desk, batch) == [
        ["氏名", "金額"],
        ["特別区 太郎1", "1001"],
        ["特別区 太郎2", "1002"],
        ["特別区 太郎3", "1003"],
    ]
    with desk.records.read() as work:
        (made,) = desk.forms.exporting.exports(work, ME, batch.id)
    assert (made.format, made.notes) == (ExportFormat.CSV, ())
    assert made.name == "給付金 第1便_給付金申請書.csv"


@pytest.mark.parametrize("kind", [ExportFormat.EXCEL, ExportFormat.JSON])
def test_other_formats_are_files_too(desk: FormDesk, kind: ExportFormat) -> None:
    batch = read_batch(desk, 2)
    export = desk.forms.exporting.make(ME, batch.id, "kyufu", replace(NAMES, format=kind))
    with desk.records.read() as work:
        _, path = desk.forms.exporting.file(work, ME, export.id)
    assert path.stat().st_size == export.size > 100


def test_who_exports_too_early_is_told(desk: FormDesk) -> None:
    batch = read_batch(desk, 2, doubt=("name",))
    with desk.records.read() as work:
        preview = desk.forms.exporting.preview(work, ME, batch.id, "kyufu", NAMES)
    assert (preview.forms, preview.open_fields) == (2, 2)
    export = desk.forms.exporting.make(ME, batch.id, "kyufu", NAMES)
    assert [ja for ja, _ in export.notes] == [
        "まだ確認していない項目が2件あります。その値は読み取ったままです。"
    ]


def test_another_ward_finds_nothing(desk: FormDesk) -> None:
    batch = read_batch(desk, 1)
    export = desk.forms.exporting.make(ME, batch.id, "kyufu", NAMES)
    other = actor(CHUO)
    with desk.records.read() as work:
        for call in (
            lambda: desk.forms.exporting.file(work, other, export.id),
            lambda: desk.forms.exporting.exports(work, other, batch.id),
            lambda: desk.forms.exporting.preview(work, other, batch.id, "kyufu", NAMES),
            lambda: desk.forms.exporting.file(work, other, "0" * 32),
        ):
            with pytest.raises(NotFound):
                call()
    with pytest.raises(NotFound):
        desk.forms.exporting.make(other, batch.id, "kyufu", NAMES)


def test_a_reader_may_not_export(desk: FormDesk) -> None:
    batch = read_batch(desk, 1)
    reader: Actor = actor(ME.organisation, Role.READER)
    with pytest.raises(Forbidden):
        desk.forms.exporting.make(reader, batch.id, "kyufu", NAMES)


def test_an_unknown_column_or_form_is_refused(desk: FormDesk) -> None:
    batch = read_batch(desk, 1)
    with pytest.raises(Invalid) as caught:
        desk.forms.exporting.make(ME, batch.id, "kyufu", ExportSettings(columns=(Column("nanashi", "x"),)))
    assert caught.value.problems[0].where == "columns/0"
    with pytest.raises(Invalid):
        desk.forms.exporting.make(ME, batch.id, "other", NAMES)


def test_profiles_are_kept_changed_and_removed(desk: FormDesk) -> None:
    service = desk.forms.export_profiles
    with desk.records.write() as work:
        made = service.save_profile(work, ME, "kyufu", " 取り込み用 ", NAMES)
        service.save_profile(work, ME, "kyufu", "別", NAMES)
    assert (made.name, made.revision) == ("取り込み用", 1)
    changed = replace(NAMES, encoding=Encoding.CP932)
    with desk.records.write() as work:
        saved = service.save_profile(work, ME, "kyufu", "取り込み用", changed, made.id, 1)
    assert saved.revision == 2
    with pytest.raises(Stale), desk.records.write() as work:
        service.save_profile(work, ME, "kyufu", "取り込み用", NAMES, made.id, 1)
    with pytest.raises(Conflict), desk.records.write() as work:
        service.save_profile(work, ME, "kyufu", "別", NAMES, made.id, 2)
    with desk.records.read() as work:
        assert service.profile(work, ME, made.id).settings == changed
        assert [each.name for each in service.profiles(work, ME, "kyufu")] == ["別", "取り込み用"]
        assert service.profiles(work, actor(CHUO)) == ()
    with pytest.raises(NotFound), desk.records.write() as work:
        service.remove_profile(work, actor(CHUO), made.id)
    with desk.records.write() as work:
        service.remove_profile(work, ME, made.id)
    with desk.records.read() as work:
        assert [each.name for each in service.profiles(work, ME)] == ["別"]


def test_retention_takes_the_files_along(desk: FormDesk) -> None:
    batch = read_batch(desk, 1)
    export = desk.forms.exporting.make(ME, batch.id, "kyufu", NAMES)
    with desk.records.write() as work:
        desk.forms.batches.delete(work, ME, batch.id, batch.title)
    for _ in range(2):  # at once, and after everything was erased
        with desk.records.read() as work, pytest.raises(NotFound):
            desk.forms.exporting.file(work, ME, export.id)
        desk.work_off()
    assert export.digest not in set(desk.forms.blobs.digests())
    with desk.records.read() as work, pytest.raises(NotFound):
        desk.forms.exporting.file(work, ME, export.id)
    with pytest.raises(Conflict):
        desk.forms.exporting.make(ME, batch.id, "kyufu", NAMES)


def test_a_look_reads_no_more_pages_than_it_shows(desk: FormDesk) -> None:
    batch = read_batch(desk, 25, doubt=("amount",))
    with desk.records.read() as work:
        few = desk.forms.exporting.preview(work, ME, batch.id, "kyufu", NAMES, limit=3)
        whole = desk.forms.exporting.preview(
            work, ME, batch.id, "kyufu", replace(NAMES, encoding=Encoding.CP932), limit=3
        )
    assert few == whole
    assert (len(few.rows), few.forms, few.open_fields) == (3, 25, 25)
