"""/api/v1: me, my tokens, and the users of my organisation."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi import Path as PathParameter
from pydantic import BaseModel, ConfigDict, Field

from kernel.errors import Invalid, Problem, Text
from kernel.identity.models import Actor, Invited, Role, Scope, Token, User
from kernel.identity.permissions import Action, may
from kernel.identity.service import Accounts
from kernel.records import UnitOfWork
from kernel.web.idempotency import SecretKey, fingerprint, only_once
from kernel.web.problems import problem_responses
from kernel.web.web import Web

Id = Annotated[str, PathParameter(pattern="^[0-9a-f]{32}$", description="32 hexadecimal digits.")]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Me(BaseModel):
    """Who the caller is and what they may do."""

    id: str
    name: str
    organisation: str = Field(description="Organisation code.", examples=["131016"])
    roles: list[Role]
    scopes: list[Scope] | None = Field(description="The token's scopes; null for a session.")
    actions: list[Action] = Field(description="What roles and scopes allow together.")
    language: str


class TokenOut(BaseModel):
    """An API token without its secret."""

    id: str
    name: str
    scopes: list[Scope]
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


class TokenMade(TokenOut):
    """A new token with its secret, which is shown this once."""

    secret: str


class TokenBody(_Body):
    """What a new token is for."""

    name: str = Field(min_length=1, max_length=100, examples=["庁内ポータルの検索"])
    scopes: list[Scope] = Field(min_length=1, max_length=3)
    days: int = Field(90, ge=1, le=366, description="Days until it ends.")


class UserOut(BaseModel):
    """A person of the caller's organisation."""

    id: str
    login: str
    name: str
    organisation: str
    roles: list[Role]
    active: bool
    must_change_password: bool = Field(description="True until the person has chosen a password.")
    locked_until: datetime | None
    created_at: datetime | None
    last_login_at: datetime | None


class UserInvited(UserOut):
    """A person with a one-time code, which is shown this once."""

    code: str = Field(examples=["ABCD-EFGH-JKLM-NPQR"])
    code_expires_at: datetime


class InviteBody(_Body):
    """A new person."""

    login: str = Field(min_length=3, max_length=64, examples=["suzuki"])
    name: str = Field(min_length=1, max_length=100, examples=["鈴木 花子"])
    roles: list[Role] = Field(min_length=1, max_length=6)


class UserChange(_Body):
    """What to change; what is left out stays."""

    roles: list[Role] | None = Field(None, min_length=1, max_length=6)
    active: bool | None = None


def build_router(web: Web, accounts: Accounts) -> APIRouter:
    """Tokens and users; every problem is problem+json."""
    router = APIRouter(prefix="/api/v1")
    _me(router, web)
    _tokens(router, web, accounts)
    _users(router, web, accounts)
    return router


def _me(router: APIRouter, web: Web) -> None:
    @router.get(
        "/me",
        operation_id="getMe",
        tags=["account"],
        summary="Who am I",
        response_model=Me,
        responses=problem_responses(401, 403),
    )
    def me(actor: Actor = Depends(web.api_actor)) -> Me:
        """Roles, scopes and the actions that they allow."""
        return Me(
            id=actor.user_id,
            name=actor.name,
            organisation=actor.organisation,
            roles=sorted(actor.roles),
            scopes=None if actor.scopes is None else sorted(actor.scopes),
            actions=[action for action in Action if may(actor, action)],
            language=actor.language,
        )


def _tokens(router: APIRouter, web: Web, accounts: Accounts) -> None:
    @router.get(
        "/tokens",
        operation_id="listTokens",
        tags=["account"],
        summary="My API tokens",
        response_model=list[TokenOut],
        responses=problem_responses(401, 403),
    )
    def tokens(
        actor: Actor = Depends(web.api_actor), work: UnitOfWork = Depends(web.reading, scope="function")
    ) -> list[TokenOut]:
        """Newest first, with those that ended."""
        return [_token(token) for token in accounts.own_tokens(work, actor)]

    @router.post(
        "/tokens",
        operation_id="createToken",
        tags=["account"],
        summary="Make an API token",
        status_code=201,
        response_model=TokenMade,
        responses=problem_responses(400, 401, 403, 409, 422),
    )
    def make(
        request: Request,
        body: TokenBody,
        key: SecretKey = None,
        actor: Actor = Depends(web.api_actor),
        work: UnitOfWork = Depends(web.writing, scope="function"),
    ) -> TokenMade:
        """The secret is in this answer and nowhere else. A token never has more scopes than its maker."""
        scopes = frozenset(body.scopes)
        if actor.scopes is not None and not scopes <= actor.scopes:
            raise _wider()
        sent = fingerprint("POST", request.url.path, body.model_dump_json())
        only_once(work, web.clock, actor, key=key, request=sent)
        token, secret = accounts.make_token(work, actor, body.name, scopes, body.days)
        return TokenMade(**_token(token).model_dump(), secret=secret)

    @router.delete(
        "/tokens/{token_id}",
        operation_id="revokeToken",
        tags=["account"],
        summary="Revoke an API token",
        status_code=204,
        responses=problem_responses(401, 403, 404, 422),
    )
    def revoke(
        token_id: Id,
        actor: Actor = Depends(web.api_actor),
        work: UnitOfWork = Depends(web.writing, scope="function"),
    ) -> None:
        """From now on it is refused. Revoking twice is no error."""
        accounts.revoke_token(work, actor, token_id)


