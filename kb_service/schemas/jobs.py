"""Background work and organisations as JSON."""

from datetime import datetime
from typing import Self

from pydantic import BaseModel, Field

from kb_service.models.indexing import IndexStatus
from kernel.identity.models import Organisation, OrganisationKind
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
