"""The audit trail of my organisation: what was done, whether the chain holds, and CSV of it."""

import codecs
import csv
import io
from collections.abc import Iterator
from datetime import date

from fastapi import APIRouter, Depends
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from kernel.audit.reading import AuditFilter, NamedRow, audit_actions, audit_page, verify_own
from kernel.audit.trail import instant
from kernel.identity.models import Actor
from kernel.identity.permissions import Action, require
from kernel.identity.service import Accounts
from kernel.web.identity_pages.words import AUDIT_NAMES
from kernel.web.web import Web

ROWS = 50
CSV_BATCH = 1000
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")  # a cell that begins so is a formula to Excel


def build_router(web: Web, accounts: Accounts) -> APIRouter:  # noqa: ARG001  one shape for all parts
    router = APIRouter(prefix="/admin/audit")

    @router.get("")
    def trail(
        request: Request,
        *,
        action: str = "",
        since: str = "",
        until: str = "",
        before: str = "",
        actor: Actor = Depends(web.page_actor),
    ) -> Response:
        wanted = AuditFilter(action[:64], day(since), day(until))
        with web.records.read() as work:
            rows = audit_page(work, actor, wanted, before[:32], ROWS + 1)
            actions = audit_actions(work, actor)
        _ = web.translate(request)
        query = {"action": wanted.action, "since": since, "until": until}
        return web.render(
            request,
            "kernel/audit.html",
            rows=rows[:ROWS],
            older=rows[ROWS - 1].row.id if len(rows) > ROWS else "",
            before=before,
            query=query,
            action_options=[("", _("すべて")), *((name, _(AUDIT_NAMES.get(name, name))) for name in actions)],
            names=AUDIT_NAMES,
            outcome=None,
        )

    @router.post("/verify")
    def check(
        request: Request, actor: Actor = Depends(web.page_actor), _form: FormData = Depends(web.form)
    ) -> Response:
        with web.records.read() as work:
            outcome = verify_own(work, actor)
        language = web.language(request)
        return web.render(
            request,
            "kernel/audit_verified.html",
            outcome=outcome,
            reasons=[(broken.sequence, broken.reason.in_language(language)) for broken in outcome.broken],
        )

    @router.get(".csv")
    def download(
        request: Request,
        *,
        action: str = "",
        since: str = "",
        until: str = "",
        encoding: str = "utf-8",
        actor: Actor = Depends(web.page_actor),
    ) -> Response:
        """UTF-8 with a byte order mark, which Excel opens in Japanese; CP932 on request."""
        require(actor, Action.AUDIT_READ)
        _ = web.translate(request)
        codec = "cp932" if encoding == "cp932" else "utf-8-sig"
        heading = [
            _("番号"),
            _("日時（世界協定時）"),
            _("したこと"),
            _("した人"),
            _("対象"),
            _("詳細"),
            _("ハッシュ値"),
        ]
        wanted = AuditFilter(action[:64], day(since), day(until))
        lines = _csv(web, actor, wanted, heading)
        return StreamingResponse(
            _encoded(lines, codec),
            media_type=f"text/csv; charset={'Shift_JIS' if codec == 'cp932' else 'utf-8'}",
            headers={
                "Content-Disposition": 'attachment; filename="audit.csv"',
                "Cache-Control": "no-store",
            },
        )

    return router


def _csv(web: Web, actor: Actor, wanted: AuditFilter, heading: list[str]) -> Iterator[str]:
    yield _line(heading)
    before = ""
    while True:
        with web.records.read() as work:
            rows = audit_page(work, actor, wanted, before, CSV_BATCH)
        yield from (_line(_cells(named)) for named in rows)
        if len(rows) < CSV_BATCH:
            return
        before = rows[-1].row.id


def _encoded(lines: Iterator[str], codec: str) -> Iterator[bytes]:
    encoder = codecs.getincrementalencoder(codec)("replace")
    for line in lines:
        yield encoder.encode(line)


def _cells(named: NamedRow) -> list[str]:
    row = named.row
    sequence = "" if row.sequence is None else str(row.sequence)
    return [
        sequence,
        instant(row.at),
        row.action,
        named.actor_name or row.actor_id,
        row.subject,
        row.details,
        row.digest or "",
    ]


def _line(cells: list[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerow("'" + cell if cell.startswith(_DANGEROUS) else cell for cell in cells)
    return buffer.getvalue()


def day(typed: str) -> date | None:
    """A date as the browser sends it; None for anything else."""
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None
