"""My account: who I am here, my language, my password, my API tokens."""

from fastapi import APIRouter, Depends
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from kernel.errors import ChienowaError, Invalid, Problem, Text, TooManyAttempts
from kernel.identity.models import Actor, Scope, SignedIn, Token
from kernel.identity.permissions import Action, may
from kernel.identity.service import Accounts
from kernel.web.identity_pages.forms import chosen, problems_of, text
from kernel.web.identity_pages.login import enter
from kernel.web.identity_pages.setup import check_twice
from kernel.web.identity_pages.words import ROLE_NAMES, SCOPE_NAMES, SCOPE_PURPOSES
from kernel.web.web import PASSWORD_PAGE, Web

_WRONG_PASSWORD = Text(
    "いまのパスワードが違います。もう一度入力してください。",
    "The present password is wrong. Please type it again.",
)
DAYS = (30, 90, 180, 365)


def build_router(web: Web, accounts: Accounts) -> APIRouter:
    router = APIRouter(prefix="/account")

    @router.get("")
    def page(request: Request, actor: Actor = Depends(web.page_actor)) -> Response:
        return _page(web, accounts, request, actor)

    @router.get("/password")
    def password_page(request: Request, _actor: Actor = Depends(web.page_actor)) -> Response:
        return _password_page(web, request)

    @router.post("/password")
    def change_password(
        request: Request, _actor: Actor = Depends(web.page_actor), form: FormData = Depends(web.form)
    ) -> Response:
        signed_in = _signed_in(web, request)
        try:
            password_hash = _new_hash(web, accounts, signed_in, form)
        except ChienowaError as error:
            return _password_page(web, request, error)
        with web.records.write() as work:
            opened = accounts.change_password(work, signed_in.user, password_hash)
        response = enter(web, opened, "/" if signed_in.user.must_change_password else "/account")
        _ = web.translate(request)
        web.flash(response, _("パスワードを変更しました。ほかの端末ではログアウトされます。"))
        return response

    @router.post("/tokens")
    def make_token(
        request: Request, actor: Actor = Depends(web.page_actor), form: FormData = Depends(web.form)
    ) -> Response:
        typed = text(form, "name")
        scopes = chosen(form, "scopes", Scope)
        days = text(form, "days")
        try:
            with web.records.write() as work:
                number = int(days) if days.isascii() and days.isdigit() and len(days) < 6 else 0
                token, secret = accounts.make_token(work, actor, typed, scopes, number)
        except ChienowaError as error:
            return _page(web, accounts, request, actor, error, typed, scopes, days)
        return web.render(request, "kernel/token.html", token=token, secret=secret, scope_names=SCOPE_NAMES)

    @router.post("/tokens/{token_id}/revoke")
    def revoke(
        request: Request,
        token_id: str,
        actor: Actor = Depends(web.page_actor),
        _form: FormData = Depends(web.form),
    ) -> Response:
        with web.records.write() as work:
            accounts.revoke_token(work, actor, token_id)
        response = web.redirect("/account#tokens")
        _ = web.translate(request)
        web.flash(response, _("APIトークンを取り消しました。いまから使えません。"))
        return response

    return router


def _signed_in(web: Web, request: Request) -> SignedIn:
    signed_in = web.visitors.of(request).signed_in
    assert signed_in is not None  # page_actor has let us in
    return signed_in


def _new_hash(web: Web, accounts: Accounts, signed_in: SignedIn, form: FormData) -> str:
    """Whoever has just come in with a one-time code is not asked for it again. Wrong answers count as failed
    log-ins: a browser left open must not become a place to guess passwords."""
    user = signed_in.user
    if not user.must_change_password:
        with web.records.read() as work:
            known = accounts.credentials(work, user.login)
        proof = accounts.prove(known, text(form, "present"))
        with web.records.write() as work:
            refused = accounts.confirm(work, proof)
        if refused is not None:
            locked = isinstance(refused.error, TooManyAttempts)
            raise (
                refused.error if locked else Invalid(_WRONG_PASSWORD, (Problem("present", _WRONG_PASSWORD),))
            )
    check_twice(form)
    return accounts.new_hash(text(form, "password"), user.login)


def _password_page(web: Web, request: Request, error: ChienowaError | None = None) -> Response:
    user = _signed_in(web, request).user
    return web.render(
        request,
        "kernel/password.html",
        200 if error is None else error.status,
        user=user,
        problems=[] if error is None else problems_of(error, web.language(request)),
        password_page=PASSWORD_PAGE,
    )


def _page(  # noqa: PLR0917  what was typed into the token form comes back with the page
    web: Web,
    accounts: Accounts,
    request: Request,
    actor: Actor,
    error: ChienowaError | None = None,
    name: str = "",
    scopes: frozenset[Scope] = frozenset({Scope.READ}),
    days: str = "90",
) -> Response:
    tokens: list[Token] = []
    if may(actor, Action.TOKEN_OWN):
        with web.records.read() as work:
            tokens = accounts.own_tokens(work, actor)
    _ = web.translate(request)
    return web.render(
        request,
        "kernel/account.html",
        200 if error is None else error.status,
        user=_signed_in(web, request).user,
        tokens=tokens,
        may_make_tokens=may(actor, Action.TOKEN_OWN),
        now=web.clock.now(),
        role_names=ROLE_NAMES,
        scope_names=SCOPE_NAMES,
        scope_options=[(scope.value, _(SCOPE_NAMES[scope]), _(SCOPE_PURPOSES[scope])) for scope in Scope],
        day_options=[(str(number), _("{days}日間", days=number)) for number in DAYS],
        typed={"name": name, "scopes": [scope.value for scope in scopes], "days": days},
        problems=[] if error is None else problems_of(error, web.language(request)),
    )
