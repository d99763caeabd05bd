"""An entry's content as JSON, read strictly: an unknown member is an error, so that nothing is lost in silence."""

import re
from dataclasses import asdict
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from kb_service.models.entries import (
    BusinessFields,
    CaseFields,
    Content,
    Fields,
    Introduction,
    Kind,
    Link,
    LinkKind,
    Outcome,
    Planned,
    ProductFields,
    ProviderKind,
    RunbookFields,
    Status,
)
from kb_service.rules import content as limits
from kernel.visibility import Audience, AudienceKind

Line = Annotated[str, Field(max_length=limits.NAME_MAX)]
Prose = Annotated[str, Field(max_length=limits.TEXT_MAX)]
Yen = Annotated[int, Field(strict=True, ge=0, le=limits.YEN_MAX)]
Gain = Annotated[int, Field(strict=True, ge=-limits.YEN_MAX, le=limits.YEN_MAX)]
Hours = Annotated[float, Field(strict=True, ge=-limits.HOURS_MAX, le=limits.HOURS_MAX, allow_inf_nan=False)]
Identifier = Annotated[str, Field(pattern="^[0-9a-f]{32}$", examples=["0199c3f7a5b27c3e8d1f4a6b9c0d2e4f"])]


def _iso(value: object) -> object:
    """Pydantic would also take 0 and "0" for 1970-01-01."""
    written = isinstance(value, str) and _DAY.fullmatch(value) is not None
    if not written and not isinstance(value, date):
        raise ValueError("a date is written YYYY-MM-DD")
    return value


_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
Day = Annotated[date, BeforeValidator(_iso)]


