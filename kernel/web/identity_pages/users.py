"""The users of my organisation, for its administrators."""

from fastapi import APIRouter, Depends
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from kernel.errors import ChienowaError
from kernel.identity.models import Actor, Invited, Role
from kernel.identity.permissions import TABLE, Action, require
from kernel.identity.service import Accounts
from kernel.web.identity_pages.forms import chosen, problems_of, text
from kernel.web.identity_pages.words import ACTION_NAMES, ROLE_NAMES, ROLE_PURPOSES
from kernel.web.translations import N_
from kernel.web.web import Web

_DONE = {
    "deactivate": N_("{name}さんの利用を停止しました。"),
    "reactivate": N_("{name}さんの利用を再開しました。"),
    "unlock": N_("{name}さんのロックを解除しました。"),
}


def build_router(web: Web, accounts: Accounts) -> APIRouter:
    router = APIRouter(prefix="/admin/users")

    @router.get("")
    def people(request: Request, actor: Actor = Depends(web.page_actor)) -> Response:
        with web.records.read() as work:
            users = accounts.list_users(work, actor)
            codes = accounts.open_codes(work, actor)
        return web.render(
            request,
            "kernel/users.html",
            users=users,
            codes=codes,
            now=web.clock.now(),
            role_names=ROLE_NAMES,
            role_purposes=ROLE_PURPOSES,
            actions=ACTION_NAMES,
            table=TABLE,
        )

    @router.get("/new")
    def new(request: Request, actor: Actor = Depends(web.page_actor)) -> Response:
        require(actor, Action.USER_MANAGE)
        return _invite_page(web, request, "", "", frozenset({Role.READER}))

    @router.post("/new")
    def invite(
        request: Request, actor: Actor = Depends(web.page_actor), form: FormData = Depends(web.form)
    ) -> Response:
        login, name, roles = text(form, "login"), text(form, "name"), chosen(form, "roles", Role)
        try:
            with web.records.write() as work:
                invited = accounts.invite(work, actor, login, name, roles)
        except ChienowaError as error:
            return _invite_page(web, request, login, name, roles, error)
        return _code_page(web, request, invited)

    @router.get("/{user_id}")
    def person(request: Request, user_id: str, actor: Actor = Depends(web.page_actor)) -> Response:
        return _person_page(web, accounts, request, actor, user_id)

    @router.post("/{user_id}/roles")
    def set_roles(
        request: Request,
        user_id: str,
        actor: Actor = Depends(web.page_actor),
        form: FormData = Depends(web.form),
    ) -> Response:
        roles = chosen(form, "roles", Role)
        try:
            with web.records.write() as work:
                user = accounts.set_roles(work, actor, user_id, roles)
        except ChienowaError as error:
            return _person_page(web, accounts, request, actor, user_id, error)
        response = web.redirect("/admin/users")
        _ = web.translate(request)
        web.flash(response, _("{name}さんの役割を変更しました。", name=user.name))
        return response

    @router.post("/{user_id}/reset")
    def reset(
        request: Request,
        user_id: str,
        actor: Actor = Depends(web.page_actor),
        _form: FormData = Depends(web.form),
    ) -> Response:
        with web.records.write() as work:
            invited = accounts.reset(work, actor, user_id)
        return _code_page(web, request, invited)

    @router.post("/{user_id}/{step}")
    def change(
        request: Request,
        user_id: str,
        step: str,
        actor: Actor = Depends(web.page_actor),
        _form: FormData = Depends(web.form),
    ) -> Response:
        steps = {
            "deactivate": accounts.deactivate,
            "reactivate": accounts.reactivate,
            "unlock": accounts.unlock,
        }
        if step not in steps:
            raise accounts.no_such_user()
        try:
            with web.records.write() as work:
                user = steps[step](work, actor, user_id)
        except ChienowaError as error:
            return _person_page(web, accounts, request, actor, user_id, error)
        response = web.redirect(f"/admin/users/{user_id}")
        _ = web.translate(request)
        web.flash(response, _(_DONE[step], name=user.name))
        return response

    return router


def _role_options(web: Web, request: Request) -> list[tuple[str, str, str]]:
    _ = web.translate(request)
    return [(role.value, _(ROLE_NAMES[role]), _(ROLE_PURPOSES[role])) for role in Role]


def _invite_page(  # noqa: PLR0917  what was typed comes back with the page
    web: Web,
    request: Request,
    login: str,
    name: str,
    roles: frozenset[Role],
    error: ChienowaError | None = None,
) -> Response:
    return web.render(
        request,
        "kernel/invite.html",
        200 if error is None else error.status,
        typed={"login": login, "name": name, "roles": [role.value for role in roles]},
        role_options=_role_options(web, request),
        problems=[] if error is None else problems_of(error, web.language(request)),
    )


def _person_page(  # noqa: PLR0917  an error comes back with the page
    web: Web,
    accounts: Accounts,
    request: Request,
    actor: Actor,
    user_id: str,
    error: ChienowaError | None = None,
) -> Response:
    with web.records.read() as work:
        user = accounts.get_user(work, actor, user_id)
        code_until = accounts.open_codes(work, actor).get(user_id)
    return web.render(
        request,
        "kernel/user.html",
        200 if error is None else error.status,
        user=user,
        code_until=code_until,
        now=web.clock.now(),
        role_options=_role_options(web, request),
        role_names=ROLE_NAMES,
        problems=[] if error is None else problems_of(error, web.language(request)),
    )


def _code_page(web: Web, request: Request, invited: Invited) -> Response:
    """Shown once, never by a GET: the code is not kept in a form that can be read again."""
    return web.render(
        request,
        "kernel/code.html",
        user=invited.user,
        code=invited.code,
        expires_at=invited.expires_at,
        address=str(request.base_url) + "login",
    )
