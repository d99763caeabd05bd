"""Entries, revisions and comparisons as JSON."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import BaseModel, Field

from kb_service.models.entries import Act, CaseFields, Entry, Kind, LinkKind, Outcome, Revision, Status
from kb_service.models.listing import Counts, LinkedEntry, Page, TagCount
from kb_service.rules.comparison import FieldChange, FieldChoice, Op, Side, Stretch
from kb_service.rules.content import NOTE_MAX
from kb_service.schemas.contents import ContentBody, PlannedBody, Strict, body_of
from kb_service.service.errors import StaleEntry
from kb_service.service.reading import Comparison

Version = Annotated[int, Field(strict=True, ge=1, le=2**31 - 1)]


class SaveBody(Strict):
    """What is saved, and a note for the history."""

    content: ContentBody
    note: Annotated[str, Field(max_length=NOTE_MAX)] = ""


class RestoreBody(Strict):
    """Which version's text becomes the newest one."""

    version: Version


class EntryOut(BaseModel):
    """An entry. `version` counts saves from 1 and is the ETag."""

    id: str
    owner: str = Field(description="Organisation code of the provider.")
    version: int
    content: ContentBody
    created_at: datetime
    created_by: str
    updated_at: datetime
    updated_by: str

    @classmethod
    def of(cls, entry: Entry) -> Self:
        return cls(
            id=entry.id,
            owner=entry.owner,
            version=entry.version,
            content=body_of(entry.content),
            created_at=entry.created_at,
            created_by=entry.created_by,
            updated_at=entry.updated_at,
            updated_by=entry.updated_by,
        )


class EntryBrief(BaseModel):
    """An entry in a list: without its body and long fields, which may be megabytes."""

    id: str
    owner: str = Field(description="Organisation code of the provider.")
    version: int
    kind: Kind
    title: str
    summary: str
    status: Status
    planned: PlannedBody | None
    tags: list[str]
    sample: bool
    outcome: Outcome | None = Field(description="Of a case; null for other kinds.")
    technology: str
    business: str
    effect_hours: float | None
    effect_yen: int | None
    cost_yen: int | None
    updated_at: datetime

    @classmethod
    def of(cls, entry: Entry) -> Self:
        content = entry.content
        case = content.fields if isinstance(content.fields, CaseFields) else None
        planned = content.planned
        return cls(
            id=entry.id,
            owner=entry.owner,
            version=entry.version,
            kind=content.kind,
            title=content.title,
            summary=content.summary,
            status=content.status,
            planned=None if planned is None else PlannedBody(what=planned.what, when=planned.when),
            tags=list(content.tags),
            sample=content.sample,
            outcome=None if case is None else case.outcome,
            technology=content.fields.technology,
            business=getattr(content.fields, "business", ""),
            effect_hours=None if case is None else case.effect_hours,
            effect_yen=None if case is None else case.effect_yen,
            cost_yen=None if case is None else case.cost_yen,
            updated_at=entry.updated_at,
        )


class EntryPage(BaseModel):
    """Some entries; `next` is the cursor of the following ones, null at the end."""

    items: list[EntryBrief]
    next: str | None = None

    @classmethod
    def of(cls, page: Page[Entry]) -> Self:
        return cls(items=[EntryBrief.of(entry) for entry in page.items], next=page.next)


class LinkedOut(BaseModel):
    """An entry at the other end of a link; `outgoing` when the link starts at the entry asked about."""

    kind: LinkKind
    outgoing: bool
    entry: EntryBrief

    @classmethod
    def of(cls, linked: LinkedEntry) -> Self:
        return cls(kind=linked.link.kind, outgoing=linked.outgoing, entry=EntryBrief.of(linked.entry))


