"""API tokens: made by a person for themselves, with scopes and an end, shown once."""

from datetime import timedelta

from kernel.audit.trail import Detail
from kernel.errors import Invalid, Problem, Text, not_found
from kernel.identity import repository
from kernel.identity.logins import LogIns
from kernel.identity.models import Actor, Scope, Token, actor_of
from kernel.identity.permissions import Action, require
from kernel.identity.secrets import digest, new_secret
from kernel.ids import new_id
from kernel.records import UnitOfWork

PREFIX = "chienowa_"  # lets scanners of source code recognise a leaked token
LONGEST_DAYS = 366
NOTE_USE_AFTER = timedelta(minutes=5)


class ApiTokens(LogIns):
    """Makes, lists, revokes and resolves tokens."""

    def make_token(
        self, work: UnitOfWork, actor: Actor, name: str, scopes: frozenset[Scope], days: int
    ) -> tuple[Token, str]:
        """A token of the actor and its secret, which nobody can read again."""
        require(actor, Action.TOKEN_OWN)
        self._check_token(name, scopes, days)
        now = self.clock.now()
        secret = PREFIX + new_secret()
        token = Token(new_id(), actor.user_id, name.strip(), scopes, now, now + timedelta(days=days))
        repository.add_token(work, token, digest(secret))
        details: dict[str, Detail] = {"scopes": " ".join(sorted(scopes)), "days": days}
        self.audit.record(
            work, actor.organisation, actor.user_id, "token.create", f"token:{token.id}", details
        )
        return token, secret

    def own_tokens(self, work: UnitOfWork, actor: Actor) -> list[Token]:
        """Newest first, revoked and expired ones included."""
        require(actor, Action.TOKEN_OWN)
        return repository.tokens_of(work, actor.user_id)

    def revoke_token(self, work: UnitOfWork, actor: Actor, token_id: str) -> None:
        """Ends one of the actor's own tokens at once; NotFound for anybody else's."""
        require(actor, Action.TOKEN_OWN)
        if token_id not in {token.id for token in repository.tokens_of(work, actor.user_id)}:
            raise not_found("APIトークン", "The API token")
        if repository.revoke_tokens(work, actor.user_id, self.clock.now(), token_id):
            self.audit.record(work, actor.organisation, actor.user_id, "token.revoke", f"token:{token_id}")

    def actor_of_token(self, work: UnitOfWork, secret: str) -> tuple[Actor, Token] | None:
        """The actor of a usable token of an active user who has set a password, else None."""
        token = repository.token_by_digest(work, digest(secret))
        if token is None or not token.usable(self.clock.now()):
            return None
        user = repository.user(work, token.user_id)
        if user is None or not user.active or user.must_change_password:
            return None
        return actor_of(user, token.scopes), token

    def use_is_worth_noting(self, token: Token) -> bool:
        """Whether the last noted use lies long enough back."""
        return token.last_used_at is None or self.clock.now() - token.last_used_at > NOTE_USE_AFTER

    def note_token_use(self, work: UnitOfWork, token: Token) -> None:
        repository.note_token_use(work, token.id, self.clock.now())

    def _check_token(self, name: str, scopes: frozenset[Scope], days: int) -> None:
        problems = []
        if not 1 <= len(name.strip()) <= 100 or "\x00" in name:
            problems.append(
                Problem(
                    "name",
                    Text(
                        "用途がわかる名前を1〜100文字で入力してください。",
                        "Give a name of 1 to 100 characters that says what it is for.",
                    ),
                )
            )
        if not scopes:
            problems.append(
                Problem("scopes", Text("できることを1つ以上選んでください。", "Choose at least one scope."))
            )
        if not 1 <= days <= LONGEST_DAYS:
            problems.append(
                Problem(
                    "days",
                    Text(
                        f"有効期間は1〜{LONGEST_DAYS}日で入力してください。",
                        f"Choose 1 to {LONGEST_DAYS} days.",
                    ),
                )
            )
        if problems:
            raise Invalid(problems[0].text, tuple(problems))
