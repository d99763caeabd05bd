"""How far a batch is, as server-sent events."""

import json
import time
from collections.abc import AsyncIterator, Callable

import anyio
from anyio import to_thread

from kernel.errors import ChienowaError
from ocr_service.models.batches import Batch, BatchState, Standing
from ocr_service.schemas.batches import BatchOut

POLL_SECONDS = 0.7
QUIET_SECONDS = 15  # a comment this often keeps proxies from closing the connection
LONGEST_SECONDS = 600  # the browser connects again by itself
_FINAL = (BatchState.CLOSED, BatchState.DELETED)


async def events(look: Callable[[], tuple[Batch, Standing]]) -> AsyncIterator[str]:
    """An event `state` for each change, the last one when nothing will change any more; `gone` when the batch
    may not be seen any more. `look` opens its own short transaction, so that a watcher holds nothing."""
    started = said = time.monotonic()
    last = ""
    yield "retry: 2000\n\n"
    while time.monotonic() - started < LONGEST_SECONDS:
        try:
            batch, standing = await to_thread.run_sync(look)
        except ChienowaError:
            yield "event: gone\ndata: {}\n\n"
            return
        shown = json.dumps(BatchOut.of(batch, standing).model_dump(mode="json"), ensure_ascii=False)
        if shown != last:
            yield f"event: state\ndata: {shown}\n\n"
            last, said = shown, time.monotonic()
        elif time.monotonic() - said > QUIET_SECONDS:
            yield ": still waiting\n\n"
            said = time.monotonic()
        if batch.state in _FINAL:
            return
        await anyio.sleep(POLL_SECONDS)
