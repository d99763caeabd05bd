"""The web house that every router is built with: rendering, who is asking, transactions, CSRF, notices."""

from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI
from markupsafe import Markup
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from kernel.clock import Clock
from kernel.errors import Forbidden, Text, Unauthenticated
from kernel.identity.models import Actor
from kernel.identity.secrets import same
from kernel.identity.service import Accounts
from kernel.records import Records, UnitOfWork
from kernel.settings import Settings
from kernel.web import notices
from kernel.web.addresses import SeeOther, came_from, here
from kernel.web.bodies import BodyLimit
from kernel.web.navigation import MAP, Place, places
from kernel.web.problems import Problems
from kernel.web.rendering import LANGUAGES, Templates
from kernel.web.security import SecurityHeaders
from kernel.web.setup import SetupCode
from kernel.web.statics import Statics
from kernel.web.transactions import in_own_threads
from kernel.web.translations import Translate, Translations
from kernel.web.visitors import LANGUAGE_COOKIE, Visitor, Visitors

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
FORM_PART_BYTES = 12_100_000  # a body of 1,000,000 characters is at most 12 MB as percent codes
FORM_FIELDS = 500  # far more than any page has
FORM_FILES = 100
PASSWORD_PAGE = "/account/password"  # noqa: S105  an address


