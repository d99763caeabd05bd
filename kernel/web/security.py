"""Headers that every answer carries, and what is done for the session after the answer."""

import logging
from collections.abc import Callable
from typing import Any

from anyio import to_thread
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kernel.errors import ChienowaError

log = logging.getLogger("chienowa.web")

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'; font-src 'self'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


class SecurityHeaders:
    """Pure ASGI, so that streamed answers stay streams."""

    def __init__(
        self,
        app: ASGIApp,
        after_answer: Callable[[dict[str, Any]], None],
        on_defect: Callable[[Request], Response],
        secure: bool,
    ) -> None:
        self._app = app
        self._after_answer = after_answer
        self._on_defect = on_defect
        self._headers = dict(HEADERS)
        if secure:
            self._headers["Strict-Transport-Security"] = "max-age=31536000"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self._app(scope, receive, send_with_headers)
        except Exception:
            log.exception("%s %s failed", scope["method"], scope["path"])
            if started:
                raise
            answer = await to_thread.run_sync(self._on_defect, Request(scope))
            await answer(scope, receive, send_with_headers)
            return
        try:
            await to_thread.run_sync(self._after_answer, scope.get("state", {}))
        except ChienowaError as error:
            log.warning("the session could not be extended: %s", error)
