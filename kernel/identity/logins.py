"""Logging in and out, and who is behind a session."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from kernel.audit import SYSTEM, Audit
from kernel.clock import Clock
from kernel.errors import Text, TooManyAttempts, Unauthenticated
from kernel.identity import repository
from kernel.identity.models import Session, SignedIn, User
from kernel.identity.passwords import Passwords
from kernel.identity.repository import Attempts
from kernel.identity.secrets import digest, new_secret, normalised_code, same
from kernel.records import UnitOfWork
from kernel.settings import Settings

TOUCH_AFTER = timedelta(minutes=5)  # a session is extended at most this often, so that reading stays reading
FORGET_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Credentials:
    """What is known under a login name, fetched in a short transaction."""

    login: str
    user: User | None
    password_hash: str | None
    code_digest: str | None


@dataclass(frozen=True, slots=True)
class Proof:
    """Whether the typed secret fits. Made outside any transaction, because argon2 takes its time."""

    login: str
    user: User | None
    ok: bool


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """A new session and the secret for the cookie."""

    user: User
    session: Session
    secret: str


@dataclass(frozen=True, slots=True)
class Refused:
    """A refusal is a value, not an exception, so that the caller's transaction commits the counter."""

    error: Unauthenticated | TooManyAttempts


class LogIns:
    """Sessions and lock-out. An unknown login name is counted, timed and answered like a known one."""

    def __init__(self, clock: Clock, settings: Settings, audit: Audit) -> None:
        self.clock = clock
        self.settings = settings
        self.audit = audit
        self.passwords = Passwords()

    def credentials(self, work: UnitOfWork, login: str) -> Credentials:
        """What a typed login name stands for."""
        name = normalised_login(login)
        found = repository.user_by_login(work, name)
        if found is None:
            return Credentials(name, None, None, None)
        user, password_hash = found
        return Credentials(name, user, password_hash, repository.invitation(work, user.id, self.clock.now()))

    def prove(self, known: Credentials, password: str) -> Proof:
        """Compares the typed password, or one-time code; always at the price of one argon2 hash."""
        by_password = self.passwords.verify(known.password_hash, password)
        by_code = known.code_digest is not None and same(digest(normalised_code(password)), known.code_digest)
        active = known.user is not None and known.user.active
        return Proof(known.login, known.user, active and (by_password or by_code))

    def log_in(self, work: UnitOfWork, proof: Proof) -> LoggedIn | Refused:
        """Opens a session, or counts the failure. Commit in either case."""
        refused = self.confirm(work, proof)
        if refused is not None:
            return refused
        assert proof.user is not None  # confirmed
        now = self.clock.now()
        repository.drop_expired_sessions(work, now)
        repository.change_user(work, proof.user.id, last_login_at=now)
        self._note(work, proof, "login.success")
        return self.open_session(work, proof.user)

    def confirm(self, work: UnitOfWork, proof: Proof) -> Refused | None:
        """None when the secret fits. Every place that asks for one counts failures here, and one lock holds for
        all of them. Commit in either case."""
        now = self.clock.now()
        attempts = repository.attempts(work, proof.login)
        if attempts.locked_until is not None and now < attempts.locked_until:
            self._note(work, proof, "login.locked")
            return Refused(self._locked())
        if not proof.ok or proof.user is None:
            return self._failed(work, proof, attempts, now)
        repository.clear_attempts(work, proof.login)
        return None

    def let_in(self, work: UnitOfWork, user: User) -> LoggedIn:
        """A log-in without a password, for the sample users of a demonstration."""
        repository.change_user(work, user.id, last_login_at=self.clock.now())
        self._note(work, Proof(user.login, user, True), "login.success")
        return self.open_session(work, user)

    def open_session(self, work: UnitOfWork, user: User) -> LoggedIn:
        """A fresh session with a fresh secret."""
        now = self.clock.now()
        secret = new_secret()
        session = Session(digest(secret), user.id, now, now + self._length())
        repository.add_session(work, session)
        return LoggedIn(user, session, secret)

    def log_out(self, work: UnitOfWork, secret: str) -> None:
        """Ends the session of a cookie; nothing happens when it has ended already."""
        found = repository.session(work, digest(secret))
        user = None if found is None else repository.user(work, found.user_id)
        if user is not None:
            repository.drop_session(work, digest(secret))
            self.audit.record(work, user.organisation, user.id, "logout", f"user:{user.id}")

    def actor_of_session(self, work: UnitOfWork, secret: str) -> SignedIn | None:
        """The active person behind a cookie, None when the session ended, expired or never was."""
        found = repository.session(work, digest(secret))
        if found is None or found.expires_at <= self.clock.now():
            return None
        user = repository.user(work, found.user_id)
        return None if user is None or not user.active else SignedIn(user, found)

    def needs_extending(self, session: Session) -> bool:
        """Whether so much of the session is used up that its end should move."""
        return session.expires_at - self.clock.now() < self._length() - TOUCH_AFTER

    def extend(self, work: UnitOfWork, session: Session) -> None:
        """Moves the end of a session that is being used."""
        repository.extend_session(work, session.digest, self.clock.now() + self._length())

    def _length(self) -> timedelta:
        return timedelta(hours=self.settings.session_hours)

    def _failed(self, work: UnitOfWork, proof: Proof, attempts: Attempts, now: datetime) -> Refused:
        repository.forget_attempts_before(work, now - FORGET_AFTER)
        expired = attempts.locked_until is not None
        failures = 1 if expired else attempts.failures + 1
        locked = failures >= self.settings.lockout_failures
        until = now + timedelta(minutes=self.settings.lockout_minutes) if locked else None
        repository.set_attempts(work, proof.login, Attempts(failures, until), now)
        self._note(work, proof, "login.failure", failures)
        if locked:
            return Refused(self._locked())
        return Refused(
            Unauthenticated(
                Text(
                    "ログイン名またはパスワードが違います。もう一度入力してください。",
                    "The login name or the password is wrong. Please type them again.",
                )
            )
        )

    def _locked(self) -> TooManyAttempts:
        minutes = self.settings.lockout_minutes
        return TooManyAttempts(
            Text(
                f"ログインの失敗が続いたため、このログイン名は{minutes}分間使えません。"
                "時間をおいてからもう一度お試しください。お急ぎのときは、区の管理者に解除を依頼してください。",
                f"After repeated failures this login name is locked for {minutes} minutes. Try again later, "
                "or ask your organisation's administrator to unlock it.",
            )
        )

    def _note(self, work: UnitOfWork, proof: Proof, action: str, failures: int = 0) -> None:
        """Under an unknown name only a digest is kept: people type passwords into the wrong field."""
        details = {"failures": failures} if failures else {}
        if proof.user is None:
            self.audit.record(work, SYSTEM, SYSTEM, action, f"login:{digest(proof.login)[:16]}", details)
        else:
            user = proof.user
            self.audit.record(work, user.organisation, user.id, action, f"user:{user.id}", details)


def normalised_login(typed: str) -> str:
    """Full-width and capital letters are forgiven."""
    folded = unicodedata.normalize("NFKC", typed).strip().lower().replace("\x00", "")
    return folded.encode("utf-8", "replace").decode()[:64]
