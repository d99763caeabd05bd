"""Who exists: organisations, users, and the actor on whose behalf something is done."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from kernel.visibility import reader_keys


class OrganisationKind(StrEnum):
    """What an organisation is to the system."""

    WARD = "ward"
    METROPOLIS = "metropolis"
    SHARED_BODY = "shared_body"


@dataclass(frozen=True, slots=True)
class Organisation:
    """A member. `code` is JIS X 0402 with check digit for wards and Tokyo, "shared" for the shared body;
    `population` in persons, for cost sharing."""

    code: str
    kind: OrganisationKind
    name: str
    kana: str
    name_en: str
    population: int | None = None


class Role(StrEnum):
    """What a person is trusted with, within their organisation."""

    READER = "reader"
    CONTRIBUTOR = "contributor"
    REVIEWER = "reviewer"
    OPERATOR = "operator"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class Scope(StrEnum):
    """What an API token may be used for; never more than its owner may do."""

    READ = "read"
    WRITE = "write"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class User:
    """A person who can log in. `login` is unique in the installation, lower case."""

    id: str
    login: str
    name: str
    organisation: str
    roles: frozenset[Role]
    active: bool = True
    must_change_password: bool = False
    failures: int = 0
    locked_until: datetime | None = None
    created_at: datetime | None = None
    last_login_at: datetime | None = None
    language: str = "ja"


@dataclass(frozen=True, slots=True)
class Actor:
    """On whose behalf something is done. `scopes` None = a person in a session, else an API token."""

    user_id: str
    name: str
    organisation: str
    roles: frozenset[Role] = field(default_factory=frozenset)
    scopes: frozenset[Scope] | None = None
    language: str = "ja"

    def keys(self) -> frozenset[str]:
        """The audience keys this actor may read."""
        return reader_keys(self.organisation)


@dataclass(frozen=True, slots=True)
class Session:
    """A log-in that lasts until `expires_at`. `digest` is the SHA-256 of the secret in the cookie."""

    digest: str
    user_id: str
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The person behind a session."""

    user: User
    session: Session

    def actor(self) -> Actor:
        """The actor of a person in a browser: all that their roles allow."""
        return actor_of(self.user)


@dataclass(frozen=True, slots=True)
class Token:
    """An API token without its secret, which is shown once and kept only as a digest."""

    id: str
    user_id: str
    name: str
    scopes: frozenset[Scope]
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None

    def usable(self, now: datetime) -> bool:
        return self.revoked_at is None and now < self.expires_at


@dataclass(frozen=True, slots=True)
class Invited:
    """A user with the one-time code that stands for their password until they choose one."""

    user: User
    code: str
    expires_at: datetime


def actor_of(user: User, scopes: frozenset[Scope] | None = None) -> Actor:
    """The actor of a user, in a session (scopes None) or through a token."""
    return Actor(user.id, user.name, user.organisation, user.roles, scopes, user.language)
