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
