"""An entry: the unit of knowledge. Four kinds, with the fields of table 2-15 of the wards' report
(令和3年度 特別区のスケールメリットを生かした業務効率化, 表2-15 蓄積すべきテクノロジー関連情報)."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from kernel.visibility import Audience


class Kind(StrEnum):
    """Which of the four data bases of table 2-15 an entry belongs to."""

    CASE = "case"
    PRODUCT = "product"
    BUSINESS = "business"
    RUNBOOK = "runbook"


class Status(StrEnum):
    """Life of an entry. IN_PROGRESS is shared early and marked 更新予定."""

    DRAFT = "draft"
    IN_PROGRESS = "in_progress"
    PUBLISHED = "published"
    ARCHIVED = "archived"


class Outcome(StrEnum):
    """How a case ended."""

    SUCCESS = "success"
    FAILURE = "failure"
    MIXED = "mixed"


class ProviderKind(StrEnum):
    """From whom a case comes."""

    WARD = "ward"
    MUNICIPALITY = "municipality"
    COMPANY = "company"


class LinkKind(StrEnum):
    """Type of a link from one entry to another, read from the source's side."""

    RELATED = "related"
    USES = "uses"  # a case or business uses a product
    BASED_ON = "based_on"
    SUPERSEDES = "supersedes"
    RESOLVES = "resolves"  # a runbook resolves the trouble of a case
    PART_OF = "part_of"


@dataclass(frozen=True, slots=True)
class CaseFields:
    """事例DB. Hours and yen are per year; cost in yen."""

    provider_kind: ProviderKind = ProviderKind.WARD
    provider_name: str = ""  # the municipality or company the case is about
    outcome: Outcome = Outcome.SUCCESS
    technology: str = ""  # 例: AI-OCR, RPA, チャットボット
    business: str = ""  # 対象業務
    effect_hours: float | None = None
    effect_yen: int | None = None
    cost_yen: int | None = None
    period_from: date | None = None
    period_to: date | None = None
    lessons: str = ""
    contact: str = ""


@dataclass(frozen=True, slots=True)
class ProductFields:
    """製品DB. Prices in yen; running cost per year."""

    vendor: str = ""
    vendor_profile: str = ""  # 企業概要
    research_trend: str = ""  # 研究動向
    specification: str = ""  # 製品スペック
    strong_technology: str = ""  # 強みとなる技術
    technology: str = ""
    purchase_price_yen: int | None = None
    running_cost_yen: int | None = None


@dataclass(frozen=True, slots=True)
class Introduction:
    """導入済みの区: which organisation introduced it and who there knows (担当者)."""

    organisation: str  # organisation code, or the name of one outside the 23 wards
    contact: str = ""


@dataclass(frozen=True, slots=True)
class BusinessFields:
    """業務DB."""

    business: str = ""
    technology: str = ""
    system_configuration: str = ""
    workflow: str = ""
    introduced_by: tuple[Introduction, ...] = ()
    settings: str = ""  # ソフトウェア設定
    scenario_building: str = ""  # シナリオ構築
    bpr: str = ""  # BPRの進め方
    assets: str = ""  # 展開できるアセット


@dataclass(frozen=True, slots=True)
class RunbookFields:
    """対応マニュアルDB: operation, trouble and its fix."""

    technology: str = ""
    business: str = ""
    operation: str = ""  # 維持管理手法
    trouble: str = ""
    fix: str = ""


Fields = CaseFields | ProductFields | BusinessFields | RunbookFields

FIELDS_OF: dict[Kind, type[CaseFields] | type[ProductFields] | type[BusinessFields] | type[RunbookFields]] = {
    Kind.CASE: CaseFields,
    Kind.PRODUCT: ProductFields,
    Kind.BUSINESS: BusinessFields,
    Kind.RUNBOOK: RunbookFields,
}


@dataclass(frozen=True, slots=True)
class Link:
    """A typed link to another entry."""

    target: str
    kind: LinkKind = LinkKind.RELATED


@dataclass(frozen=True, slots=True)
class Planned:
    """更新予定: what will be updated, and when. Required while IN_PROGRESS."""

    what: str
    when: date | None = None


@dataclass(frozen=True, slots=True)
class Content:
    """All that a person edits of an entry; one revision holds one Content whole."""

    kind: Kind
    title: str
    fields: Fields
    summary: str = ""
    body: str = ""  # Markdown
    tags: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    audience: Audience = field(default_factory=Audience)
    status: Status = Status.DRAFT
    planned: Planned | None = None
    source: str = ""  # where the facts come from; shown with the entry
    sample: bool = False  # marked サンプル: not a fact about a real ward


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as stored. `version` counts saves from 1 and is the ETag."""

    id: str
    owner: str  # organisation code of the provider
    version: int
    content: Content
    created_at: datetime
    created_by: str  # user id
    updated_at: datetime
    updated_by: str
    deleted: bool = False

    def audience_keys(self) -> frozenset[str]:
        """Keys in the database and the indexes: a draft never leaves its organisation, a deleted entry is
        for nobody."""
        if self.deleted:
            return frozenset()
        if self.content.status is Status.DRAFT:
            return Audience().keys(self.owner)
        return self.content.audience.keys(self.owner)


class Act(StrEnum):
    """What a revision came from."""

    CREATED = "created"
    SAVED = "saved"
    RESTORED = "restored"
    DELETED = "deleted"
    UNDELETED = "undeleted"


@dataclass(frozen=True, slots=True)
class Revision:
    """One save of an entry."""

    entry_id: str
    version: int
    content: Content
    saved_at: datetime
    saved_by: str
    note: str = ""
    act: Act = Act.SAVED
