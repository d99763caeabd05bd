"""Decisions and reservations in SQL."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    and_,
    case,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    tuple_,
    update,
)

from kernel.errors import Invalid, Problem, Text
from kernel.records import UnitOfWork
from ocr_service.adapters.records.rows import batch_of, field_of, field_values, page_of
from ocr_service.adapters.records.tables import batches, decisions, fields, pages, reservations
from ocr_service.models.batches import Batch, BatchState, FieldState, PageState, ScanField, ScanPage
from ocr_service.models.verification import Decision, How, Place, Remaining, Reservation, Wish
from ocr_service.rules.queueing import FINAL, OPEN, WORKABLE

_CHANGING = ("state", "value", "candidates", "flags", "version")
_AT_ONCE = 500  # parameters of one statement


class SqlVerification:
    """VerificationRepository."""

    def wanted(
        self,
        work: UnitOfWork,
        batch_id: str,
        wish: Wish,
        *,
        by: str,
        lead: bool,
        now: datetime,
        after: Place | None,
        limit: int,
    ) -> tuple[ScanField, ...]:
        mine = _wished(batch_id, wish).where(_for(by, lead, wish.every), ~_elsewhere(by, now))
        at = tuple_(pages.c.position, fields.c.order)
        parts: list[ColumnElement[bool] | None] = [None]
        if after is not None:
            parts = [at > (after.page, after.order), at <= (after.page, after.order)]
        found: list[ScanField] = []
        for part in parts:
            if len(found) < limit:
                statement = mine if part is None else mine.where(part)
                statement = statement.order_by(pages.c.position, fields.c.order).limit(limit - len(found))
                found += [field_of(row) for row in work.connection.execute(statement)]
        return tuple(found)

    def remaining(
        self, work: UnitOfWork, batch_id: str, wish: Wish, *, by: str, lead: bool, now: datetime
    ) -> Remaining:
        base = _wished(batch_id, wish)
        mine = base.where(_open(wish.every), _for(by, lead, wish.every), ~_elsewhere(by, now))
        open_ = base.where(_open(wish.every))
        done = base.where(fields.c.state.in_(_values(FINAL)))
        number = _count(work, mine)
        return Remaining(number, max(0, _count(work, open_) - number), _count(work, done))

    def open_batches(
        self, work: UnitOfWork, owner: str, *, by: str, lead: bool
    ) -> tuple[tuple[Batch, Remaining], ...]:
        statement = (
            select(batches)
            .where(batches.c.owner == owner, batches.c.state.in_([state.value for state in WORKABLE]))
            .order_by(batches.c.priority.desc(), batches.c.created_at, batches.c.id)
        )
        found = []
        for row in work.connection.execute(statement).all():
            if row.state == BatchState.READY.value:
                continue
            base = _wished(row.id, Wish())
            total = _count(work, base.where(_open(False)))
            if total:
                mine = _count(work, base.where(_for(by, lead, False)))
                done = _count(work, base.where(fields.c.state.in_(_values(FINAL))))
                found.append((batch_of(row), Remaining(mine, total - mine, done)))
        return tuple(found)

    def names(self, work: UnitOfWork, batch_id: str) -> tuple[tuple[str, str, str, int, int], ...]:
        statement = (
            select(
                pages.c.template_id,
                pages.c.template_version,
                fields.c.name,
                func.sum(_one_if(fields.c.state.in_(_values(OPEN)))),
                func.count(),
            )
            .join(pages, pages.c.id == fields.c.page_id)
            .where(fields.c.batch_id == batch_id, pages.c.state == PageState.READ.value)
            .group_by(pages.c.template_id, pages.c.template_version, fields.c.name)
            .order_by(
                pages.c.template_id,
                pages.c.template_version,
                func.min(pages.c.template_page),
                func.min(fields.c.order),
            )
        )
        return tuple(
            (row[0], row[1], row[2], int(row[3]), int(row[4])) for row in work.connection.execute(statement)
        )

    def place(self, work: UnitOfWork, field_id: str) -> Place | None:
        statement = (
            select(pages.c.position, fields.c.order)
            .join(pages, pages.c.id == fields.c.page_id)
            .where(fields.c.id == field_id)
        )
        row = work.connection.execute(statement).one_or_none()
        return None if row is None else Place(row.position, row.order)

    def listed(
        self,
        work: UnitOfWork,
        batch_id: str,
        states: Collection[FieldState],
        wish: Wish,
        *,
        cursor: str | None,
        limit: int,
    ) -> tuple[tuple[ScanField, ...], str | None]:
        statement = _wished(batch_id, wish).add_columns(pages.c.position)
        if states:
            statement = statement.where(fields.c.state.in_(_values(states)))
        if cursor is not None:
            statement = statement.where(tuple_(pages.c.position, fields.c.order) > _place_of(cursor))
        rows = work.connection.execute(
            statement.order_by(pages.c.position, fields.c.order).limit(limit + 1)
        ).all()
        found = tuple(field_of(row) for row in rows[:limit])
        if len(rows) <= limit:
            return found, None
        return found, f"{rows[limit - 1].position}.{rows[limit - 1].order}"

    def pages(self, work: UnitOfWork, page_ids: Collection[str]) -> Mapping[str, ScanPage]:
        found: dict[str, ScanPage] = {}
        for some in _parts(page_ids):
            for row in work.connection.execute(select(pages).where(pages.c.id.in_(some))):
                found[row.id] = page_of(row)
        return found

    def replace_field(self, work: UnitOfWork, field: ScanField) -> None:
        values = field_values(field)
        changing = {name: values[name] for name in _CHANGING}
        work.connection.execute(update(fields).where(fields.c.id == field.id).values(**changing))

    # Decisions

    def add_decision(self, work: UnitOfWork, decision: Decision) -> None:
        values = {column.name: getattr(decision, column.name) for column in decisions.c}
        work.connection.execute(insert(decisions), values | {"how": decision.how.value})

    def undo(self, work: UnitOfWork, decision_id: str, at: datetime) -> None:
        work.connection.execute(update(decisions).where(decisions.c.id == decision_id).values(undone_at=at))

    def decisions(
        self, work: UnitOfWork, field_ids: Collection[str], *, undone: bool = False
    ) -> Mapping[str, tuple[Decision, ...]]:
        found: dict[str, tuple[Decision, ...]] = {}
        for some in _parts(field_ids):
            statement = select(decisions).where(decisions.c.field_id.in_(some))
            if not undone:
                statement = statement.where(decisions.c.undone_at.is_(None))
            for row in work.connection.execute(statement.order_by(decisions.c.at, decisions.c.id)):
                found[row.field_id] = (*found.get(row.field_id, ()), _decision(row))
        return found

    def last_by(self, work: UnitOfWork, batch_id: str, by: str) -> Decision | None:
        statement = (
            select(decisions)
            .where(decisions.c.batch_id == batch_id, decisions.c.by == by, decisions.c.undone_at.is_(None))
            .order_by(decisions.c.at.desc(), decisions.c.id.desc())
            .limit(1)
        )
        row = work.connection.execute(statement).one_or_none()
        return None if row is None else _decision(row)

    def done_by(
        self, work: UnitOfWork, batch_id: str, since: datetime, by: str = ""
    ) -> Sequence[tuple[Decision, FieldState, str, int]]:
        others = decisions.alias()
        number = (
            select(func.count())
            .where(others.c.field_id == decisions.c.field_id, others.c.undone_at.is_(None))
            .scalar_subquery()
        )
        statement = (
            select(decisions, fields.c.state, fields.c.value.label("final"), number.label("number"))
            .join(fields, fields.c.id == decisions.c.field_id)
            .where(
                decisions.c.batch_id == batch_id,
                decisions.c.undone_at.is_(None),
                decisions.c.at >= since,
            )
            .order_by(decisions.c.at, decisions.c.id)
        )
        if by:
            statement = statement.where(decisions.c.by == by)
        return [
            (_decision(row), FieldState(row.state), row.final, row.number)
            for row in work.connection.execute(statement)
        ]

    # Reservations

    def reserved(
        self, work: UnitOfWork, field_ids: Collection[str], now: datetime
    ) -> Mapping[str, Reservation]:
        found: dict[str, Reservation] = {}
        for some in _parts(field_ids):
            statement = select(reservations).where(
                reservations.c.field_id.in_(some), reservations.c.until > now
            )
            for row in work.connection.execute(statement):
                found[row.field_id] = Reservation(row.field_id, row.batch_id, row.by, row.until)
        return found

    def reserve(self, work: UnitOfWork, wanted: Sequence[Reservation]) -> None:
        if not wanted:
            return
        ids = [each.field_id for each in wanted]
        work.connection.execute(delete(reservations).where(reservations.c.field_id.in_(ids)))
        work.connection.execute(
            insert(reservations),
            [
                {"field_id": each.field_id, "batch_id": each.batch_id, "by": each.by, "until": each.until}
                for each in wanted
            ],
        )

    def renew(self, work: UnitOfWork, batch_id: str, by: str, until: datetime, now: datetime) -> int:
        changed = work.connection.execute(
            update(reservations).where(_held(batch_id, by), reservations.c.until > now).values(until=until)
        )
        return int(changed.rowcount)

    def release(self, work: UnitOfWork, batch_id: str, by: str, field_ids: Collection[str]) -> None:
        for some in _parts(field_ids):
            work.connection.execute(
                delete(reservations).where(_held(batch_id, by), reservations.c.field_id.in_(some))
            )


def _wished(batch_id: str, wish: Wish) -> Select[Any]:
    """Fields of pages that were read, of one page or of one name when the wish says so."""
    statement = (
        select(fields)
        .join(pages, pages.c.id == fields.c.page_id)
        .where(fields.c.batch_id == batch_id, pages.c.state == PageState.READ.value)
    )
    if wish.page_id:
        statement = statement.where(fields.c.page_id == wish.page_id)
    if wish.name:
        statement = statement.where(fields.c.name == wish.name)
    return statement


def _open(every: bool) -> ColumnElement[bool]:
    states = OPEN | {FieldState.PASSED} if every else OPEN
    return fields.c.state.in_(_values(states))


def _for(by: str, lead: bool, every: bool) -> ColumnElement[bool]:
    """As `rules.queueing.may_enter`, of fields that are open; all others too with `every`."""
    entered = exists().where(
        decisions.c.field_id == fields.c.id, decisions.c.by == by, decisions.c.undone_at.is_(None)
    )
    state = fields.c.state
    different = state == FieldState.DIFFERENT.value
    states = [*_values(frozenset(FieldState) - OPEN if every else ()), FieldState.DOUBTFUL.value]
    return or_(
        state.in_(states),
        and_(state == FieldState.ENTERED.value, ~entered),
        different if lead else and_(different, ~entered),
    )


def _elsewhere(by: str, now: datetime) -> ColumnElement[bool]:
    return exists().where(
        reservations.c.field_id == fields.c.id, reservations.c.by != by, reservations.c.until > now
    )


def _held(batch_id: str, by: str) -> ColumnElement[bool]:
    return and_(reservations.c.batch_id == batch_id, reservations.c.by == by)


def _values(states: Iterable[FieldState]) -> list[str]:
    return sorted(state.value for state in states)


def _one_if(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return case((condition, 1), else_=0)


def _count(work: UnitOfWork, statement: Select[Any]) -> int:
    counted = statement.with_only_columns(func.count())
    return int(work.connection.execute(counted).scalar_one())


def _parts(ids: Collection[str]) -> Iterable[list[str]]:
    ordered = sorted(ids)
    return (ordered[at : at + _AT_ONCE] for at in range(0, len(ordered), _AT_ONCE))


def _decision(row: Row[Any]) -> Decision:
    values = {column.name: getattr(row, column.name) for column in decisions.c}
    return Decision(**values | {"how": How(row.how)})


def _place_of(cursor: str) -> tuple[int, int]:
    position, dot, order = cursor.partition(".")
    if not dot or not all(each.isascii() and each.isdigit() and len(each) < 10 for each in (position, order)):
        text = Text(
            "続きの位置（cursor）が正しくありません。一覧の最初から読み直してください。",
            "The cursor is not one that a list has given. Read the list from its beginning.",
        )
        raise Invalid(text, (Problem("cursor", text),))
    return int(position), int(order)
