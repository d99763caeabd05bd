"""The hash chain over an organisation's rows: digest n = SHA-256 of the RFC 8785 canonical JSON of row n
with its sequence and digest n−1. Whoever keeps one digest can later tell whether any row before it changed."""

import hashlib
import json
import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

import rfc8785
from sqlalchemy import Row, bindparam, delete, func, insert, select, update

from kernel.audit.tables import audit_heads, audit_rows
from kernel.audit.trail import AuditRow, instant
from kernel.clock import Clock
from kernel.errors import ChienowaError, Text
from kernel.records import Records, UnitOfWork

log = logging.getLogger("chienowa.audit")

START = "0" * 64  # the digest before the first row
BATCH = 200  # rows sealed in one transaction, under 0.1 s, so that writers hardly wait
FETCH = 1000
EVERY_SECONDS = 0.5
_SEALER_LOCK = 4_807_231  # PostgreSQL advisory lock: one sealer at a time


def row_digest(row: AuditRow, sequence: int, previous: str) -> str:
    """The digest of a row at its place in the chain."""
    content = {
        "action": row.action,
        "actor": row.actor_id,
        "at": instant(row.at),
        "details": json.loads(row.details),
        "id": row.id,
        "organisation": row.organisation,
        "previous": previous,
        "sequence": sequence,
        "subject": row.subject,
    }
    return hashlib.sha256(rfc8785.dumps(content)).hexdigest()


