"""Words for the values of the bank, in both languages."""

from collections.abc import Mapping
from enum import StrEnum

from kb_service.models.attachments import Place, PlaceKind, ReadingState
from kb_service.models.entries import Kind, LinkKind, Outcome, ProviderKind, Status
from kb_service.models.searching import Sort
from kernel.errors import Text
from kernel.visibility import AudienceKind

KINDS: Mapping[Kind, Text] = {
    Kind.CASE: Text("事例", "Case"),
    Kind.PRODUCT: Text("製品", "Product"),
    Kind.BUSINESS: Text("業務", "Business process"),
    Kind.RUNBOOK: Text("対応マニュアル", "Runbook"),
}

KIND_PURPOSES: Mapping[Kind, Text] = {
    Kind.CASE: Text(
        "テクノロジーを活用した取組の記録です。うまくいった例も、いかなかった例も役に立ちます。",
        "A record of technology put to use. What worked and what did not are equally useful.",
    ),
    Kind.PRODUCT: Text(
        "製品の仕様、強み、費用と、開発事業者の情報です。",
        "A product's specification, strengths and cost, and its vendor.",
    ),
    Kind.BUSINESS: Text(
        "業務のシステム構成や流れ、導入済みの区、設定やBPRの進め方です。",
        "How a business process is built and run, which wards introduced it, settings and redesign.",
    ),
    Kind.RUNBOOK: Text(
        "運用のしかたと、トラブルが起きたときの解消方法です。",
        "How to operate something, and how to fix it when it breaks.",
    ),
}

STATUSES: Mapping[Status, Text] = {
    Status.DRAFT: Text("下書き", "Draft"),
    Status.IN_PROGRESS: Text("作成中（更新予定）", "In progress (to be updated)"),
    Status.PUBLISHED: Text("公開", "Published"),
    Status.ARCHIVED: Text("保管", "Archived"),
}

STATUS_MEANINGS: Mapping[Status, Text] = {
    Status.DRAFT: Text(
        "所属団体の職員だけが見られます。書きかけのままで構いません。",
        "Only your own organisation sees it. It may be unfinished.",
    ),
    Status.IN_PROGRESS: Text(
        "早めに共有します。「更新予定」の印と、いつ何を更新するかを表示します。",
        "Shared early, marked with what will be updated and when.",
    ),
    Status.PUBLISHED: Text("内容が固まった情報として共有します。", "Shared as settled information."),
    Status.ARCHIVED: Text(
        "古くなった情報として残します。一覧では「保管」と表示します。",
        "Kept as past information, shown as archived in searches.",
    ),
}

OUTCOMES: Mapping[Outcome, Text] = {
    Outcome.SUCCESS: Text("成功", "Success"),
    Outcome.FAILURE: Text("失敗", "Failure"),
    Outcome.MIXED: Text("一部成功", "Partly successful"),
}

PROVIDER_KINDS: Mapping[ProviderKind, Text] = {
    ProviderKind.WARD: Text("特別区", "Special ward"),
    ProviderKind.MUNICIPALITY: Text("他の自治体", "Another municipality"),
    ProviderKind.COMPANY: Text("民間企業", "Company"),
}

LINKS: Mapping[LinkKind, Text] = {
    LinkKind.RELATED: Text("関連する", "Related to"),
    LinkKind.USES: Text("使っている製品", "Uses"),
    LinkKind.BASED_ON: Text("もとにした情報", "Based on"),
    LinkKind.SUPERSEDES: Text("この情報で置き換えた古い情報", "Supersedes"),
    LinkKind.RESOLVES: Text("解消するトラブルの事例", "Resolves"),
    LinkKind.PART_OF: Text("全体をまとめた情報", "Part of"),
}

LINKS_TO_HERE: Mapping[LinkKind, Text] = {
    LinkKind.RELATED: Text("関連する", "Related to"),
    LinkKind.USES: Text("これを使っている事例・業務", "Used by"),
    LinkKind.BASED_ON: Text("これをもとにした情報", "Basis of"),
    LinkKind.SUPERSEDES: Text("これに代わる新しい情報", "Superseded by"),
    LinkKind.RESOLVES: Text("解消のしかた", "Resolved by"),
    LinkKind.PART_OF: Text("含まれる情報", "Contains"),
}

AUDIENCES: Mapping[AudienceKind, Text] = {
    AudienceKind.OWN: Text("所属団体のみ", "Own organisation only"),
    AudienceKind.NAMED: Text("選んだ団体", "Chosen organisations"),
    AudienceKind.MEMBERS: Text("参加団体すべて", "All members"),
    AudienceKind.PUBLIC: Text("一般（住民を含む）", "Public"),
}

