"""The set-up page of an installation in which nobody can log in yet."""

from fastapi import APIRouter, Depends
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from kernel.errors import ChienowaError, Forbidden, Invalid, Problem, Text
from kernel.identity.logins import LoggedIn
from kernel.identity.organisations import ORGANISATIONS
from kernel.identity.service import Accounts
from kernel.web.identity_pages.forms import problems_of, text
from kernel.web.identity_pages.login import enter
from kernel.web.rendering import organisation_name
from kernel.web.web import Web

_WRONG_CODE = Text(
    "コードが違います。サーバーを起動した画面に表示されているコードを入力してください。",
    "The code is wrong. Type the code shown where the server was started.",
)
_DIFFERENT = Text(
    "2回入力したパスワードが一致しません。同じものを入力してください。",
    "The two passwords differ. Type the same one twice.",
)


def build_router(web: Web, accounts: Accounts) -> APIRouter:
    router = APIRouter()

    @router.get("/setup")
    def page(request: Request) -> Response:
        with web.records.read() as work:
            nobody = accounts.nobody_yet(work)
        return _page(web, request, {}) if nobody else web.redirect("/login")

    @router.post("/setup")
    def create(request: Request, form: FormData = Depends(web.form)) -> Response:
        typed = {name: text(form, name) for name in ("organisation", "login", "name")}
        try:
            opened = _create(web, accounts, form, typed)
        except ChienowaError as error:
            return _page(web, request, typed, error)
        response = enter(web, opened, "/")
        _ = web.translate(request)
        web.flash(response, _("管理者を作成しました。次に、一緒に使う方を招待してください。"))
        return response

    return router


def _create(web: Web, accounts: Accounts, form: FormData, typed: dict[str, str]) -> LoggedIn:
    if not web.setup_code.fits(text(form, "code")):
        raise Forbidden(_WRONG_CODE, (Problem("code", _WRONG_CODE),))
    check_twice(form)
    password_hash = accounts.new_hash(text(form, "password"), typed["login"])
    with web.records.write() as work:
        invited = accounts.create_first_administrator(
            work, typed["organisation"], typed["login"], typed["name"], password_hash
        )
        return accounts.open_session(work, invited.user)


def check_twice(form: FormData) -> None:
    """Raises Invalid when the repeated password differs."""
    if text(form, "password") != text(form, "again"):
        raise Invalid(_DIFFERENT, (Problem("again", _DIFFERENT),))


def _page(web: Web, request: Request, typed: dict[str, str], error: ChienowaError | None = None) -> Response:
    language = web.language(request)
    name = organisation_name(language)
    _ = web.translate(request)
    return web.render(
        request,
        "kernel/setup.html",
        200 if error is None else error.status,
        typed={"organisation": "", "login": "", "name": "", **typed},
        organisations=[("", _("団体を選んでください")), *((code, name(code)) for code in ORGANISATIONS)],
        problems=[] if error is None else problems_of(error, language),
    )