class RevisionOut(BaseModel):
    """One save of an entry."""

    entry_id: str
    version: int
    act: Act
    content: ContentBody
    saved_at: datetime
    saved_by: str
    note: str

    @classmethod
    def of(cls, revision: Revision) -> Self:
        return cls(
            entry_id=revision.entry_id,
            version=revision.version,
            act=revision.act,
            content=body_of(revision.content),
            saved_at=revision.saved_at,
            saved_by=revision.saved_by,
            note=revision.note,
        )


class RevisionBrief(BaseModel):
    """One save of an entry, without the content."""

    version: int
    act: Act
    title: str
    status: Status
    saved_at: datetime
    saved_by: str
    note: str

    @classmethod
    def of(cls, revision: Revision) -> Self:
        return cls(
            version=revision.version,
            act=revision.act,
            title=revision.content.title,
            status=revision.content.status,
            saved_at=revision.saved_at,
            saved_by=revision.saved_by,
            note=revision.note,
        )


class RevisionPage(BaseModel):
    """Some revisions, newest first; `next` is the cursor of the older ones."""

    items: list[RevisionBrief]
    next: str | None = None

    @classmethod
    def of(cls, page: Page[Revision]) -> Self:
        return cls(items=[RevisionBrief.of(revision) for revision in page.items], next=page.next)


class StretchOut(BaseModel):
    """A piece of text and what happened to it."""

    op: Op
    text: str

    @classmethod
    def of(cls, stretch: Stretch) -> Self:
        return cls(op=stretch.op, text=stretch.text)


class ChangeOut(BaseModel):
    """One field that differs between two versions."""

    name: str = Field(examples=["fields.lessons"])
    before: str
    after: str
    stretches: list[StretchOut]

    @classmethod
    def of(cls, change: FieldChange) -> Self:
        return cls(
            name=change.name,
            before=change.before,
            after=change.after,
            stretches=[StretchOut.of(one) for one in change.stretches],
        )


class ComparisonOut(BaseModel):
    """Two versions of an entry, field by field; text word by word."""

    entry_id: str
    before: int
    after: int
    changes: list[ChangeOut]

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        return cls(
            entry_id=comparison.before.entry_id,
            before=comparison.before.version,
            after=comparison.after.version,
            changes=[ChangeOut.of(change) for change in comparison.changes],
        )


class ChoiceOut(BaseModel):
    """One field that one or both sides changed since the common version."""

    name: str
    side: Side
    base: str
    mine: str
    theirs: str

    @classmethod
    def of(cls, choice: FieldChoice) -> Self:
        return cls(
            name=choice.name, side=choice.side, base=choice.base, mine=choice.mine, theirs=choice.theirs
        )


class StaleOut(BaseModel):
    """What a 412 carries beside the problem's members: the entry as it is now, the fields that differ, and the
    content with each side's changes (theirs where both changed)."""

    current: EntryOut | None
    choices: list[ChoiceOut]
    merged: ContentBody | None

    @classmethod
    def of(cls, error: StaleEntry) -> Self:
        comparison = error.comparison
        return cls(
            current=None if error.current is None else EntryOut.of(error.current),
            choices=[] if comparison is None else [ChoiceOut.of(one) for one in comparison.choices],
            merged=None if comparison is None else body_of(comparison.merged),
        )


class TagOut(BaseModel):
    """A tag and how many entries that the reader may see carry it."""

    tag: str
    count: int

    @classmethod
    def of(cls, counted: TagCount) -> Self:
        return cls(tag=counted.tag, count=counted.count)


class CountsOut(BaseModel):
    """How many entries the reader may see."""

    total: int
    by_kind: dict[Kind, int]
    by_status: dict[Status, int]
    own_drafts: int

    @classmethod
    def of(cls, counts: Counts) -> Self:
        return cls(
            total=counts.total,
            by_kind=dict(counts.by_kind),
            by_status=dict(counts.by_status),
            own_drafts=counts.own_drafts,
        )


class RelatedOut(BaseModel):
    """What else to read. An entry stands in the first list that it belongs to."""

    linked: list[LinkedOut]
    same_tags: list[EntryBrief]
    similar: list[EntryBrief]