class Strict(BaseModel):
    """Root of all bodies: no unknown members."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=False)


class CaseFieldsBody(Strict):
    """事例: what was tried and what came of it. Hours and yen are per year."""

    provider_kind: ProviderKind = ProviderKind.WARD
    provider_name: Line = ""
    outcome: Outcome = Outcome.SUCCESS
    technology: Line = Field("", examples=["AI-OCR"])
    business: Line = Field("", examples=["住民税の特別徴収"])
    effect_hours: Hours | None = None
    effect_yen: Gain | None = None
    cost_yen: Yen | None = None
    period_from: Day | None = None
    period_to: Day | None = None
    lessons: Prose = ""
    contact: Prose = ""

    def build(self) -> Fields:
        return CaseFields(**dict(self))


class ProductFieldsBody(Strict):
    """製品."""

    vendor: Line = ""
    vendor_profile: Prose = Field("", description="企業概要")
    research_trend: Prose = Field("", description="研究動向")
    specification: Prose = Field("", description="製品スペック")
    strong_technology: Prose = Field("", description="強みとなる技術")
    technology: Line = ""
    purchase_price_yen: Yen | None = None
    running_cost_yen: Yen | None = Field(None, description="Per year.")

    def build(self) -> Fields:
        return ProductFields(**dict(self))


class IntroductionBody(Strict):
    """Who introduced it, and who there knows (担当者)."""

    organisation: Line = Field(min_length=1, description="Organisation code, or a name.")
    contact: Annotated[str, Field(max_length=limits.SOURCE_MAX)] = ""


class BusinessFieldsBody(Strict):
    """業務."""

    business: Line = ""
    technology: Line = ""
    system_configuration: Prose = ""
    workflow: Prose = ""
    introduced_by: Annotated[list[IntroductionBody], Field(max_length=limits.INTRODUCED_MAX)] = []
    settings: Prose = Field("", description="ソフトウェア設定")
    scenario_building: Prose = Field("", description="シナリオ構築")
    bpr: Prose = Field("", description="BPRの進め方")
    assets: Prose = Field("", description="展開できるアセット")

    def build(self) -> Fields:
        introduced = tuple(Introduction(one.organisation, one.contact) for one in self.introduced_by)
        return BusinessFields(**{**dict(self), "introduced_by": introduced})


class RunbookFieldsBody(Strict):
    """対応マニュアル."""

    technology: Line = ""
    business: Line = ""
    operation: Prose = Field("", description="維持管理手法")
    trouble: Prose = ""
    fix: Prose = ""

    def build(self) -> Fields:
        return RunbookFields(**dict(self))


class LinkBody(Strict):
    """A typed link to another entry."""

    target: Identifier
    kind: LinkKind = LinkKind.RELATED


class AudienceBody(Strict):
    """Who may read. `organisations` only with kind "named"."""

    kind: AudienceKind = AudienceKind.OWN
    organisations: Annotated[
        list[Annotated[str, Field(max_length=20)]], Field(max_length=limits.ORGANISATIONS_MAX)
    ] = []


class PlannedBody(Strict):
    """更新予定: what will be updated, and when."""

    what: Annotated[str, Field(max_length=limits.SUMMARY_MAX)]
    when: Day | None = None


class _ContentBody(Strict):
    title: str = Field(min_length=1, max_length=limits.TITLE_MAX, examples=["窓口業務へのAI-OCR導入"])
    summary: Annotated[str, Field(max_length=limits.SUMMARY_MAX)] = ""
    body: Annotated[str, Field(max_length=limits.BODY_MAX, description="Markdown.")] = ""
    tags: Annotated[
        list[Annotated[str, Field(max_length=limits.TAG_MAX)]], Field(max_length=limits.TAGS_MAX)
    ] = []
    links: Annotated[list[LinkBody], Field(max_length=limits.LINKS_MAX)] = []
    audience: AudienceBody = AudienceBody()
    status: Status = Status.DRAFT
    planned: PlannedBody | None = Field(None, description="Required while in progress.")
    source: Annotated[str, Field(max_length=limits.SOURCE_MAX)] = ""
    sample: Annotated[bool, Field(strict=True)] = False

    def common(self) -> dict[str, Any]:
        """What every kind has, for Content."""
        return {
            "title": self.title,
            "summary": self.summary,
            "body": self.body,
            "tags": tuple(self.tags),
            "links": tuple(Link(one.target, one.kind) for one in self.links),
            "audience": Audience(self.audience.kind, tuple(self.audience.organisations)),
            "status": self.status,
            "planned": None if self.planned is None else Planned(self.planned.what, self.planned.when),
            "source": self.source,
            "sample": self.sample,
        }


class CaseContent(_ContentBody):
    """The content of a case."""

    kind: Literal[Kind.CASE]
    fields: CaseFieldsBody = CaseFieldsBody()


class ProductContent(_ContentBody):
    """The content of a product."""

    kind: Literal[Kind.PRODUCT]
    fields: ProductFieldsBody = ProductFieldsBody()


class BusinessContent(_ContentBody):
    """The content of a business."""

    kind: Literal[Kind.BUSINESS]
    fields: BusinessFieldsBody = BusinessFieldsBody()


class RunbookContent(_ContentBody):
    """The content of a runbook."""

    kind: Literal[Kind.RUNBOOK]
    fields: RunbookFieldsBody = RunbookFieldsBody()


ContentBody = Annotated[
    CaseContent | ProductContent | BusinessContent | RunbookContent, Field(discriminator="kind")
]


def content_of(body: ContentBody) -> Content:
    """The content that a body describes; it is checked by the service."""
    return Content(kind=body.kind, fields=body.fields.build(), **body.common())


_BODIES: dict[Kind, type[CaseContent | ProductContent | BusinessContent | RunbookContent]] = {
    Kind.CASE: CaseContent,
    Kind.PRODUCT: ProductContent,
    Kind.BUSINESS: BusinessContent,
    Kind.RUNBOOK: RunbookContent,
}


def body_of(content: Content) -> ContentBody:
    """The inverse."""
    return _BODIES[content.kind].model_validate(asdict(content))
