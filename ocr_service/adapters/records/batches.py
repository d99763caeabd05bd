"""Batches and wards' policies in SQL."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from kernel.records import UnitOfWork
from ocr_service.adapters.records.cursors import beyond, cursor_of
from ocr_service.adapters.records.rows import batch_of, batch_values
from ocr_service.adapters.records.tables import batches, fields, files, pages, policies, views
from ocr_service.models.batches import (
    Batch,
    BatchState,
    FieldState,
    FileState,
    Listed,
    Outstanding,
    PageState,
    Policy,
    Progress,
    Standing,
)

OPEN_FIELDS = (FieldState.DOUBTFUL.value, FieldState.ENTERED.value, FieldState.DIFFERENT.value)
WAITING_PAGES = (PageState.WAITING.value, PageState.CLAIMED.value)
_LAST_PAGES = 40  # the speed is measured over at most these
_PAUSE = timedelta(minutes=2)  # without a page for so long, nothing is being read


class SqlBatches:
    """BatchRepository."""

    def get(self, work: UnitOfWork, batch_id: str, lock: bool = False) -> Batch | None:
        statement = select(batches).where(batches.c.id == batch_id)
        row = work.connection.execute(statement.with_for_update() if lock else statement).one_or_none()
        return None if row is None else batch_of(row)

    def hold(self, work: UnitOfWork, batch_id: str) -> Batch | None:
        statement = select(batches).where(batches.c.id == batch_id).with_for_update(read=True)
        row = work.connection.execute(statement).one_or_none()
        return None if row is None else batch_of(row)

    def add(self, work: UnitOfWork, batch: Batch) -> None:
        lasting = {
            "id": batch.id,
            "owner": batch.owner,
            "created_at": batch.created_at,
            "created_by": batch.created_by,
            "pins": {},
        }
        work.connection.execute(insert(batches), lasting | batch_values(batch))

    def replace(self, work: UnitOfWork, batch: Batch) -> None:
        work.connection.execute(update(batches).where(batches.c.id == batch.id).values(**batch_values(batch)))

    def page(
        self, work: UnitOfWork, owner: str, states: Collection[BatchState], cursor: str | None, limit: int
    ) -> Listed:
        statement = select(batches).where(batches.c.owner == owner)
        if states:
            statement = statement.where(batches.c.state.in_([state.value for state in states]))
        rest = beyond(cursor, batches.c.created_at, batches.c.id)
        if rest is not None:
            statement = statement.where(rest)
        statement = statement.order_by(batches.c.created_at.desc(), batches.c.id.desc()).limit(limit + 1)
        found = [batch_of(row) for row in work.connection.execute(statement)]
        if len(found) <= limit:
            return Listed(tuple(found))
        last = found[limit - 1]
        return Listed(tuple(found[:limit]), cursor_of(last.created_at, last.id))

    def standings(
        self, work: UnitOfWork, batch_ids: Collection[str], now: datetime
    ) -> Mapping[str, Standing]:
        ids = sorted(set(batch_ids))
        of_pages = _counted(work, pages, ids)
        of_files = _counted(work, files, ids)
        of_fields = _counted(work, fields, ids)
        for batch_id, state, number in work.connection.execute(
            # Few pages are dropped after they were read; a join over all fields would take seconds.
            select(fields.c.batch_id, fields.c.state, func.count())
            .join(pages, pages.c.id == fields.c.page_id)
            .where(pages.c.batch_id.in_(ids), pages.c.state != PageState.READ.value)
            .group_by(fields.c.batch_id, fields.c.state)
        ):
            of_fields[batch_id][state] -= number
        return {
            each: _standing(
                of_pages.get(each, {}),
                of_files.get(each, {}),
                of_fields.get(each, {}),
                _pace(work, each, now),
            )
            for each in ids
        }

    def outstanding(self, work: UnitOfWork, batch_id: str) -> Outstanding:
        count = _counted(work, pages, [batch_id]).get(batch_id, {})
        opening = select(func.count()).where(
            files.c.batch_id == batch_id, files.c.state == FileState.OPENING.value
        )
        open_fields = select(
            exists().where(
                fields.c.batch_id == batch_id,
                fields.c.state.in_(OPEN_FIELDS),
                pages.c.id == fields.c.page_id,
                pages.c.state == PageState.READ.value,
            )
        )
        return Outstanding(
            pages=sum(count.values()),
            waiting=sum(count.get(state, 0) for state in WAITING_PAGES),
            opening=int(work.connection.execute(opening).scalar_one()),
            open_fields=bool(work.connection.execute(open_fields).scalar_one()),
            set_aside=count.get(PageState.SET_ASIDE.value, 0) > 0,
        )

    def pins(self, work: UnitOfWork, batch_id: str) -> Mapping[str, str]:
        found = work.connection.execute(select(batches.c.pins).where(batches.c.id == batch_id))
        return dict(found.scalar_one_or_none() or {})

    def set_pins(self, work: UnitOfWork, batch_id: str, pins: Mapping[str, str]) -> None:
        work.connection.execute(update(batches).where(batches.c.id == batch_id).values(pins=dict(pins)))

    def titled(self, work: UnitOfWork, owner: str, prefix: str, by: str) -> tuple[Batch, ...]:
        statement = (
            select(batches)
            .where(
                batches.c.owner == owner,
                batches.c.created_by == by,
                batches.c.title.startswith(prefix, autoescape=True),
            )
            .order_by(batches.c.created_at.desc(), batches.c.id.desc())
        )
        return tuple(batch_of(row) for row in work.connection.execute(statement))

    def due(self, work: UnitOfWork, now: datetime, limit: int) -> tuple[Batch, ...]:
        statement = (
            select(batches)
            .where(batches.c.delete_after <= now, batches.c.state != BatchState.DELETED.value)
            .order_by(batches.c.delete_after, batches.c.id)
            .limit(limit)
        )
        return tuple(batch_of(row) for row in work.connection.execute(statement))

    def viewed(self, work: UnitOfWork, batch_id: str, by: str, hour: str, note: bool) -> bool:
        values = {"batch_id": batch_id, "by": by, "hour": hour}
        if not note:
            statement = select(views.c.hour).filter_by(**values)
            return work.connection.execute(statement).first() is not None
        added = _insert(work)(views).values(values).on_conflict_do_nothing().returning(views.c.hour)
        return work.connection.execute(added).first() is None


class SqlPolicies:
    """PolicyRepository."""

    def get(self, work: UnitOfWork, owner: str, lock: bool = False) -> Policy | None:
        statement = select(policies).where(policies.c.owner == owner)
        row = work.connection.execute(statement.with_for_update() if lock else statement).one_or_none()
        return None if row is None else Policy(**row._mapping)

    def put(self, work: UnitOfWork, policy: Policy) -> None:
        values = {column.name: getattr(policy, column.name) for column in policies.c}
        statement = _insert(work)(policies).values(values)
        work.connection.execute(statement.on_conflict_do_update(index_elements=["owner"], set_=values))

    def watching(self, work: UnitOfWork) -> tuple[Policy, ...]:
        statement = select(policies).where(policies.c.watched_folder != "").order_by(policies.c.owner)
        return tuple(Policy(**row._mapping) for row in work.connection.execute(statement))


def _insert(work: UnitOfWork) -> Any:
    return postgresql.insert if work.dialect == "postgresql" else sqlite.insert


def _counted(work: UnitOfWork, table: Any, ids: Sequence[str]) -> dict[str, dict[str, int]]:
    """{batch id: {state: number}}"""
    found: dict[str, dict[str, int]] = {}
    statement = (
        select(table.c.batch_id, table.c.state, func.count())
        .where(table.c.batch_id.in_(ids))
        .group_by(table.c.batch_id, table.c.state)
    )
    for batch_id, state, number in work.connection.execute(statement):
        found.setdefault(batch_id, {})[state] = number
    return found


def _standing(
    of_pages: Mapping[str, int], of_files: Mapping[str, int], of_fields: Mapping[str, int], pace: float | None
) -> Standing:
    waiting = sum(of_pages.get(state, 0) for state in WAITING_PAGES)
    progress = Progress(
        pages=sum(of_pages.values()),
        pages_waiting=waiting,
        pages_read=of_pages.get(PageState.READ, 0),
        pages_set_aside=of_pages.get(PageState.SET_ASIDE, 0),
        pages_unreadable=of_pages.get(PageState.UNREADABLE, 0),
        pages_dropped=of_pages.get(PageState.DROPPED, 0),
        fields=sum(of_fields.values()),
        fields_passed=of_fields.get(FieldState.PASSED, 0),
        fields_open=sum(of_fields.get(state, 0) for state in OPEN_FIELDS),
        fields_decided=of_fields.get(FieldState.DECIDED, 0) + of_fields.get(FieldState.UNREADABLE, 0),
    )
    return Standing(
        progress=progress,
        files=sum(of_files.values()),
        files_opening=of_files.get(FileState.OPENING, 0),
        files_twice=of_files.get(FileState.TWICE, 0),
        files_unreadable=of_files.get(FileState.UNREADABLE, 0),
        pages_per_minute=pace,
        seconds_left=round(waiting * 60 / pace) if pace and waiting else None,
    )


def _pace(work: UnitOfWork, batch_id: str, now: datetime) -> float | None:
    """Pages a minute over the last ones, back to the last pause."""
    statement = (
        select(pages.c.read_at)
        .where(pages.c.batch_id == batch_id, pages.c.read_at > now - _PAUSE * _LAST_PAGES)
        .order_by(pages.c.read_at.desc())
        .limit(_LAST_PAGES)
    )
    times = [now, *work.connection.execute(statement).scalars()]
    last = next((n for n in range(1, len(times)) if times[n - 1] - times[n] > _PAUSE), len(times)) - 1
    seconds = (times[1] - times[last]).total_seconds() if last > 2 else 0.0
    return round((last - 1) * 60 / seconds, 1) if seconds > 0 else None
