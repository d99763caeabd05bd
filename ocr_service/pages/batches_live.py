"""Progress of a batch as server-sent events: the part of its page that changes, each time it does."""

import json
import time
from collections.abc import AsyncIterator, Callable

import anyio
from anyio import to_thread
from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from kernel.errors import ChienowaError
from kernel.identity.models import Actor
from ocr_service.models.batches import BatchState
from ocr_service.pages.batches_standing import standing_of
from ocr_service.pages.desk import Desk

BUSY_SECONDS = 1.0  # between two looks while pages are read
CALM_SECONDS = 5.0
QUIET_SECONDS = 15  # a comment this often keeps proxies from closing the connection
LONGEST_SECONDS = 600  # the browser connects again by itself


def add_live_progress(router: APIRouter, desk: Desk) -> None:
    """Adds /forms/{id}/live."""
    web = desk.web

    @router.get("/forms/{batch_id}/live")
    def live(request: Request, batch_id: str, actor: Actor = Depends(web.page_actor)) -> Response:
        """Raises NotFound before the stream begins."""

        def look() -> tuple[str, bool]:
            shown = standing_of(desk, request, actor, batch_id)
            busy = shown.batch.state in (BatchState.READING, BatchState.RECEIVING)
            return desk.part(request, actor, "_live.html", shown=shown), busy

        look()
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(_events(look), media_type="text/event-stream", headers=headers)


async def _events(look: Callable[[], tuple[str, bool]]) -> AsyncIterator[str]:
    """An event `part` for each change; `gone` when the batch is not there any more. `look` opens its own short
    transaction, so that a watcher holds nothing between two looks."""
    started = said = time.monotonic()
    last = ""
    yield "retry: 3000\n\n"
    while time.monotonic() - started < LONGEST_SECONDS:
        try:
            part, busy = await to_thread.run_sync(look)
        except ChienowaError:
            yield "event: gone\ndata: {}\n\n"
            return
        if part != last:
            yield f"event: part\ndata: {json.dumps(part, ensure_ascii=False)}\n\n"
            last, said = part, time.monotonic()
        elif time.monotonic() - said > QUIET_SECONDS:
            yield ": still here\n\n"
            said = time.monotonic()
        await anyio.sleep(BUSY_SECONDS if busy else CALM_SECONDS)
