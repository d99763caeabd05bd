"""What retention looks for and clears, in SQL."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, cast, delete, literal, select, text, union_all, update

from kernel.records import UnitOfWork
from ocr_service.adapters.records.tables import (
    batches,
    decisions,
    documents,
    exports,
    fields,
    files,
    pages,
    reservations,
    views,
)
from ocr_service.models.batches import PageState
from ocr_service.ports.batches import Erased

_LOCK = 0x6F63725F626C6F62  # "ocr_blob": the advisory lock on blobs, on PostgreSQL
_MANY = 300  # digests in one question
_PLACES = (
    (files, files.c.digest),
    (pages, pages.c.preview),
    (pages, pages.c.crops),
    (exports, exports.c.digest),
)


class SqlErasures:
    """ErasureRepository."""

    def share_blobs(self, work: UnitOfWork) -> None:
        if work.dialect == "postgresql":  # SQLite has one writer at a time anyway
            work.connection.execute(text("SELECT pg_advisory_xact_lock_shared(:key)"), {"key": _LOCK})

    def own_blobs(self, work: UnitOfWork) -> None:
        if work.dialect == "postgresql":
            work.connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})

    def needed(self, work: UnitOfWork, digests: Collection[str], but_by: str = "") -> frozenset[str]:
        found: set[str] = set()
        wanted = sorted(set(digests))
        for start in range(0, len(wanted), _MANY):
            some = wanted[start : start + _MANY]
            for table, column in _PLACES:
                statement = select(column).where(column.in_(some), table.c.batch_id != but_by)
                found.update(work.connection.execute(statement).scalars())
            for column in (documents.c.digest, documents.c.pdf, documents.c.text, documents.c.tables):
                found.update(work.connection.execute(select(column).where(column.in_(some))).scalars())
        return frozenset(found)

    def holdings(self, work: UnitOfWork, batch_id: str) -> Erased:
        ids = {
            table: sorted(
                work.connection.execute(select(table.c.id).where(table.c.batch_id == batch_id)).scalars()
            )
            for table in (files, pages, fields, decisions, exports)
        }
        blobs = union_all(*(_blobs(column, table, batch_id) for table, column in _PLACES))
        digests = {str(row[0]) for row in work.connection.execute(blobs)}
        return Erased(
            files=len(ids[files]),
            pages=len(ids[pages]),
            fields=len(ids[fields]),
            decisions=len(ids[decisions]),
            exports=len(ids[exports]),
            ids=tuple(each for table in ids for each in ids[table]),
            digests=tuple(sorted(digests)),
        )

    def erase(self, work: UnitOfWork, batch_id: str) -> None:
        _overwrite(work, True)
        self._clear(work, batch_id)
        _overwrite(work, False)

    def _clear(self, work: UnitOfWork, batch_id: str) -> None:
        run = work.connection.execute
        run(delete(reservations).where(reservations.c.batch_id == batch_id))
        run(delete(views).where(views.c.batch_id == batch_id))
        run(update(decisions).where(decisions.c.batch_id == batch_id).values(value="", typed=""))
        nowhere = [[0.0, 0.0]] * 4
        run(
            update(fields)
            .where(fields.c.batch_id == batch_id)
            .values(
                candidates=[],
                confidence=0.0,
                blank=False,
                ink=0.0,
                flags=[],
                quad=nowhere,
                crop_at=0,
                crop_size=0,
                value="",
                version=fields.c.version + 1,
            )
        )
        run(
            update(pages)
            .where(pages.c.batch_id == batch_id)
            .values(
                # The names inside a ZIP may name people; the number keeps the pages of a file apart.
                member=literal("#") + cast(pages.c.position, pages.c.member.type),
                preview="",
                preview_width=0,
                preview_height=0,
                crops="",
                lane="",
                reason_ja="",
                reason_en="",
            )
        )
        run(
            update(pages)
            .where(pages.c.batch_id == batch_id, pages.c.state == PageState.CLAIMED.value)
            .values(state=PageState.WAITING.value)
        )
        run(
            update(files)
            .where(files.c.batch_id == batch_id)
            .values(name="", digest="", reason_ja="", reason_en="")
        )
        run(update(exports).where(exports.c.batch_id == batch_id).values(name="", digest="", notes=[]))
        run(update(batches).where(batches.c.id == batch_id).values(note=""))


def _overwrite(work: UnitOfWork, on: bool) -> None:
    """SQLite leaves what is cleared in the free places of its file unless it is told to overwrite it."""
    if work.dialect == "sqlite":
        work.connection.exec_driver_sql(f"PRAGMA secure_delete={'ON' if on else 'OFF'}")


def _blobs(column: Any, table: Any, batch_id: str) -> Select[tuple[str]]:
    return select(column).where(table.c.batch_id == batch_id, column != "")
