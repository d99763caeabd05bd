"""Background work and organisations as JSON."""

from datetime import datetime
from enum import StrEnum
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

    def as_share(self) -> Self:
        """Progress in per cent and no sentences, which count what every organisation keeps to itself."""
        done = 100 * self.progress_done // self.progress_total if self.progress_total else 0
        total = 100 if self.progress_total else 0
        changes = {"progress_done": done, "progress_total": total, "message_ja": "", "message_en": ""}
        return self.model_copy(update=changes)


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


class IndexState(StrEnum):
    """`building`: an index is filled from the records."""

    SERVING = "serving"
    BUILDING = "building"
    STOPPED = "stopped"


class IndexFigures(BaseModel):
    """`applied` equals `last` when the indexes hold everything."""

    applied: int
    last: int
    entries: int
    passages: int
    filling_done: int | None
    filling_total: int | None
    troubles: int = Field(description="Entries that could not be indexed.")


class IndexOut(BaseModel):
    """How the indexes stand."""

    ok: bool
    state: IndexState
    problem_ja: str
    problem_en: str
    meaning: str = Field(description="Version of the text vectors; empty when only words are searched.")
    figures: IndexFigures | None = Field(
        description="For operators of the shared body: the numbers of all organisations move with what each "
        "keeps to itself."
    )

    @classmethod
    def of(cls, status: IndexStatus, with_figures: bool) -> Self:
        state = IndexState.SERVING if status.filling is None else IndexState.BUILDING
        return cls(
            ok=not status.problem_en,
            state=IndexState.STOPPED if status.problem_en else state,
            problem_ja=status.problem_ja,
            problem_en=status.problem_en,
            meaning=status.meaning,
            figures=_figures(status) if with_figures else None,
        )


def _figures(status: IndexStatus) -> IndexFigures:
    filling = status.filling
    return IndexFigures(
        applied=status.applied,
        last=status.last,
        entries=status.entries,
        passages=status.passages,
        filling_done=None if filling is None else filling.done,
        filling_total=None if filling is None else filling.total,
        troubles=len(status.troubles),
    )