def _users(router: APIRouter, web: Web, accounts: Accounts) -> None:
    @router.get(
        "/users",
        operation_id="listUsers",
        tags=["users"],
        summary="People of my organisation",
        response_model=list[UserOut],
        responses=problem_responses(401, 403),
    )
    def people(
        actor: Actor = Depends(web.api_actor), work: UnitOfWork = Depends(web.reading, scope="function")
    ) -> list[UserOut]:
        """Active ones first. For administrators."""
        return [_user(user) for user in accounts.list_users(work, actor)]

    @router.post(
        "/users",
        operation_id="inviteUser",
        tags=["users"],
        summary="Invite a person",
        status_code=201,
        response_model=UserInvited,
        responses=problem_responses(400, 401, 403, 409, 422),
    )
    def invite(
        request: Request,
        body: InviteBody,
        key: SecretKey = None,
        actor: Actor = Depends(web.api_actor),
        work: UnitOfWork = Depends(web.writing, scope="function"),
    ) -> UserInvited:
        """Answers with a one-time code that stands for the password until the person chooses one."""
        sent = fingerprint("POST", request.url.path, body.model_dump_json())
        only_once(work, web.clock, actor, key=key, request=sent)
        return _invited(accounts.invite(work, actor, body.login, body.name, frozenset(body.roles)))

    @router.get(
        "/users/{user_id}",
        operation_id="getUser",
        tags=["users"],
        summary="One person",
        response_model=UserOut,
        responses=problem_responses(401, 403, 404, 422),
    )
    def person(
        user_id: Id,
        actor: Actor = Depends(web.api_actor),
        work: UnitOfWork = Depends(web.reading, scope="function"),
    ) -> UserOut:
        """404 for people of other organisations."""
        return _user(accounts.get_user(work, actor, user_id))

    @router.patch(
        "/users/{user_id}",
        operation_id="changeUser",
        tags=["users"],
        summary="Change roles, deactivate, reactivate",
        response_model=UserOut,
        responses=problem_responses(400, 401, 403, 404, 409, 422),
    )
    def change(
        user_id: Id,
        body: UserChange,
        actor: Actor = Depends(web.api_actor),
        work: UnitOfWork = Depends(web.writing, scope="function"),
    ) -> UserOut:
        """Refused with 409 when no active administrator would be left."""
        user = accounts.get_user(work, actor, user_id)
        if body.roles is not None:
            user = accounts.set_roles(work, actor, user_id, frozenset(body.roles))
        if body.active is not None:
            step = accounts.reactivate if body.active else accounts.deactivate
            user = step(work, actor, user_id)
        return _user(user)

    @router.post(
        "/users/{user_id}/reset",
        operation_id="resetUser",
        tags=["users"],
        summary="Take the password away and give a one-time code",
        response_model=UserInvited,
        responses=problem_responses(401, 403, 404, 409, 422),
    )
    def reset(
        request: Request,
        user_id: Id,
        key: SecretKey = None,
        actor: Actor = Depends(web.api_actor),
        work: UnitOfWork = Depends(web.writing, scope="function"),
    ) -> UserInvited:
        """Ends the person's sessions and tokens."""
        only_once(work, web.clock, actor, key=key, request=fingerprint("POST", request.url.path))
        return _invited(accounts.reset(work, actor, user_id))

    @router.post(
        "/users/{user_id}/unlock",
        operation_id="unlockUser",
        tags=["users"],
        summary="Forget failed log-ins",
        response_model=UserOut,
        responses=problem_responses(401, 403, 404, 422),
    )
    def unlock(
        user_id: Id,
        actor: Actor = Depends(web.api_actor),
        work: UnitOfWork = Depends(web.writing, scope="function"),
    ) -> UserOut:
        """The person may try again at once."""
        return _user(accounts.unlock(work, actor, user_id))


def _token(token: Token) -> TokenOut:
    return TokenOut(
        id=token.id,
        name=token.name,
        scopes=sorted(token.scopes),
        created_at=token.created_at,
        expires_at=token.expires_at,
        last_used_at=token.last_used_at,
        revoked_at=token.revoked_at,
    )


def _user(user: User) -> UserOut:
    return UserOut(
        id=user.id,
        login=user.login,
        name=user.name,
        organisation=user.organisation,
        roles=sorted(user.roles),
        active=user.active,
        must_change_password=user.must_change_password,
        locked_until=user.locked_until,
        created_at=user.created_at,
        last_login_at=user.last_login_at,
    )


def _invited(invited: Invited) -> UserInvited:
    return UserInvited(
        **_user(invited.user).model_dump(), code=invited.code, code_expires_at=invited.expires_at
    )


def _wider() -> Invalid:
    text = Text(
        "いま使っているトークンにない範囲は付けられません。範囲を減らしてください。",
        "A token cannot give scopes that it does not have. Leave them out.",
    )
    return Invalid(text, (Problem("scopes", text),))
