"""Idempotency-Key: the same request sent again gets the same answer, for a day, per person. Where the answer
holds a secret, which is kept nowhere, it is refused instead."""

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Annotated

from fastapi import Header
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

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description="Sent again with the same request, the same answer comes back (24 hours).",
    ),
]
SecretKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description="Sent again (24 hours), the request is refused with 409: its secret is kept nowhere.",
    ),
]


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
    An answer that says what was wrong is not kept. Raises Conflict when the key was used for another request."""
    if key is None:
        return answer()
    mine = _of(actor, key)
    if not _claimed(work, clock, actor, key, request):
        return _kept(work, mine, request)
    response = answer()
    if response.status_code >= 400:
        work.connection.execute(delete(keys).where(mine))
        return response
    headers = [[name, value] for name, value in response.headers.items() if name in _REPEATED]
    work.connection.execute(
        update(keys)
        .where(mine)
        .values(status=response.status_code, headers=json.dumps(headers), body=bytes(response.body))
    )
    return response


def only_once(work: UnitOfWork, clock: Clock, actor: Actor, *, key: str | None, request: str) -> None:
    """For what answers with a secret. Raises Conflict when `key` was used before, saying what to do then."""
    if key is None or _claimed(work, clock, actor, key, request):
        return
    _same(work.connection.execute(select(keys.c.fingerprint).where(_of(actor, key))).scalar_one(), request)
    raise Conflict(
        Text(
            "この Idempotency-Key の送信はすでに受け付けました。一度だけ表示する値（コードやトークン）は保存していないため、"
            "同じ答えは返せません。受け取れなかったときは、作られたものを一覧で確かめ、トークンは無効にして作り直し、"
            "利用者にはコードを出し直してください。",
            "The request with this Idempotency-Key was done already. Its one-time value (code or token) is kept "
            "nowhere, so the answer cannot be repeated. If it did not reach you, look what was made in the list: "
            "revoke the token and make another, or give the person a new code.",
        )
    )


def _claimed(work: UnitOfWork, clock: Clock, actor: Actor, key: str, request: str) -> bool:
    """Whether the key is new; it is taken then."""
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
    return claimed is not None


def _of(actor: Actor, key: str) -> ColumnElement[bool]:
    return (keys.c.actor_id == actor.user_id) & (keys.c.key == key)


def _kept(work: UnitOfWork, mine: ColumnElement[bool], request: str) -> Response:
    row = work.connection.execute(select(keys).where(mine)).one()
    _same(row.fingerprint, request)
    headers = {str(name): str(value) for name, value in json.loads(row.headers)}
    return Response(row.body, row.status, {**headers, "Idempotency-Replayed": "true"})


def _same(fingerprint_before: str, request: str) -> None:
    if fingerprint_before != request:
        raise Conflict(
            Text(
                "この Idempotency-Key は別の内容の送信に使われています。新しい値を使ってください。",
                "This Idempotency-Key was used for a different request. Use a new one.",
            )
        )


def _check(key: str) -> None:
    if not key or len(key) > KEY_MAX or not key.isascii() or not key.isprintable():
        text = Text(
            f"Idempotency-Key は{KEY_MAX}文字以内の英数字と記号で送ってください。",
            f"Idempotency-Key must be printable ASCII of at most {KEY_MAX} characters.",
        )
        raise Invalid(text, (Problem("Idempotency-Key", text),))
