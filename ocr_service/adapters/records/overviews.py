"""Counts and tables over the pages of batches in SQL."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import case, exists, func, select
from sqlalchemy.sql import Select

from kernel.records import UnitOfWork
from ocr_service.adapters.records.batches import OPEN_FIELDS
from ocr_service.adapters.records.cursors import position_of
from ocr_service.adapters.records.rows import field_of, page_of
from ocr_service.adapters.records.tables import batches, fields, pages
from ocr_service.models.batches import BatchState, ListedPages, PageState, ScanField, ScanPage
from ocr_service.ports.overviews import FormCount, ListedRows, PageCount, Row, Waiting

_READ = pages.c.state == PageState.READ.value
_OPEN = fields.c.state.in_(OPEN_FIELDS)


class SqlOverviews:
    """OverviewRepository."""

    def counts(self, work: UnitOfWork, page_ids: Collection[str]) -> Mapping[str, PageCount]:
        statement = (
            select(fields.c.page_id, func.count(), func.sum(case((_OPEN, 1), else_=0)))
            .where(fields.c.page_id.in_(list(page_ids)))
            .group_by(fields.c.page_id)
        )
        return {
            page: PageCount(total, int(open_)) for page, total, open_ in work.connection.execute(statement)
        }

    def doubtful_pages(self, work: UnitOfWork, batch_id: str, cursor: str | None, limit: int) -> ListedPages:
        doubtful = exists().where(fields.c.page_id == pages.c.id, _OPEN)
        statement = select(pages).where(pages.c.batch_id == batch_id, _READ, doubtful)
        found, after = _some(work, statement, cursor, limit)
        return ListedPages(found, after)

    def forms(self, work: UnitOfWork, batch_id: str) -> tuple[FormCount, ...]:
        of = (pages.c.template_id, pages.c.template_version, pages.c.template_page)
        statement = (
            select(*of, func.count().label("number"))
            .where(pages.c.batch_id == batch_id, _READ)
            .group_by(*of)
            .order_by(func.count().desc(), *of)
        )
        return tuple(FormCount(*row) for row in work.connection.execute(statement))

    def rows(
        self, work: UnitOfWork, batch_id: str, form: FormCount, cursor: str | None, limit: int
    ) -> ListedRows:
        statement = select(pages).where(
            pages.c.batch_id == batch_id,
            _READ,
            pages.c.template_id == form.template_id,
            pages.c.template_version == form.version,
            pages.c.template_page == form.page,
        )
        found, after = _some(work, statement, cursor, limit)
        held: dict[str, dict[str, ScanField]] = {page.id: {} for page in found}
        of_these = select(fields).where(fields.c.page_id.in_(list(held)))
        for row in work.connection.execute(of_these):
            held[row.page_id][row.name] = field_of(row)
        return ListedRows(tuple(Row(page, held[page.id]) for page in found), after)

    def open_fields(self, work: UnitOfWork, batch_id: str, template_id: str, version: str) -> int:
        statement = (
            select(func.count())
            .select_from(fields.join(pages, pages.c.id == fields.c.page_id))
            .where(
                fields.c.batch_id == batch_id,
                _OPEN,
                _READ,
                pages.c.template_id == template_id,
                pages.c.template_version == version,
            )
        )
        return int(work.connection.execute(statement).scalar_one())

    def being_read(self, work: UnitOfWork, batch_id: str) -> tuple[ScanPage, ...]:
        first = (
            select(func.min(pages.c.position))
            .where(pages.c.batch_id == batch_id, pages.c.state == PageState.CLAIMED.value)
            .group_by(pages.c.lane)
        )
        statement = select(pages).where(pages.c.batch_id == batch_id, pages.c.position.in_(first))
        return tuple(page_of(row) for row in work.connection.execute(statement.order_by(pages.c.position)))

    def waiting(self, work: UnitOfWork, owner: str, limit: int) -> tuple[Waiting, ...]:
        mine = (
            batches.c.owner == owner,
            batches.c.state.in_((BatchState.READING.value, BatchState.VERIFYING.value)),
        )
        open_fields = (
            select(fields.c.batch_id, func.count().label("number"))
            .join(pages, pages.c.id == fields.c.page_id)
            .join(batches, batches.c.id == fields.c.batch_id)
            .where(*mine, _OPEN, _READ)
            .group_by(fields.c.batch_id)
        ).subquery()
        unknown = (
            select(pages.c.batch_id, func.count().label("number"))
            .join(batches, batches.c.id == pages.c.batch_id)
            .where(*mine, pages.c.state == PageState.SET_ASIDE.value)
            .group_by(pages.c.batch_id)
        ).subquery()
        number, aside = func.coalesce(open_fields.c.number, 0), func.coalesce(unknown.c.number, 0)
        statement = (
            select(batches.c.id, batches.c.title, number, aside)
            .outerjoin(open_fields, open_fields.c.batch_id == batches.c.id)
            .outerjoin(unknown, unknown.c.batch_id == batches.c.id)
            .where(*mine, number + aside > 0)
            .order_by(batches.c.priority.desc(), (number + aside).desc(), batches.c.id)
            .limit(limit)
        )
        return tuple(Waiting(*row) for row in work.connection.execute(statement))


def _some(
    work: UnitOfWork, statement: "Select[Any]", cursor: str | None, limit: int
) -> tuple[tuple[ScanPage, ...], str | None]:
    """Pages after the cursor in the order of the stack, and the next cursor."""
    statement = statement.where(pages.c.position > position_of(cursor)).order_by(pages.c.position)
    found = [page_of(row) for row in work.connection.execute(statement.limit(limit + 1))]
    if len(found) <= limit:
        return tuple(found), None
    return tuple(found[:limit]), str(found[limit - 1].position)
