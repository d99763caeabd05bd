"""Background work and organisations as JSON."""

from datetime import datetime
from typing import Self

from pydantic import BaseModel, Field

from kb_service.models.indexing import IndexStatus
from kernel.identity.models import Actor, Organisation, OrganisationKind, Role, Scope
from kernel.identity.permissions import Action, may
from kernel.jobs import Job, JobState


class JobOut(BaseModel):
    """A piece of background work and its progress."""

    id: str
    name: str
    state: JobState
    attempts: int
    progress_done: int
    progress_total: int
    message_ja: str
    message_en: str
    created_at: datetime
    updated_at: datetime
    finished_at: datetime | None

    @classmethod
    def of(cls, job: Job) -> Self:
        return cls(**{name: getattr(job, name) for name in cls.model_fields})


class OrganisationOut(BaseModel):
    """A member of the system."""

    code: str = Field(description="JIS X 0402 code with check digit, or the shared body's own.")
    kind: OrganisationKind
    name: str
    kana: str
    name_en: str
    population: int | None

    @classmethod
    def of(cls, organisation: Organisation) -> Self:
        return cls(**{name: getattr(organisation, name) for name in cls.model_fields})


class IndexOut(BaseModel):
    """How the indexes stand: `applied` equals `last` when they hold everything."""

    applied: int
    last: int
    entries: int
    passages: int
    meaning: str = Field(description="Version of the text vectors; empty when only words are searched.")
    filling_done: int | None
    filling_total: int | None
    troubles: int = Field(description="Entries that could not be indexed.")

    @classmethod
    def of(cls, status: IndexStatus) -> Self:
        filling = status.filling
        return cls(
            applied=status.applied,
            last=status.last,
            entries=status.entries,
            passages=status.passages,
            meaning=status.meaning,
            filling_done=None if filling is None else filling.done,
            filling_total=None if filling is None else filling.total,
            troubles=len(status.troubles),
        )


class ActorOut(BaseModel):
    """On whose behalf a request is made."""

    user_id: str
    name: str
    organisation: str
    roles: list[Role]
    scopes: list[Scope] | None = Field(description="Of the token; null in a session.")
    actions: list[Action] = Field(description="What may be done with it.")

    @classmethod
    def of(cls, actor: Actor) -> Self:
        return cls(
            user_id=actor.user_id,
            name=actor.name,
            organisation=actor.organisation,
            roles=sorted(actor.roles),
            scopes=None if actor.scopes is None else sorted(actor.scopes),
            actions=[action for action in Action if may(actor, action)],
        )
