"""Claims of lanes in SQL: whoever takes pages holds their batch for the moment of taking."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import Row, Select, and_, exists, func, nulls_first, select, update

from kernel.records import UnitOfWork
from ocr_service.adapters.records.rows import batch_of, file_of, page_of, page_values
from ocr_service.adapters.records.tables import batches, files, pages
from ocr_service.models.batches import Batch, BatchState, PageState, ScanFile, ScanPage
from ocr_service.ports.batches import Claimed

LONGEST = 64  # pages that a lane takes at once; each taking starts a process, about 2 s
SHARED = 8  # while other batches wait too
LEAST = 4
SMALL = 4  # pages of a file that is read together with its neighbours
_TOGETHER = 300_000_000  # bytes of such files at once


class SqlLanes:
    """LaneRepository."""

    def claim(self, work: UnitOfWork, token: str, lanes: int, now: datetime) -> Claimed | None:
        candidates = work.connection.execute(_next_batches()).all()
        for candidate in candidates:
            locked = select(batches).where(batches.c.id == candidate.id).with_for_update()
            row = work.connection.execute(locked).one()
            if row.state != BatchState.READING.value:
                continue  # it was paused while we waited for it
            batch = batch_of(row)
            claimed = self._take(work, batch, token, lanes, len(candidates) > 1)
            if claimed is not None:
                work.connection.execute(update(batches).where(batches.c.id == batch.id).values(served_at=now))
                return claimed
        return None

    def finish(self, work: UnitOfWork, page: ScanPage, token: str) -> bool:
        changed = work.connection.execute(
            update(pages).where(_mine(page.id, token)).values(**page_values(page), lane="", tries=0)
        )
        return changed.rowcount == 1

    def give_back(self, work: UnitOfWork, token: str) -> int:
        changed = work.connection.execute(
            update(pages)
            .where(pages.c.lane == token, pages.c.state == PageState.CLAIMED.value)
            .values(state=PageState.WAITING.value, lane="")
        )
        return int(changed.rowcount)

    def blame(self, work: UnitOfWork, page_id: str, token: str) -> int:
        tries = work.connection.execute(
            update(pages)
            .where(_mine(page_id, token))
            .values(state=PageState.WAITING.value, lane="", tries=pages.c.tries + 1)
            .returning(pages.c.tries)
        ).scalar_one_or_none()
        return int(tries or 0)

    def left_behind(self, work: UnitOfWork, lane: str, token: str) -> tuple[tuple[str, str], ...]:
        statement = (
            select(pages.c.id, pages.c.lane)
            .where(
                pages.c.lane.startswith(f"{lane}/", autoescape=True),
                pages.c.lane != token,
                pages.c.state == PageState.CLAIMED.value,
            )
            .order_by(pages.c.lane, pages.c.position)
        )
        return tuple((row.id, row.lane) for row in work.connection.execute(statement))

    def before(self, work: UnitOfWork, batch: Batch) -> bool:
        statement = select(
            exists().where(
                batches.c.state == BatchState.READING.value, batches.c.priority > batch.priority, _waits()
            )
        )
        return bool(work.connection.execute(statement).scalar_one())

    def waiting(self, work: UnitOfWork) -> bool:
        statement = select(exists().where(batches.c.state == BatchState.READING.value, _waits()))
        return bool(work.connection.execute(statement).scalar_one())

    def stranded(self, work: UnitOfWork) -> frozenset[str]:
        statement = select(pages.c.lane).where(pages.c.lane != "").distinct()
        return frozenset(lane.partition("/")[0] for lane in work.connection.execute(statement).scalars())

    def _take(
        self, work: UnitOfWork, batch: Batch, token: str, lanes: int, others_wait: bool
    ) -> Claimed | None:
        mine = and_(pages.c.batch_id == batch.id, pages.c.state == PageState.WAITING.value)
        waiting = work.connection.execute(select(func.count()).where(mine)).scalar_one()
        share = max(LEAST, -(-waiting // lanes))
        most = min(share, SHARED if others_wait else LONGEST)
        rows = work.connection.execute(select(pages).where(mine).order_by(pages.c.position).limit(most)).all()
        if not rows:
            return None
        of_rows = files.c.id.in_({row.file_id for row in rows})
        known = {row.id: file_of(row) for row in work.connection.execute(select(files).where(of_rows))}
        taken = _together(rows, known)
        work.connection.execute(
            update(pages)
            .where(pages.c.id.in_([row.id for row in taken]))
            .values(state=PageState.CLAIMED.value, lane=token)
        )
        return Claimed(
            batch,
            {row.file_id: known[row.file_id] for row in taken},
            tuple(page_of(row) for row in taken),
            taken[0].tries,
        )


def _together(rows: Sequence[Row[Any]], known: Mapping[str, ScanFile]) -> list[Row[Any]]:
    """The first pages that one process may read: alone what was tried before; else of one file, or of small
    files. Starting a process takes as long as reading some pages, and many scanners write a file a page."""
    first = rows[0]
    if first.tries:
        return [first]
    taken, size = [first], known[first.file_id].size
    small = _small(first, known)
    for before, row in pairwise(rows):
        if row.tries:
            break
        if row.file_id != before.file_id:
            size += known[row.file_id].size
            if not (small and _small(row, known) and size <= _TOGETHER):
                break
        taken.append(row)
    return taken


def _small(row: Row[Any], known: Mapping[str, ScanFile]) -> bool:
    return not row.member and known[row.file_id].pages <= SMALL


def _waits() -> Any:
    return exists().where(pages.c.batch_id == batches.c.id, pages.c.state == PageState.WAITING.value)


def _next_batches() -> Select[Any]:
    """The batch that comes first, and the one after it: it matters whether there is one."""
    return (
        select(batches.c.id)
        .where(batches.c.state == BatchState.READING.value, _waits())
        .order_by(
            batches.c.priority.desc(),
            nulls_first(batches.c.served_at.asc()),
            batches.c.created_at,
            batches.c.id,
        )
        .limit(2)
    )


def _mine(page_id: str, token: str) -> Any:
    return and_(pages.c.id == page_id, pages.c.lane == token, pages.c.state == PageState.CLAIMED.value)
