"""Batches, their files, pages and fields as JSON."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from ocr_service.models.batches import (
    Batch,
    BatchState,
    Coverage,
    Entry,
    FieldState,
    FileState,
    Listed,
    ListedPages,
    PageState,
    Plan,
    Policy,
    ScanField,
    ScanFile,
    ScanPage,
    Standing,
)
from ocr_service.models.readings import Flag, PageOutcome
from ocr_service.rules.batches import NOTE_MAX, TEMPLATES_MAX, TITLE_MAX

Identifier = Annotated[str, Field(pattern="^[0-9a-f]{32}$", examples=["0199c3f7a5b27c3e8d1f4a6b9c0d2e4f"])]


class Strict(BaseModel):
    """A body in which an unknown member is an error, so that nothing is lost in silence."""

    model_config = ConfigDict(extra="forbid")


class PlanBody(Strict):
    """What a person says about a batch. Templates, entry, coverage and threshold are fixed once reading has
    begun."""

    title: Annotated[str, Field(min_length=1, max_length=TITLE_MAX, examples=["給付金 11月20日 午前"])]
    templates: Annotated[
        list[Identifier],
        Field(max_length=TEMPLATES_MAX, description="Empty: all that the organisation may use."),
    ] = []
    entry: Entry = Entry.SINGLE
    coverage: Coverage = Coverage.DOUBTFUL
    threshold: Annotated[
        float,
        Field(strict=True, gt=0, le=1, allow_inf_nan=False, description="Confidence that passes unseen."),
    ] = 0.98
    priority: Annotated[int, Field(strict=True, ge=0, le=2, description="0 low, 1 usual, 2 high.")] = 1
    note: Annotated[str, Field(max_length=NOTE_MAX)] = ""

    def plan(self) -> Plan:
        return Plan(
            title=self.title,
            templates=tuple(self.templates),
            entry=self.entry,
            coverage=self.coverage,
            threshold=self.threshold,
            priority=self.priority,
            note=self.note,
        )


class StandingOut(BaseModel):
    """Counts of pages, fields and files; the measured speed, and the seconds that reading will still take."""

    pages: int
    pages_waiting: int
    pages_read: int
    pages_set_aside: int
    pages_unreadable: int
    pages_dropped: int
    fields: int
    fields_passed: int
    fields_open: int
    fields_decided: int
    files: int
    files_opening: int
    files_twice: int
    files_unreadable: int
    pages_per_minute: float | None
    seconds_left: int | None

    @classmethod
    def of(cls, standing: Standing) -> Self:
        values = {
            name: getattr(standing if hasattr(standing, name) else standing.progress, name)
            for name in cls.model_fields
        }
        return cls(**values)


class BatchOut(BaseModel):
    """A batch. `revision` counts changes by people and is the ETag."""

    id: str
    title: str
    state: BatchState
    templates: list[str]
    entry: Entry
    coverage: Coverage
    threshold: float
    priority: int
    note: str
    revision: int
    created_at: datetime
    created_by: str
    updated_at: datetime
    delete_after: datetime
    standing: StandingOut

    @classmethod
    def of(cls, batch: Batch, standing: Standing) -> Self:
        own = {name: getattr(batch, name) for name in cls.model_fields if name != "standing"}
        return cls(**(own | {"templates": list(batch.templates)}), standing=StandingOut.of(standing))


class BatchPage(BaseModel):
    """Some batches, newest first; `next` is the cursor of the following ones, null at the end."""

    items: list[BatchOut]
    next: str | None = None

    @classmethod
    def of(cls, listed: Listed, standings: dict[str, Standing], following: str | None) -> Self:
        return cls(items=[BatchOut.of(each, standings[each.id]) for each in listed.items], next=following)


class DeletionBody(Strict):
    """What proves that the batch is meant."""

    confirmation: Annotated[str, Field(max_length=TITLE_MAX, description="The title of the batch.")]


class FileOut(BaseModel):
    """A file of a batch. `twice`: its bytes are in the batch `same_as` already, and a person decides."""

    id: str
    batch_id: str
    name: str
    digest: str = Field(description="SHA-256 of the bytes, hexadecimal.")
    size: int = Field(description="Bytes.")
    state: FileState
    pages: int
    added_at: datetime
    same_as: str
    reason_ja: str
    reason_en: str

    @classmethod
    def of(cls, file: ScanFile) -> Self:
        return cls(**{name: getattr(file, name) for name in cls.model_fields})


class WordBody(Strict):
    """What becomes of a file: read it (anyway, or once more), skip it, or move it to another batch."""

    word: Literal["read", "skip", "move"]
    batch: Annotated[Identifier | None, Field(description="Where it moves to.")] = None


class PageOut(BaseModel):
    """A page of a batch. `template_*` tell what it was read with; `reason_*` why it was not."""

    id: str
    batch_id: str
    file_id: str
    position: int
    member: str = Field(description="Name inside a ZIP, empty otherwise.")
    number: int
    state: PageState
    outcome: PageOutcome | None
    forced: str = Field(description="The template a person assigned, with :page if one was named.")
    template_id: str
    template_version: str
    template_page: int
    turn: int = Field(description="Degrees clockwise that made it upright.")
    skew: float
    score: float
    residual: float = Field(description="Millimetres.")
    preview_width: int
    preview_height: int
    reason_ja: str
    reason_en: str
    read_at: datetime | None

    @classmethod
    def of(cls, page: ScanPage) -> Self:
        return cls(**{name: getattr(page, name) for name in cls.model_fields})


class PagePage(BaseModel):
    """Some pages in the order of the stack; `next` is the cursor of the following ones, null at the end."""

    items: list[PageOut]
    next: str | None = None

    @classmethod
    def of(cls, listed: ListedPages, following: str | None) -> Self:
        return cls(items=[PageOut.of(each) for each in listed.items], next=following)


class CandidateOut(BaseModel):
    """One reading."""

    raw: str
    value: str
    probability: float


class FieldOut(BaseModel):
    """One field of a page: what was read, and what holds now."""

    id: str
    name: str
    state: FieldState
    value: str
    candidates: list[CandidateOut]
    confidence: float
    blank: bool
    flags: list[Flag]
    quad: list[tuple[float, float]] = Field(description="Corners on the preview in pixels.")
    crop: bool = Field(description="Whether there is a picture of it.")
    version: int

    @classmethod
    def of(cls, field: ScanField) -> Self:
        return cls(
            id=field.id,
            name=field.name,
            state=field.state,
            value=field.value,
            candidates=[
                CandidateOut(raw=each.raw, value=each.value, probability=each.probability)
                for each in field.candidates
            ],
            confidence=field.confidence,
            blank=field.blank,
            flags=sorted(field.flags),
            quad=list(field.quad),
            crop=field.crop_size > 0,
            version=field.version,
        )


class ReadPageOut(PageOut):
    """A page with its fields in the order of the form."""

    fields: list[FieldOut]

    @classmethod
    def with_fields(cls, page: ScanPage, fields: tuple[ScanField, ...]) -> Self:
        return cls(**PageOut.of(page).model_dump(), fields=[FieldOut.of(each) for each in fields])


class AssignBody(Strict):
    """Which form a page is."""

    template: Identifier
    page: Annotated[int, Field(strict=True, ge=0, le=20, description="0: whichever of its pages fits.")] = 0


class PolicyBody(Strict):
    """What the organisation decides for its batches."""

    keep_days: Annotated[int, Field(strict=True, ge=1, le=3_650)]
    watched_folder: Annotated[
        str,
        Field(max_length=1_000, description="Below the installation's folder for scanners; empty = none."),
    ] = ""


class PolicyOut(BaseModel):
    """`revision` is the ETag; 0 while nothing was decided (send If-Match "0" then)."""

    keep_days: int
    watched_folder: str
    revision: int
    updated_at: datetime | None

    @classmethod
    def of(cls, policy: Policy) -> Self:
        return cls(**{name: getattr(policy, name) for name in cls.model_fields})
