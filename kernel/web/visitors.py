"""Who is visiting: from the session cookie or the bearer token, once per request, outside any transaction
of the request itself."""

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from kernel.errors import Text, Unauthenticated
from kernel.identity.models import Actor, SignedIn, Token
from kernel.identity.secrets import derived, new_secret
from kernel.identity.service import Accounts
from kernel.records import Records
from kernel.settings import Settings

SESSION_COOKIE = "chienowa_session"
VISIT_COOKIE = "chienowa_visit"  # a random secret before log-in: CSRF tokens and notices hang on it
LANGUAGE_COOKIE = "chienowa_language"
YEAR = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Visitor:
    """One request's visitor. `secret` is the cookie's (session, else visit) that CSRF tokens derive from."""

    secret: str
    signed_in: SignedIn | None = None
    token_actor: Actor | None = None
    token: Token | None = None
    new_visit: bool = False

    @property
    def actor(self) -> Actor | None:
        return self.signed_in.actor() if self.signed_in is not None else self.token_actor

    def csrf_token(self) -> str:
        return derived(self.secret, "csrf")


class Visitors:
    """Resolves visitors and keeps their cookies."""

    def __init__(self, records: Records, accounts: Accounts, settings: Settings) -> None:
        self._records = records
        self._accounts = accounts
        self._settings = settings

    def of(self, request: Request) -> Visitor:
        """The visitor; Unauthenticated for a bearer token that is unknown, revoked or expired."""
        known: Visitor | None = getattr(request.state, "visitor", None)
        if known is None:
            known = self._resolve(request)
            request.state.visitor = known
        return known

    def after_answer(self, state: dict[str, Any]) -> None:
        """Extends a session, or notes a token's use, when the answer has left: never inside the request's
        own write transaction, which would wait for itself on SQLite."""
        visitor = state.get("visitor")
        if not isinstance(visitor, Visitor):
            return
        if visitor.signed_in is not None and self._accounts.needs_extending(visitor.signed_in.session):
            with self._records.write() as work:
                self._accounts.extend(work, visitor.signed_in.session)
        if visitor.token is not None and self._accounts.use_is_worth_noting(visitor.token):
            with self._records.write() as work:
                self._accounts.note_token_use(work, visitor.token)

    def set_session(self, response: Response, secret: str) -> None:
        self._set(response, SESSION_COOKIE, secret, None)

    def end_session(self, response: Response) -> None:
        response.delete_cookie(SESSION_COOKIE, path="/", secure=self._settings.secure_cookies, httponly=True)

    def set_language(self, response: Response, language: str) -> None:
        self._set(response, LANGUAGE_COOKIE, language, YEAR)

    def keep_visit(self, request: Request, response: Response) -> None:
        """Gives the visit cookie to a browser whose page holds a token derived from it."""
        visitor = self.of(request)
        if visitor.new_visit:
            self._set(response, VISIT_COOKIE, visitor.secret, None)

    def _set(self, response: Response, name: str, value: str, max_age: int | None) -> None:
        response.set_cookie(
            name,
            value,
            max_age=max_age,
            path="/",
            secure=self._settings.secure_cookies,
            httponly=True,
            samesite="lax",
        )

    def _resolve(self, request: Request) -> Visitor:
        scheme, _, credential = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return self._by_token(credential.strip())
        session = request.cookies.get(SESSION_COOKIE, "")
        if session:
            with self._records.read() as work:
                signed_in = self._accounts.actor_of_session(work, session)
            if signed_in is not None:
                return Visitor(session, signed_in)
        visit = request.cookies.get(VISIT_COOKIE, "")
        return Visitor(visit) if visit else Visitor(new_secret(), new_visit=True)

    def _by_token(self, secret: str) -> Visitor:
        with self._records.read() as work:
            found = self._accounts.actor_of_token(work, secret)
        if found is None:
            raise Unauthenticated(
                Text(
                    "APIトークンが正しくないか、期限切れか、取り消されています。新しいトークンを作って使ってください。",
                    "The API token is unknown, expired or revoked. Make a new one and use that.",
                )
            )
        actor, token = found
        return Visitor(new_secret(), token_actor=actor, token=token)
