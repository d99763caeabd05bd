"""The reading of an attachment as server-sent events."""

import json
import time
from collections.abc import AsyncIterator, Callable

import anyio
from anyio import to_thread

from kb_service.models.attachments import Attachment, ReadingState
from kb_service.schemas.attachments import AttachmentOut
from kernel.errors import ChienowaError

POLL_SECONDS = 0.4
QUIET_SECONDS = 15  # a comment this often keeps proxies from closing the connection
LONGEST_SECONDS = 600  # the browser connects again by itself


async def events(look: Callable[[], Attachment]) -> AsyncIterator[str]:
    """An event `state` for each change, the last one when the reading has ended or the attachment is gone.
    `look` opens its own short transaction, so that a watcher holds nothing between two looks."""
    started = said = time.monotonic()
    last = ""
    yield "retry: 2000\n\n"
    while time.monotonic() - started < LONGEST_SECONDS:
        try:
            attachment = await to_thread.run_sync(look)
        except ChienowaError:
            yield "event: gone\ndata: {}\n\n"
            return
        shown = json.dumps(AttachmentOut.of(attachment).model_dump(mode="json"), ensure_ascii=False)
        if shown != last:
            yield f"event: state\ndata: {shown}\n\n"
            last, said = shown, time.monotonic()
        elif time.monotonic() - said > QUIET_SECONDS:
            yield ": still waiting\n\n"
            said = time.monotonic()
        if attachment.state in (ReadingState.DONE, ReadingState.UNREADABLE):
            return
        await anyio.sleep(POLL_SECONDS)
