"""Write transactions as FastAPI dependencies: beginning one may wait, and must not use up the server's threads."""

from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, asynccontextmanager
from typing import TypeVar

from anyio import CancelScope, CapacityLimiter, to_thread
from anyio.lowlevel import RunVar

Opened = TypeVar("Opened")
_WAITING_AT_ONCE = 8  # threads that wait for a turn; further requests wait on the event loop
_waiting: RunVar[CapacityLimiter] = RunVar("chienowa_waiting_to_write")


@asynccontextmanager
async def in_own_threads(context: AbstractContextManager[Opened]) -> AsyncIterator[Opened]:
    """Enters and leaves `context` in threads beside those that endpoints run in. Otherwise forty requests
    waiting for one writer could take the last thread, which that writer needs to finish."""
    limiter = _waiting.get(None)
    if limiter is None:
        limiter = CapacityLimiter(_WAITING_AT_ONCE)
        _waiting.set(limiter)
    opened = await to_thread.run_sync(context.__enter__, limiter=limiter)
    try:
        yield opened
    except BaseException as error:
        with CancelScope(shield=True):
            await to_thread.run_sync(
                context.__exit__, type(error), error, error.__traceback__, limiter=CapacityLimiter(1)
            )
        raise
    else:
        with CancelScope(shield=True):
            await to_thread.run_sync(context.__exit__, None, None, None, limiter=CapacityLimiter(1))
