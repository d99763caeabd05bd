"""Accounts: everything about who can log in. The edge opens the transactions."""

from dataclasses import replace

from kernel.errors import Invalid, Problem, Text
from kernel.identity import repository
from kernel.identity.logins import LoggedIn
from kernel.identity.models import Actor, User
from kernel.identity.passwords import check_new
from kernel.identity.people import People
from kernel.records import UnitOfWork


class Accounts(People):
    """People, log-ins and tokens, with what a person does with their own account."""

    def new_hash(self, password: str, login: str) -> str:
        """The hash of an acceptable new password; Invalid otherwise. Call it outside any transaction."""
        check_new(password, login)
        return self.passwords.hash(password)

    def change_password(self, work: UnitOfWork, user: User, password_hash: str) -> LoggedIn:
        """Sets the password, ends the one-time code and every session, and opens a fresh one."""
        repository.change_user(work, user.id, password_hash=password_hash, must_change_password=False)
        repository.drop_invitation(work, user.id)
        repository.drop_sessions_of(work, user.id)
        self.audit.record(work, user.organisation, user.id, "password.change", f"user:{user.id}")
        return self.open_session(work, replace(user, must_change_password=False))

    def set_language(self, work: UnitOfWork, actor: Actor, language: str) -> None:
        """Remembers "ja" or "en" for the person."""
        if language not in {"ja", "en"}:
            text = Text("日本語か英語を選んでください。", "Choose Japanese or English.")
            raise Invalid(text, (Problem("language", text),))
        repository.change_user(work, actor.user_id, language=language)