@dataclass(frozen=True, eq=False)
class Web:
    """Built once by `build_web`. Its methods are used as FastAPI dependencies."""

    settings: Settings
    records: Records
    accounts: Accounts
    clock: Clock
    translations: Translations
    templates: Templates
    statics: Statics
    visitors: Visitors
    setup_code: SetupCode
    notice_key: str
    map: tuple[Place, ...] = MAP

    # who is asking

    def page_actor(self, request: Request) -> Actor:
        """The person in the browser; sends others to the log-in page, or to the set-up page while nobody
        can log in, and whoever still has a one-time code to the page for choosing a password."""
        visitor = self.visitors.of(request)
        if visitor.signed_in is None:
            with self.records.read() as work:
                nobody = self.accounts.nobody_yet(work)
            back = here(request) if request.method == "GET" else came_from(request)
            raise SeeOther("/setup" if nobody else f"/login?next={quote(back, safe='')}")
        if visitor.signed_in.user.must_change_password and request.url.path != PASSWORD_PAGE:
            raise SeeOther(PASSWORD_PAGE)
        return visitor.signed_in.actor()

    def api_actor(self, request: Request) -> Actor:
        """A bearer token's actor, or the session's; a session must send X-CSRF-Token when it writes."""
        actor = self.optional_actor(request)
        if actor is None:
            raise Unauthenticated(
                Text(
                    "ログインが必要です。APIトークンを Authorization: Bearer で送るか、ログインしてください。",
                    "You are not logged in. Send an API token as Authorization: Bearer, or log in.",
                )
            )
        return actor

    def optional_actor(self, request: Request) -> Actor | None:
        """The same, and None for the public."""
        visitor = self.visitors.of(request)
        if visitor.signed_in is None:
            return visitor.actor
        if visitor.signed_in.user.must_change_password:
            raise Forbidden(
                Text(
                    "先に自分のパスワードを設定してください。",
                    "Choose your own password first.",
                )
            )
        if request.method not in SAFE_METHODS:
            self._check_csrf(visitor, request.headers.get("x-csrf-token", ""))
        return visitor.actor

    # transactions: use with Depends(..., scope="function"), which commits before the answer leaves

    def reading(self) -> Iterator[UnitOfWork]:
        with self.records.read() as work:
            yield work

    async def writing(self) -> AsyncIterator[UnitOfWork]:
        async with in_own_threads(self.records.write()) as work:
            yield work

    # forms

    async def form(self, request: Request) -> FormData:
        """The fields of a page's POST, with the CSRF token checked. Files are refused."""
        return await self._checked_form(request, 0)

    async def form_with_files(self, request: Request) -> FormData:
        """The same for a page that takes files, which are spooled to the disk: know who may send them first."""
        return await self._checked_form(request, FORM_FILES)

    async def _checked_form(self, request: Request, files: int) -> FormData:
        fields = await request.form(max_files=files, max_fields=FORM_FIELDS, max_part_size=FORM_PART_BYTES)
        sent = fields.get("csrf")
        header = request.headers.get("x-csrf-token", "")
        self._check_csrf(self.visitors.of(request), header or (sent if isinstance(sent, str) else ""))
        return fields

    async def csrf(self, request: Request) -> None:
        """Checks the header X-CSRF-Token, or else the form field csrf. With the header, the body is left
        unread for an endpoint that streams it."""
        header = request.headers.get("x-csrf-token", "")
        if header:
            self._check_csrf(self.visitors.of(request), header)
        else:
            await self.form(request)

    def _check_csrf(self, visitor: Visitor, sent: str) -> None:
        if visitor.new_visit or not same(sent, visitor.csrf_token()):
            raise Forbidden(
                Text(
                    "画面の有効期限が切れたか、別の画面から送られたため、受け付けませんでした。"
                    "前の画面に戻って再読み込みし、もう一度送信してください。",
                    "The page has expired or the request came from elsewhere, so it was not accepted. "
                    "Go back, reload the page and send again.",
                )
            )

    # answers

    def language(self, request: Request) -> str:
        """ "ja" or "en": the cookie's, the person's, for the API the Accept-Language header's, else "ja"."""
        chosen = request.cookies.get(LANGUAGE_COOKIE, "")
        if chosen in LANGUAGES:
            return chosen
        visitor: Visitor | None = getattr(request.state, "visitor", None)
        if visitor is not None and visitor.signed_in is not None:
            return visitor.signed_in.user.language
        accepted = request.headers.get("accept-language", "").strip().lower()
        return "en" if request.url.path.startswith("/api/") and accepted.startswith("en") else "ja"

    def translate(self, request: Request) -> Translate:
        """The function to bind to `_` in page code."""
        return self.translations.into(self.language(request))

    def render(self, request: Request, template: str, /, status: int = 200, **context: Any) -> HTMLResponse:
        """A page in the visitor's language. Pages are never kept by caches: they hold what one person may see."""
        visitor = self.visitors.of(request)
        language = self.language(request)
        notice = notices.take(request, self.notice_key)
        shared = {
            **self._house(visitor),
            "request": request,
            "nav": places(visitor.actor, request.url.path, self.map),
            "notice_once": notice,
            "here": here(request) if request.method == "GET" else came_from(request),
        }
        html = self.templates.render(language, template, {**shared, **context})
        response = HTMLResponse(html, status, headers={"Cache-Control": "no-store"})
        self.visitors.keep_visit(request, response)
        if notice is not None:
            notices.forget(response)
        return response

    def redirect(self, address: str) -> RedirectResponse:
        """To a page after a POST (303)."""
        return RedirectResponse(address, 303)

    def flash(self, response: Response, text: str, kind: str = "success") -> None:
        """Shows `text`, already in the visitor's language, once on the next page. `kind` is "success",
        "info", "warning" or "error"."""
        notices.put(response, self.notice_key, notices.Notice(kind, text), self.settings.secure_cookies)

    def install(self, app: FastAPI, uploads: Iterable[str] = ()) -> None:
        """Mounts the static files, the error pages, the limit of bodies and the security headers. `uploads`:
        regular expressions of the paths that take files."""
        self.statics.mount(app)
        problems = Problems(self)
        problems.install(app)
        app.add_middleware(
            BodyLimit,
            upload_bytes=self.settings.upload_max_mb * 1_000_000,
            uploads=tuple(uploads),
            answer=problems.answer,
        )
        app.add_middleware(
            SecurityHeaders,
            after_answer=self.visitors.after_answer,
            on_defect=problems.defect,
            secure=self.settings.secure_cookies,
        )

    def _house(self, visitor: Visitor) -> dict[str, Any]:
        """What every template may use besides its own context."""
        token = visitor.csrf_token()
        return {
            "actor": visitor.actor,
            "csrf_token": token,
            "csrf_field": Markup('<input type="hidden" name="csrf" value="{}">').format(token),
            "demo": self.settings.demo,
        }
