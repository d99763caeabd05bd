"""The people of one organisation, as its administrator keeps them."""

import re
from datetime import datetime, timedelta

from kernel.errors import Conflict, Invalid, NotFound, Problem, Text, not_found
from kernel.identity import repository
from kernel.identity.logins import normalised_login
from kernel.identity.models import Actor, Invited, Role, User
from kernel.identity.organisations import organisation as known_organisation
from kernel.identity.permissions import Action, require
from kernel.identity.repository import Attempts
from kernel.identity.secrets import digest, new_code
from kernel.identity.tokens import ApiTokens
from kernel.ids import new_id
from kernel.records import UnitOfWork

CODE_DAYS = 14
LOGIN_SHAPE = re.compile(r"[a-z0-9][a-z0-9._@-]{2,63}")
FIRST_ROLES = frozenset({Role.ADMINISTRATOR, Role.REVIEWER, Role.OPERATOR})


class People(ApiTokens):
    """Invites, resets, deactivates, unlocks and sets roles, within the administrator's organisation only."""

    def list_users(self, work: UnitOfWork, actor: Actor) -> list[User]:
        """Everybody of the actor's organisation."""
        require(actor, Action.USER_MANAGE)
        return repository.users_of(work, actor.organisation)

    def names(self, work: UnitOfWork, actor: Actor) -> dict[str, str]:
        """User id → name of the actor's colleagues; people of other organisations are not named."""
        return {person.id: person.name for person in repository.users_of(work, actor.organisation)}

    def get_user(self, work: UnitOfWork, actor: Actor, user_id: str) -> User:
        """NotFound for a user of another organisation, as for one who does not exist."""
        require(actor, Action.USER_MANAGE)
        found = repository.user(work, user_id)
        if found is None or found.organisation != actor.organisation:
            raise self.no_such_user()
        return found

    def no_such_user(self) -> NotFound:
        """The answer about a user who is absent or somebody else's."""
        return not_found("利用者", "The user")

    def open_codes(self, work: UnitOfWork, actor: Actor) -> dict[str, datetime]:
        """User id → until when their one-time code can be used, for those who have not used it yet."""
        people = [person.id for person in self.list_users(work, actor)]
        return repository.invitation_expiries(work, people)

    def invite(
        self, work: UnitOfWork, actor: Actor, login: str, name: str, roles: frozenset[Role]
    ) -> Invited:
        """A new user of the actor's organisation, with a one-time code instead of a password."""
        require(actor, Action.USER_MANAGE)
        return self._add(work, actor.organisation, actor.user_id, login, name, roles)

    def reset(self, work: UnitOfWork, actor: Actor, user_id: str) -> Invited:
        """Takes password, sessions and tokens away and gives a new one-time code."""
        person = self.get_user(work, actor, user_id)
        repository.change_user(work, person.id, password_hash=None, must_change_password=True)
        self._end_access(work, person)
        repository.clear_attempts(work, person.login)
        self._note_user(work, actor, "user.reset", person)
        return self._with_code(work, person)

    def deactivate(self, work: UnitOfWork, actor: Actor, user_id: str) -> User:
        """The person can no longer log in; what they wrote stays."""
        repository.lock_organisation(work, actor.organisation)
        person = self.get_user(work, actor, user_id)
        if person.id == actor.user_id:
            raise Conflict(
                Text(
                    "自分自身は停止できません。ほかの管理者に依頼してください。",
                    "You cannot deactivate yourself. Ask another administrator.",
                )
            )
        self._keep_an_administrator(work, person)
        repository.change_user(work, person.id, active=False)
        self._end_access(work, person)
        self._note_user(work, actor, "user.deactivate", person)
        return self.get_user(work, actor, user_id)

    def reactivate(self, work: UnitOfWork, actor: Actor, user_id: str) -> User:
        """The person may log in again with their password; sessions and tokens stay ended."""
        person = self.get_user(work, actor, user_id)
        repository.change_user(work, person.id, active=True)
        self._note_user(work, actor, "user.reactivate", person)
        return self.get_user(work, actor, user_id)

    def set_roles(self, work: UnitOfWork, actor: Actor, user_id: str, roles: frozenset[Role]) -> User:
        """Replaces the roles; the organisation keeps at least one active administrator."""
        repository.lock_organisation(work, actor.organisation)
        person = self.get_user(work, actor, user_id)
        problems = _role_problems(roles)
        if problems:
            raise Invalid(problems[0].text, tuple(problems))
        if Role.ADMINISTRATOR not in roles:
            self._keep_an_administrator(work, person)
        repository.change_user(work, person.id, roles=roles)
        details = {"before": " ".join(sorted(person.roles)), "after": " ".join(sorted(roles))}
        self.audit.record(work, actor.organisation, actor.user_id, "user.roles", f"user:{person.id}", details)
        return self.get_user(work, actor, user_id)

    def unlock(self, work: UnitOfWork, actor: Actor, user_id: str) -> User:
        """Forgets the failed log-ins."""
        person = self.get_user(work, actor, user_id)
        repository.set_attempts(work, person.login, Attempts(), self.clock.now())
        self._note_user(work, actor, "user.unlock", person)
        return self.get_user(work, actor, user_id)

    def create_administrator(
        self, work: UnitOfWork, organisation: str, login: str, name: str, password_hash: str | None = None
    ) -> Invited:
        """For the operator of the machine: an administrator of any organisation, with a one-time code
        unless a hash of their password is given."""
        known_organisation(organisation)
        return self._add(work, organisation, "system", login, name, FIRST_ROLES, password_hash)

    def create_first_administrator(
        self, work: UnitOfWork, organisation: str, login: str, name: str, password_hash: str | None = None
    ) -> Invited:
        """The same, and only while nobody can log in at all; Conflict afterwards."""
        if repository.any_user(work):
            raise Conflict(
                Text(
                    "はじめの設定は済んでいます。ログインしてお使いください。",
                    "The set-up is done already. Please log in.",
                )
            )
        return self.create_administrator(work, organisation, login, name, password_hash)

    def nobody_yet(self, work: UnitOfWork) -> bool:
        """Whether the installation is waiting for its first user."""
        return not repository.any_user(work)

    def _add(  # noqa: PLR0917  private, called in this order three times
        self,
        work: UnitOfWork,
        organisation: str,
        by: str,
        login: str,
        name: str,
        roles: frozenset[Role],
        password_hash: str | None = None,
    ) -> Invited:
        login = normalised_login(login)
        problems = [*_name_problems(login, name), *_role_problems(roles)]
        if not problems and repository.user_by_login(work, login) is not None:
            text = Text(
                "このログイン名はすでに使われています。別のログイン名にしてください。",
                "This login name is taken. Choose another one.",
            )
            raise Conflict(text, (Problem("login", text),))
        if problems:
            raise Invalid(problems[0].text, tuple(problems))
        now = self.clock.now()
        person = User(
            id=new_id(),
            login=login,
            name=name.strip(),
            organisation=organisation,
            roles=roles,
            must_change_password=password_hash is None,
            created_at=now,
        )
        repository.add_user(work, person, password_hash, now)
        details = {"roles": " ".join(sorted(roles))}
        self.audit.record(work, organisation, by, "user.create", f"user:{person.id}", details)
        if password_hash is not None:
            return Invited(person, "", now)
        return self._with_code(work, person)

    def _with_code(self, work: UnitOfWork, person: User) -> Invited:
        now = self.clock.now()
        code = new_code()
        expires = now + timedelta(days=CODE_DAYS)
        repository.set_invitation(work, person.id, digest(code), now, expires)
        return Invited(person, code, expires)

    def _end_access(self, work: UnitOfWork, person: User) -> None:
        repository.drop_sessions_of(work, person.id)
        repository.revoke_tokens(work, person.id, self.clock.now())
        repository.drop_invitation(work, person.id)

    def _keep_an_administrator(self, work: UnitOfWork, leaving: User) -> None:
        others = (
            person
            for person in repository.users_of(work, leaving.organisation)
            if person.id != leaving.id and person.active and Role.ADMINISTRATOR in person.roles
        )
        if Role.ADMINISTRATOR in leaving.roles and next(others, None) is None:
            raise Conflict(
                Text(
                    "有効な管理者がいなくなるため、変更できません。先に別の利用者へ管理者の役割を付けてください。",
                    "No active administrator would be left. Give somebody else the administrator role first.",
                )
            )

    def _note_user(self, work: UnitOfWork, actor: Actor, action: str, person: User) -> None:
        self.audit.record(work, actor.organisation, actor.user_id, action, f"user:{person.id}")


def _name_problems(login: str, name: str) -> list[Problem]:
    problems = []
    if not LOGIN_SHAPE.fullmatch(login):
        text = Text(
            "ログイン名は、半角の英小文字・数字・記号（. _ - @）で3〜64文字にしてください。先頭は英数字です。",
            "The login name has 3 to 64 characters: small letters, digits, and . _ - @; it starts with a letter "
            "or a digit.",
        )
        problems.append(Problem("login", text))
    if not 1 <= len(name.strip()) <= 100 or "\x00" in name:
        text = Text("氏名を1〜100文字で入力してください。", "Give a name of 1 to 100 characters.")
        problems.append(Problem("name", text))
    return problems


def _role_problems(roles: frozenset[Role]) -> list[Problem]:
    if roles:
        return []
    return [Problem("roles", Text("役割を1つ以上選んでください。", "Choose at least one role."))]