class Sealer:
    """Gives committed rows their place in the chain, in order of id, in transactions of its own, so that
    no one who writes waits for it."""

    def __init__(self, records: Records, clock: Clock) -> None:
        self._records = records
        self._clock = clock
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def seal(self) -> int:
        """Seals all rows that wait; how many. Two sealers at once are safe."""
        total = 0
        while sealed := self._seal_batch():
            total += sealed
        return total

    def start(self) -> None:
        """Seals twice a second in a thread until `stop`."""
        self._thread = threading.Thread(target=self._run, name="audit-sealer", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ends the thread after a last sealing."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(EVERY_SECONDS):
            self._try()
        self._try()

    def _try(self) -> None:
        try:
            self.seal()
        except ChienowaError as error:
            log.warning("rows wait for sealing: %s", error)

    def _seal_batch(self) -> int:
        waiting = select(audit_rows).where(audit_rows.c.sequence.is_(None))
        with self._records.read() as work:  # looking first keeps the idle sealer off the write lock
            if work.connection.execute(waiting.limit(1)).first() is None:
                return 0
        with self._records.write() as work:
            if work.dialect == "postgresql":
                work.connection.execute(select(func.pg_advisory_xact_lock(_SEALER_LOCK)))
            order = waiting.order_by(audit_rows.c.organisation, audit_rows.c.id).limit(BATCH)
            rows = [_row(row) for row in work.connection.execute(order)]
            for organisation, group in groupby(rows, key=lambda row: row.organisation):
                _append(work, organisation, list(group))
            return len(rows)


@dataclass(frozen=True, slots=True)
class Broken:
    """The first place of a chain that does not fit."""

    organisation: str
    sequence: int
    reason: Text


@dataclass(frozen=True, slots=True)
class Verification:
    """Outcome: `rows` checked, `waiting` not sealed yet, the first broken place of each chain, and the last
    digest of each organisation, worth keeping on paper."""

    rows: int
    waiting: int
    broken: tuple[Broken, ...]
    heads: tuple[tuple[str, int, str], ...]

    @property
    def ok(self) -> bool:
        return not self.broken


def verify(work: UnitOfWork, organisation: str | None = None) -> Verification:
    """Recomputes the chain of one organisation, or of all."""
    rows = 0
    broken: list[Broken] = []
    heads: list[tuple[str, int, str]] = []
    for code in [organisation] if organisation is not None else _organisations(work):
        sequence, digest, first = _walk(work, code)
        rows += sequence
        if first is not None:
            broken.append(first)
        elif sequence:
            heads.append((code, sequence, digest))
    waiting = select(func.count()).select_from(audit_rows).where(audit_rows.c.sequence.is_(None))
    if organisation is not None:
        waiting = waiting.where(audit_rows.c.organisation == organisation)
    return Verification(rows, work.connection.execute(waiting).scalar_one(), tuple(broken), tuple(heads))


def _walk(work: UnitOfWork, organisation: str) -> tuple[int, str, Broken | None]:
    """The head is read before the rows and once more after them, because sealing may go on meanwhile."""
    known = _head(work, organisation)
    sequence, digest = 0, START
    for row in _sealed(work, organisation):
        reason = _misfit(row, sequence, digest)
        if reason is not None:
            return sequence, digest, Broken(organisation, sequence + 1, reason)
        sequence, digest = sequence + 1, row.digest or ""
        if sequence == known[0] and digest != known[1]:
            return sequence, digest, Broken(organisation, sequence, _REWRITTEN)
    if sequence < known[0] or sequence > _head(work, organisation)[0]:
        return sequence, digest, Broken(organisation, sequence + 1, _REWRITTEN)
    return sequence, digest, None


_REWRITTEN = Text(
    "末尾の記録が、最後に封をしたときと違います。記録が削除されたか、書き換えられています。",
    "The end of the chain is not what was sealed last. Rows were deleted or rewritten.",
)


def _misfit(row: AuditRow, sequence: int, digest: str) -> Text | None:
    expected = sequence + 1
    if row.sequence != expected:
        return Text(
            f"{expected}番の記録がなく、{row.sequence}番が続いています。記録が削除されています。",
            f"Row {expected} is missing; row {row.sequence} follows. A row was deleted.",
        )
    if row.previous != digest:
        return Text(
            f"{expected}番の記録が、直前の記録とつながっていません。並び順か内容が書き換えられています。",
            f"Row {expected} does not join the row before it. Order or content was changed.",
        )
    if row.digest != row_digest(row, expected, digest):
        return Text(
            f"{expected}番の記録の内容が、記録したときと違います。",
            f"Row {expected} is not what was recorded.",
        )
    return None


def _sealed(work: UnitOfWork, organisation: str) -> Iterator[AuditRow]:
    query = (
        select(audit_rows)
        .where(audit_rows.c.organisation == organisation, audit_rows.c.sequence.is_not(None))
        .order_by(audit_rows.c.sequence)
    )
    for row in work.connection.execution_options(yield_per=FETCH).execute(query):
        yield _row(row)


def _append(work: UnitOfWork, organisation: str, rows: list[AuditRow]) -> None:
    sequence, digest = _head(work, organisation)
    places = []
    for row in rows:
        previous, sequence = digest, sequence + 1
        digest = row_digest(row, sequence, previous)
        places.append({"row": row.id, "sequence": sequence, "previous": previous, "digest": digest})
    work.connection.execute(update(audit_rows).where(audit_rows.c.id == bindparam("row")), places)
    work.connection.execute(delete(audit_heads).where(audit_heads.c.organisation == organisation))
    work.connection.execute(
        insert(audit_heads).values(organisation=organisation, sequence=sequence, digest=digest)
    )


def _head(work: UnitOfWork, organisation: str) -> tuple[int, str]:
    row = work.connection.execute(
        select(audit_heads.c.sequence, audit_heads.c.digest).where(audit_heads.c.organisation == organisation)
    ).first()
    return (0, START) if row is None else (row.sequence, row.digest)


def _organisations(work: UnitOfWork) -> list[str]:
    rows = select(audit_rows.c.organisation).union(select(audit_heads.c.organisation))
    return sorted(work.connection.execute(rows).scalars())


def _row(row: Row[Any]) -> AuditRow:
    return replace(
        AuditRow(row.id, row.organisation, row.at, row.actor_id, row.action, row.subject, row.details),
        sequence=row.sequence,
        previous=row.previous,
        digest=row.digest,
    )
