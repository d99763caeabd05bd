"""Log in and out."""

from fastapi import APIRouter, Depends
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from kernel.errors import ChienowaError, not_found
from kernel.identity.logins import LoggedIn, Refused
from kernel.identity.models import Role
from kernel.identity.samples import SAMPLE_LOGINS, SAMPLES, Sample
from kernel.identity.service import Accounts
from kernel.web.addresses import local_path
from kernel.web.identity_pages.words import ROLE_NAMES
from kernel.web.web import PASSWORD_PAGE, Web


def build_router(web: Web, accounts: Accounts) -> APIRouter:
    router = APIRouter()

    @router.get("/login")
    def page(request: Request, next: str = "/") -> Response:
        target = local_path(next)
        if web.visitors.of(request).signed_in is not None:
            return web.redirect(target)
        with web.records.read() as work:
            nobody = accounts.nobody_yet(work)
        return web.redirect("/setup") if nobody else _page(web, request, target)

    @router.post("/login")
    def log_in(request: Request, form: FormData = Depends(web.form)) -> Response:
        target = local_path(str(form.get("next", "/")))
        login, password = str(form.get("login", "")), str(form.get("password", ""))
        with web.records.read() as work:
            known = accounts.credentials(work, login)
        proof = accounts.prove(known, password)
        with web.records.write() as work:
            outcome = accounts.log_in(work, proof)
        if isinstance(outcome, Refused):
            return _page(web, request, target, login, outcome.error)
        return enter(web, outcome, target)

    @router.post("/login/sample")
    def log_in_as_sample(form: FormData = Depends(web.form)) -> Response:
        """One click; only in a demonstration, and only for its own sample users."""
        login = str(form.get("login", ""))
        if not web.settings.demo or login not in SAMPLE_LOGINS:
            raise not_found("利用者", "The user")
        with web.records.write() as work:
            user = accounts.credentials(work, login).user
            if user is None or not user.active:
                raise not_found("利用者", "The user")
            opened = accounts.let_in(work, user)
        return enter(web, opened, local_path(str(form.get("next", "/"))))

    @router.post("/logout")
    def log_out(request: Request, _form: FormData = Depends(web.form)) -> Response:
        visitor = web.visitors.of(request)
        if visitor.signed_in is not None:
            with web.records.write() as work:
                accounts.log_out(work, visitor.secret)
        response = web.redirect("/login")
        web.visitors.end_session(response)
        _ = web.translate(request)
        web.flash(response, _("ログアウトしました。"))
        return response

    return router


def enter(web: Web, opened: LoggedIn, target: str) -> Response:
    """Gives the browser its new session and sends it on."""
    response = web.redirect(PASSWORD_PAGE if opened.user.must_change_password else target)
    web.visitors.set_session(response, opened.secret)
    return response


def _page(
    web: Web, request: Request, target: str, login: str = "", refused: ChienowaError | None = None
) -> Response:
    language = web.language(request)
    return web.render(
        request,
        "kernel/login.html",
        200 if refused is None else refused.status,
        next=target,
        login=login,
        problems=() if refused is None else (("login", refused.text.in_language(language)),),
        samples=_by_organisation() if web.settings.demo else {},
        role_names=ROLE_NAMES,
    )


def _by_organisation() -> dict[str, list[tuple[Sample, list[Role]]]]:
    grouped: dict[str, list[tuple[Sample, list[Role]]]] = {}
    for sample in SAMPLES:
        roles = [role for role in Role if role in sample.roles]
        grouped.setdefault(sample.organisation, []).append((sample, roles))
    return grouped
