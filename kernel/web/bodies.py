"""How large a request may be. Bodies are read before anybody is recognised, so the limit stands before
everything else."""

import re
from collections.abc import Callable, Iterable

from anyio import to_thread
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kernel.errors import Text, TooLarge

BODY_BYTES = 13_000_000  # a text of 1,000,000 characters, percent-encoded in a form, is at most 12 MB
ENVELOPE = 1_000_000  # bytes that boundaries, headers and other fields may add
_LONGEST_NUMBER = 18  # digits


class BodyLimit:
    """Refuses by the announced length, and counts what arrives where none is announced. `uploads` are regular
    expressions of the paths that take files of `upload_bytes` in all. Pure ASGI."""

    def __init__(
        self,
        app: ASGIApp,
        upload_bytes: int,
        uploads: Iterable[str],
        answer: Callable[[Request, TooLarge], Response],
    ) -> None:
        self._app = app
        self._upload_bytes = upload_bytes
        self._uploads = tuple(re.compile(path) for path in uploads)
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = self._limit(scope["path"])
        if _over(Headers(scope=scope).get("content-length", ""), limit + ENVELOPE):
            answer = await to_thread.run_sync(self._answer, Request(scope), too_large(limit))
            await answer(scope, receive, send)
            return
        arrived = 0

        async def counted() -> Message:
            nonlocal arrived
            message = await receive()
            if message["type"] == "http.request":
                arrived += len(message.get("body", b""))
                if arrived > limit + ENVELOPE:
                    raise HTTPException(413)  # the one kind of error that body parsers pass on
            return message

        await self._app(scope, counted, send)

    def _limit(self, path: str) -> int:
        if any(pattern.fullmatch(path) for pattern in self._uploads):
            return self._upload_bytes
        return BODY_BYTES


def too_large(limit: int) -> TooLarge:
    """The refusal of a request of more than `limit` bytes."""
    megabytes = limit // 1_000_000
    return TooLarge(
        Text(
            f"送られた内容が大きすぎます。全部で{megabytes:,} MBまでにしてください。",
            f"What was sent is too large. Send at most {megabytes:,} MB in all.",
        )
    )


def _over(announced: str, limit: int) -> bool:
    if not (announced.isascii() and announced.isdigit()):
        return False
    return len(announced) > _LONGEST_NUMBER or int(announced) > limit
