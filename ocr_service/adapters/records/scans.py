"""Files, pages and fields in SQL."""

from collections.abc import Collection, Iterator, Sequence

from sqlalchemy import delete, exists, func, insert, or_, select, update

from kernel.records import UnitOfWork
from ocr_service.adapters.records.cursors import position_of
from ocr_service.adapters.records.rows import (
    candidates_of,
    field_of,
    field_values,
    file_of,
    file_values,
    flags_of,
    page_of,
    page_values,
    quad_values,
)
from ocr_service.adapters.records.tables import batches, decisions, fields, files, pages, reservations
from ocr_service.models.batches import (
    BatchState,
    Correction,
    FieldState,
    FileState,
    ListedPages,
    PageState,
    ScanField,
    ScanFile,
    ScanPage,
)

_UNTOUCHED = (FieldState.PASSED.value, FieldState.DOUBTFUL.value)
_FINAL = (FieldState.PASSED.value, FieldState.DECIDED.value, FieldState.UNREADABLE.value)
_UNREAD_FILES = (FileState.SKIPPED.value, FileState.TWICE.value)


class SqlScans:
    """ScanRepository."""

    def file(self, work: UnitOfWork, file_id: str, lock: bool = False) -> ScanFile | None:
        statement = select(files).where(files.c.id == file_id)
        row = work.connection.execute(statement.with_for_update() if lock else statement).one_or_none()
        return None if row is None else file_of(row)

    def files(self, work: UnitOfWork, batch_id: str) -> tuple[ScanFile, ...]:
        statement = select(files).where(files.c.batch_id == batch_id).order_by(files.c.added_at, files.c.id)
        return tuple(file_of(row) for row in work.connection.execute(statement))

    def same_bytes(self, work: UnitOfWork, owner: str, digest: str) -> tuple[ScanFile, ...]:
        statement = (
            select(files)
            .join(batches, batches.c.id == files.c.batch_id)
            .where(
                files.c.digest == digest,
                files.c.state.not_in(_UNREAD_FILES),
                batches.c.owner == owner,
                batches.c.state != BatchState.DELETED.value,
            )
            .order_by(files.c.added_at, files.c.id)
        )
        return tuple(file_of(row) for row in work.connection.execute(statement))

    def add_file(self, work: UnitOfWork, file: ScanFile) -> None:
        work.connection.execute(insert(files), {"id": file.id} | file_values(file))

    def replace_file(self, work: UnitOfWork, file: ScanFile) -> None:
        work.connection.execute(update(files).where(files.c.id == file.id).values(**file_values(file)))

    def count_pages(self, work: UnitOfWork, batch_id: str) -> int:
        statement = select(func.count()).where(pages.c.batch_id == batch_id)
        return int(work.connection.execute(statement).scalar_one())

    def add_pages(self, work: UnitOfWork, file: ScanFile, pages_of_file: Sequence[ScanPage]) -> None:
        if not pages_of_file:
            return
        later = or_(
            files.c.added_at > file.added_at,
            (files.c.added_at == file.added_at) & (files.c.id > file.id),
        )
        of_later = pages.c.file_id.in_(
            select(files.c.id).where(files.c.batch_id == file.batch_id, files.c.id != file.id, later)
        )
        mine = pages.c.batch_id == file.batch_id
        before = work.connection.execute(
            select(func.coalesce(func.max(pages.c.position), 0)).where(mine, ~of_later)
        ).scalar_one()
        work.connection.execute(
            update(pages).where(mine, of_later).values(position=pages.c.position + len(pages_of_file))
        )
        work.connection.execute(
            insert(pages),
            [
                {
                    "id": page.id,
                    "batch_id": file.batch_id,
                    "file_id": file.id,
                    "position": before + number,
                    "member": page.member,
                    "number": page.number,
                    "lane": "",
                    "tries": 0,
                }
                | page_values(page)
                for number, page in enumerate(pages_of_file, start=1)
            ],
        )

    def get_page(self, work: UnitOfWork, page_id: str, lock: bool = False) -> ScanPage | None:
        statement = select(pages).where(pages.c.id == page_id)
        row = work.connection.execute(statement.with_for_update() if lock else statement).one_or_none()
        return None if row is None else page_of(row)

    def pages(
        self, work: UnitOfWork, batch_id: str, states: Collection[PageState], cursor: str | None, limit: int
    ) -> ListedPages:
        statement = select(pages).where(pages.c.batch_id == batch_id, pages.c.position > position_of(cursor))
        if states:
            statement = statement.where(pages.c.state.in_([state.value for state in states]))
        statement = statement.order_by(pages.c.position).limit(limit + 1)
        found = [page_of(row) for row in work.connection.execute(statement)]
        if len(found) <= limit:
            return ListedPages(tuple(found))
        return ListedPages(tuple(found[:limit]), str(found[limit - 1].position))

    def replace_page(self, work: UnitOfWork, page: ScanPage) -> None:
        work.connection.execute(
            update(pages).where(pages.c.id == page.id).values(**page_values(page), lane="", tries=0)
        )

    def requeue(self, work: UnitOfWork, batch_id: str, state: PageState) -> int:
        changed = work.connection.execute(
            update(pages)
            .where(pages.c.batch_id == batch_id, pages.c.state == state.value)
            .values(state=PageState.WAITING.value, lane="", tries=0, outcome="", reason_ja="", reason_en="")
        )
        return int(changed.rowcount)

    def fields(self, work: UnitOfWork, page_id: str) -> tuple[ScanField, ...]:
        statement = select(fields).where(fields.c.page_id == page_id).order_by(fields.c.order)
        return tuple(field_of(row) for row in work.connection.execute(statement))

    def field(self, work: UnitOfWork, field_id: str) -> ScanField | None:
        row = work.connection.execute(select(fields).where(fields.c.id == field_id)).one_or_none()
        return None if row is None else field_of(row)

    def touched(self, work: UnitOfWork, page_id: str) -> bool:
        decided = exists().where(decisions.c.field_id == fields.c.id)
        statement = select(
            exists().where(fields.c.page_id == page_id, or_(fields.c.state.not_in(_UNTOUCHED), decided))
        )
        return bool(work.connection.execute(statement).scalar_one())

    def put_fields(self, work: UnitOfWork, page_id: str, fields_read: Sequence[ScanField]) -> None:
        decided = exists().where(decisions.c.field_id == fields.c.id)
        kept = {
            row.name: row.id
            for row in work.connection.execute(
                select(fields.c.id, fields.c.name).where(
                    fields.c.page_id == page_id, or_(fields.c.state.not_in(_UNTOUCHED), decided)
                )
            )
        }
        others = select(fields.c.id).where(fields.c.page_id == page_id, fields.c.id.not_in(kept.values()))
        work.connection.execute(delete(reservations).where(reservations.c.field_id.in_(others)))
        work.connection.execute(
            delete(fields).where(fields.c.page_id == page_id, fields.c.id.not_in(kept.values()))
        )
        for field in fields_read:
            if field.name in kept:
                place = {"crop_at": field.crop_at, "crop_size": field.crop_size, "quad": quad_values(field)}
                work.connection.execute(update(fields).where(fields.c.id == kept[field.name]).values(**place))
        new = [field_values(field) for field in fields_read if field.name not in kept]
        if new:
            work.connection.execute(insert(fields), new)

    def corrections(self, work: UnitOfWork, batch_id: str) -> Iterator[Correction]:
        statement = (
            select(
                fields,
                pages.c.template_id,
                pages.c.template_version,
                pages.c.crops,
                batches.c.owner,
            )
            .join(pages, pages.c.id == fields.c.page_id)
            .join(batches, batches.c.id == fields.c.batch_id)
            .where(
                fields.c.batch_id == batch_id,
                fields.c.state.in_(_FINAL),
                pages.c.state == PageState.READ.value,
                batches.c.state != BatchState.DELETED.value,
            )
            .order_by(pages.c.position, fields.c.order)
        )
        for row in work.connection.execute(statement):
            yield Correction(
                batch_id=row.batch_id,
                owner=row.owner,
                template_id=row.template_id,
                template_version=row.template_version,
                field=row.name,
                candidates=candidates_of(row.candidates),
                confidence=row.confidence,
                flags=flags_of(row.flags),
                value=row.value,
                decided=row.state != FieldState.PASSED.value,
                engine=row.engine,
                crops=row.crops,
                crop_at=row.crop_at,
                crop_size=row.crop_size,
            )
