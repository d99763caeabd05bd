"""Idempotency-Key: the same request sent again gets the same answer, for a day, per person."""

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.elements import ColumnElement
from starlette.responses import Response

from kernel.clock import Clock
from kernel.errors import Conflict, Invalid, Problem, Text
from kernel.identity.models import Actor
from kernel.records import UnitOfWork
from kernel.web.tables import idempotency_keys as keys

KEPT = timedelta(hours=24)
KEY_MAX = 255
_REPEATED = ("content-type", "location", "etag")


def fingerprint(*parts: str) -> str:
    """What makes two requests the same: method, path, body."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def once(
    work: UnitOfWork,
    clock: Clock,
    actor: Actor,
    *,
    key: str | None,
    request: str,
    answer: Callable[[], Response],
) -> Response:
    """The kept answer when `key` was used for this `request` (a fingerprint) before; else a new one, kept in
    the same transaction as what it did. A second request under way at the same moment waits for the first.
    Raises Conflict when the key was used for another request."""
    if key is None:
        return answer()
    _check(key)
    now = clock.now()
    work.connection.execute(delete(keys).where(keys.c.created_at < now - KEPT))
    insert = postgresql.insert if work.dialect == "postgresql" else sqlite.insert
    claimed = work.connection.execute(
        insert(keys)
        .values(
            actor_id=actor.user_id,
            key=key,
            fingerprint=request,
            status=0,
            headers="[]",
            body=b"",
            created_at=now,
        )
        .on_conflict_do_nothing(index_elements=["actor_id", "key"])
        .returning(keys.c.key)
    ).first()
    mine = (keys.c.actor_id == actor.user_id) & (keys.c.key == key)
    if claimed is None:
        return _kept(work, mine, request)
    response = answer()
    headers = [[name, value] for name, value in response.headers.items() if name in _REPEATED]
    work.connection.execute(
        update(keys)
        .where(mine)
        .values(status=response.status_code, headers=json.dumps(headers), body=bytes(response.body))
    )
    return response


def _kept(work: UnitOfWork, mine: ColumnElement[bool], request: str) -> Response:
    row = work.connection.execute(select(keys).where(mine)).one()
    if row.fingerprint != request:
        raise Conflict(
            Text(
                "この Idempotency-Key は別の内容の送信に使われています。新しい値を使ってください。",
                "This Idempotency-Key was used for a different request. Use a new one.",
            )
        )
    headers = {str(name): str(value) for name, value in json.loads(row.headers)}
    return Response(row.body, row.status, {**headers, "Idempotency-Replayed": "true"})


def _check(key: str) -> None:
    if not key or len(key) > KEY_MAX or not key.isascii() or not key.isprintable():
        text = Text(
            f"Idempotency-Key は{KEY_MAX}文字以内の英数字と記号で送ってください。",
            f"Idempotency-Key must be printable ASCII of at most {KEY_MAX} characters.",
        )
        raise Invalid(text, (Problem("Idempotency-Key", text),))