AUDIENCE_MEANINGS: Mapping[AudienceKind, Text] = {
    AudienceKind.OWN: Text(
        "所属団体の職員だけが見られます。他の区の検索結果や件数にも出ません。",
        "Only staff of your organisation. It appears in no other ward's results or counts.",
    ),
    AudienceKind.NAMED: Text(
        "所属団体と、下で選んだ団体の職員が見られます。",
        "Staff of your organisation and of those chosen below.",
    ),
    AudienceKind.MEMBERS: Text(
        "23区、東京都、共同化実行組織のすべての職員が見られます。",
        "All staff of the 23 wards, Tokyo and the shared body.",
    ),
    AudienceKind.PUBLIC: Text(
        "住民を含むだれに見せてもよい情報です。個人情報や契約上の秘密がないことを確かめてください。",
        "May be shown to anybody, residents included. Make sure that it holds no personal data or trade secrets.",
    ),
}

READINGS: Mapping[ReadingState, Text] = {
    ReadingState.WAITING: Text("読み取り待ち", "Waiting to be read"),
    ReadingState.READING: Text("読み取り中", "Being read"),
    ReadingState.DONE: Text("検索できます", "Searchable"),
    ReadingState.UNREADABLE: Text("読み取れませんでした", "Could not be read"),
}

SORTS: Mapping[Sort, Text] = {
    Sort.RELEVANCE: Text("関連度の高い順", "Most relevant"),
    Sort.NEWEST: Text("新しい順", "Newest"),
    Sort.EFFECT: Text("効果の大きい順", "Largest effect"),
}

FACETS: Mapping[str, Text] = {
    "kind": Text("種類", "Kind"),
    "provider": Text("提供団体", "Provider"),
    "outcome": Text("結果", "Outcome"),
    "technology": Text("技術", "Technology"),
    "business": Text("業務", "Business"),
    "tag": Text("タグ", "Tag"),
    "status": Text("状態", "Status"),
    "has_attachment": Text("添付ファイル", "Attachment"),
    "year": Text("年", "Year"),
}

_FLAGS = {"true": Text("あり", "Yes"), "false": Text("なし", "No")}

SOURCES: Mapping[str, Text] = {
    "title": Text("件名", "Title"),
    "summary": Text("概要", "Summary"),
    "field": Text("項目", "Field"),
    "body": Text("本文", "Body"),
    "attachment": Text("添付", "Attachment"),
}

_ENUMS: tuple[Mapping[StrEnum, Text], ...] = (
    KINDS, STATUSES, OUTCOMES, PROVIDER_KINDS, LINKS, AUDIENCES, READINGS, SORTS,
)  # type: ignore[assignment]  # fmt: skip  # each maps its own enumeration


def label(value: StrEnum, language: str) -> str:
    """The word for a value of one of the bank's enumerations."""
    for words in _ENUMS:
        for key, text in words.items():
            if key is value:
                return text.in_language(language)
    return str(value)


def facet_value(facet: str, value: str, language: str) -> str:
    """The word for a value of a facet; values that people typed are their own words. Organisation codes
    are named by the caller."""
    table: Mapping[str, Mapping[str, Text]] = {
        "kind": {str(key): text for key, text in KINDS.items()},
        "outcome": {str(key): text for key, text in OUTCOMES.items()},
        "status": {str(key): text for key, text in STATUSES.items()},
        "has_attachment": _FLAGS,
    }
    text = table.get(facet, {}).get(value)
    if text is not None:
        return text.in_language(language)
    if facet == "year" and language == "ja":
        return f"{value}年"
    return value


def place_words(place: Place | None, language: str) -> str:
    """12ページ, シート「集計」, スライド3; empty when there is no place."""
    if place is None:
        return ""
    number = f"{place.number:,}"
    if language == "en":
        noun = {"page": "page", "sheet": "sheet", "slide": "slide", "section": "section"}[place.kind]
        return f"{noun} “{place.label}”" if place.label else f"{noun} {number}"
    if place.kind is PlaceKind.PAGE:
        return f"{number}ページ"
    if place.label:
        noun = {"sheet": "シート", "slide": "スライド", "section": ""}[place.kind]
        return f"{noun}「{place.label}」"
    return {"sheet": f"シート{number}", "slide": f"スライド{number}", "section": f"{number}番目の区切り"}[
        place.kind
    ]
