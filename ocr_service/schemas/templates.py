"""Templates and their versions as JSON."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field

from kernel.artifacts import Trust, Verdict
from kernel.identity.organisations import ORGANISATIONS
from kernel.visibility import Audience, AudienceKind
from ocr_service.models.forms import Listed, Template, TemplateState, TemplateVersion, VersionLine
from ocr_service.models.readings import FieldReading, Flag, PageOutcome, PageReading
from ocr_service.rules.form_rules import LONGEST_TITLE
from ocr_service.service.templates import LONGEST_NOTE, Imported

_NAME = "^[a-z][a-z0-9_]{0,63}$"


class Strict(BaseModel):
    """A body in which an unknown member is an error, so that nothing is lost in silence."""

    model_config = ConfigDict(extra="forbid")


class AudienceBody(Strict):
    """Who may see and use what is published."""

    kind: AudienceKind
    organisations: Annotated[
        list[Annotated[str, Field(max_length=16)]],
        Field(max_length=len(ORGANISATIONS), description="Codes, for `named`."),
    ] = []

    def audience(self) -> Audience:
        return Audience(self.kind, tuple(self.organisations))


class PublishBody(Strict):
    """What a publisher says about the version."""

    note: Annotated[str, Field(max_length=LONGEST_NOTE)] = ""


class YankBody(Strict):
    """Why nobody should begin to use the version."""

    reason: Annotated[
        str, Field(min_length=1, max_length=LONGEST_NOTE, examples=["口座番号の枠がずれていた"])
    ]


class CopyBody(Strict):
    """What the copy is called. `version`: of the original, "" for its newest."""

    name: Annotated[str, Field(pattern=_NAME, examples=["jido_teate_2027"])]
    title: Annotated[str, Field(max_length=LONGEST_TITLE)] = ""
    version: Annotated[str, Field(max_length=32)] = ""


class TemplateOut(BaseModel):
    """A template. `current`: its newest published version, "" while there is only a draft."""

    id: str
    owner: str
    name: str
    title: str
    audience: AudienceKind
    organisations: list[str]
    revision: int
    current: str
    archived: bool
    updated_at: datetime

    @classmethod
    def of(cls, template: Template) -> Self:
        return cls(
            id=template.id,
            owner=template.owner,
            name=template.name,
            title=template.title,
            audience=template.audience.kind,
            organisations=list(template.audience.organisations),
            revision=template.revision,
            current=template.current,
            archived=template.archived,
            updated_at=template.updated_at,
        )


class TemplatePage(BaseModel):
    """One page of a list; `next` is the cursor of the page after."""

    items: list[TemplateOut]
    next: str | None

    @classmethod
    def of(cls, listed: Listed, following: str | None) -> Self:
        return cls(items=[TemplateOut.of(each) for each in listed.items], next=following)


class SignatureOut(BaseModel):
    """What a signature is worth. `valid`: signed with the publisher's own key; `house`: published in the browser,
    the installation vouches for it. `publisher`: the organisation that the signed manifest names."""

    trust: Trust
    publisher: str | None
    version: str | None
    key: str | None
    key_name: str | None

    @classmethod
    def of(cls, verdict: Verdict) -> Self:
        return cls(
            trust=verdict.trust,
            publisher=verdict.manifest.owner if verdict.manifest else None,
            version=verdict.manifest.version if verdict.manifest else None,
            key=verdict.key.id if verdict.key else None,
            key_name=verdict.key.name if verdict.key else None,
        )


class VersionOut(BaseModel):
    """One version. `digest`: SHA-256 of its canonical content; `note`: of the publisher, of a yanked one the
    reason."""

    template_id: str
    version: str
    state: TemplateState
    digest: str
    saved_at: datetime
    saved_by: str
    note: str
    signature: SignatureOut

    @classmethod
    def of(cls, version: VersionLine | TemplateVersion, verdict: Verdict) -> Self:
        return cls(
            template_id=version.template_id,
            version=version.version,
            state=version.state,
            digest=version.digest,
            saved_at=version.saved_at,
            saved_by=version.saved_by,
            note=version.note,
            signature=SignatureOut.of(verdict),
        )


class ImportedOut(BaseModel):
    """A template that came as a file, as a draft, and what its signature is worth."""

    template: TemplateOut
    signature: SignatureOut

    @classmethod
    def of(cls, imported: Imported) -> Self:
        return cls(template=TemplateOut.of(imported.template), signature=SignatureOut.of(imported.verdict))


class TrialFieldOut(BaseModel):
    """What was read in one field; `others`: further readings, best first."""

    field: str
    value: str
    raw: str
    others: list[str]
    confidence: float
    blank: bool
    flags: list[Flag]

    @classmethod
    def of(cls, reading: FieldReading) -> Self:
        return cls(
            field=reading.field,
            value=reading.value,
            raw="" if reading.blank or not reading.candidates else reading.candidates[0].raw,
            others=[each.value for each in reading.candidates[1:]],
            confidence=reading.confidence,
            blank=reading.blank,
            flags=sorted(reading.flags),
        )


class TrialPageOut(BaseModel):
    """One sample page: whether it is this form, which page of it, and what was read."""

    member: str
    number: int
    outcome: PageOutcome
    template_page: int | None
    score: float | None
    fields: list[TrialFieldOut]
    reason: str

    @classmethod
    def of(cls, reading: PageReading, language: str) -> Self:
        return cls(
            member=reading.member,
            number=reading.number,
            outcome=reading.outcome,
            template_page=reading.match.page if reading.match else None,
            score=reading.match.score if reading.match else None,
            fields=[TrialFieldOut.of(each) for each in reading.fields],
            reason=reading.reason_en if language == "en" else reading.reason_ja,
        )
