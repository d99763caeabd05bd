"""The fields of the four kinds as people meet them: their names, hints, groups and controls."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from kb_service.models.entries import Kind
from kernel.errors import Text


class Control(StrEnum):
    """How a field is typed in and shown."""

    LINE = "line"
    LINES = "lines"
    HOURS = "hours"
    YEN = "yen"
    DATE = "date"
    OUTCOME = "outcome"
    PROVIDER_KIND = "provider_kind"
    INTRODUCTIONS = "introductions"


_NO_HINT = Text("", "")


@dataclass(frozen=True, slots=True)
class FieldWords:
    """One field: `name` in the fields' dataclass, its label, the support text below the label."""

    name: str
    control: Control
    label: Text
    hint: Text = _NO_HINT


@dataclass(frozen=True, slots=True)
class Group:
    """Fields that belong together under one heading."""

    title: Text
    fields: tuple[FieldWords, ...]


_TECHNOLOGY = FieldWords(
    "technology",
    Control.LINE,
    Text("技術", "Technology"),
    Text("例：AI-OCR、RPA、チャットボット", "e.g. AI-OCR, RPA, chatbot"),
)
_BUSINESS = FieldWords(
    "business",
    Control.LINE,
    Text("対象業務", "Business"),
    Text("例：児童手当、住民記録、税務", "e.g. child allowance, resident records"),
)

GROUPS: Mapping[Kind, tuple[Group, ...]] = {
    Kind.CASE: (
        Group(
            Text("取組の内容", "What was done"),
            (
                FieldWords("outcome", Control.OUTCOME, Text("結果", "Outcome")),
                FieldWords("provider_kind", Control.PROVIDER_KIND, Text("取り組んだ団体の区分", "Done by")),
                FieldWords(
                    "provider_name",
                    Control.LINE,
                    Text("取り組んだ団体の名前", "Name of that organisation"),
                    Text(
                        "所属団体自身の取組なら空欄で構いません。", "Leave empty for your own organisation."
                    ),
                ),
                _TECHNOLOGY,
                _BUSINESS,
                FieldWords(
                    "period_from",
                    Control.DATE,
                    Text("開始日", "From"),
                    Text("例：2025-04-01、令和7年4月1日", "e.g. 2025-04-01"),
                ),
                FieldWords(
                    "period_to",
                    Control.DATE,
                    Text("終了日", "To"),
                    Text("続いていれば空欄にします。", "Leave empty if it goes on."),
                ),
            ),
        ),
        Group(
            Text("効果と費用", "Effect and cost"),
            (
                FieldWords(
                    "effect_hours",
                    Control.HOURS,
                    Text("減った作業時間（年間）", "Working time saved per year"),
                    Text("単位は時間です。例：1,200", "In hours, e.g. 1,200"),
                ),
                FieldWords(
                    "effect_yen",
                    Control.YEN,
                    Text("減った費用（年間）", "Cost saved per year"),
                    Text("単位は円です。「350万」のようにも書けます。", "In yen, e.g. 3,500,000"),
                ),
                FieldWords(
                    "cost_yen",
                    Control.YEN,
                    Text("かかった費用", "Cost"),
                    Text("単位は円です。「350万」のようにも書けます。", "In yen, e.g. 3,500,000"),
                ),
            ),
        ),
        Group(
            Text("学んだこと", "Lessons"),
            (
                FieldWords(
                    "lessons",
                    Control.LINES,
                    Text("学んだこと・注意点", "Lessons and cautions"),
                    Text("次に取り組む区に伝えたいことを書きます。", "What the next ward should know."),
                ),
                FieldWords(
                    "contact",
                    Control.LINE,
                    Text("問い合わせ先", "Contact"),
                    Text(
                        "部署名と内線など。個人名は書かないでください。",
                        "Section and extension; no personal names.",
                    ),
                ),
            ),
        ),
    ),
    Kind.PRODUCT: (
        Group(
            Text("開発事業者", "Vendor"),
            (
                FieldWords("vendor", Control.LINE, Text("事業者名", "Vendor")),
                FieldWords("vendor_profile", Control.LINES, Text("企業概要", "Company profile")),
                FieldWords("research_trend", Control.LINES, Text("研究動向", "Research trend")),
            ),
        ),
        Group(
            Text("機能", "Functions"),
            (
                _TECHNOLOGY,
                FieldWords("specification", Control.LINES, Text("製品スペック", "Specification")),
                FieldWords("strong_technology", Control.LINES, Text("強みとなる技術", "Strong technology")),
            ),
        ),
        Group(
            Text("費用", "Cost"),
            (
                FieldWords(
                    "purchase_price_yen",
                    Control.YEN,
                    Text("調達価格", "Purchase price"),
                    Text("単位は円です。「350万」のようにも書けます。", "In yen, e.g. 3,500,000"),
                ),
                FieldWords(
                    "running_cost_yen",
                    Control.YEN,
                    Text("保守運用費用（年間）", "Running cost per year"),
                    Text("単位は円です。「350万」のようにも書けます。", "In yen, e.g. 3,500,000"),
                ),
            ),
        ),
    ),
    Kind.BUSINESS: (
        Group(
            Text("対象業務", "Business"),
            (
                _BUSINESS,
                _TECHNOLOGY,
                FieldWords(
                    "system_configuration", Control.LINES, Text("システム構成", "System configuration")
                ),
                FieldWords("workflow", Control.LINES, Text("業務フロー", "Workflow")),
                FieldWords(
                    "introduced_by",
                    Control.INTRODUCTIONS,
                    Text("導入済みの区と担当", "Wards that introduced it, and whom to ask"),
                    Text(
                        "担当は部署名で書きます。個人名は書かないでください。",
                        "Name a section, never a person.",
                    ),
                ),
            ),
        ),
        Group(
            Text("導入作業", "Introducing it"),
            (
                FieldWords("settings", Control.LINES, Text("ソフトウェア設定", "Software settings")),
                FieldWords("scenario_building", Control.LINES, Text("シナリオ構築", "Scenario building")),
                FieldWords("bpr", Control.LINES, Text("BPRの進め方", "Process redesign (BPR)")),
                FieldWords(
                    "assets",
                    Control.LINES,
                    Text("展開できるアセット", "Assets others can use"),
                    Text(
                        "他の区がそのまま使えるプログラムや様式など。",
                        "Programs or forms that others can use as they are.",
                    ),
                ),
            ),
        ),
    ),
    Kind.RUNBOOK: (
        Group(
            Text("対象", "Subject"),
            (_TECHNOLOGY, _BUSINESS),
        ),
        Group(
            Text("運用", "Operation"),
            (FieldWords("operation", Control.LINES, Text("維持管理のしかた", "Operation and upkeep")),),
        ),
        Group(
            Text("トラブルと解消", "Trouble and fix"),
            (
                FieldWords(
                    "trouble",
                    Control.LINES,
                    Text("トラブルの内容", "Trouble"),
                    Text(
                        "画面の文言や起きる条件も書くと、見つけやすくなります。",
                        "Quote the message and say when it happens.",
                    ),
                ),
                FieldWords("fix", Control.LINES, Text("解消方法", "Fix")),
            ),
        ),
    ),
}

COMMON: Mapping[str, Text] = {
    "title": Text("件名", "Title"),
    "summary": Text("概要", "Summary"),
    "body": Text("本文", "Body"),
    "tags": Text("タグ", "Tags"),
    "links": Text("ほかのナレッジとのつながり", "Links to other entries"),
    "audience": Text("公開範囲", "Who can see it"),
    "status": Text("状態", "Status"),
    "planned": Text("更新の予定", "Planned update"),
    "source": Text("出典", "Source"),
    "sample": Text("サンプル", "Sample"),
    "kind": Text("種類", "Kind"),
    "provider": Text("提供団体", "Provider"),
}


def words_of(kind: Kind) -> tuple[FieldWords, ...]:
    """All fields of a kind, in the order people meet them."""
    return tuple(field for group in GROUPS[kind] for field in group.fields)


def field_label(name: str, language: str) -> str:
    """The label of a field by its name, `fields.` or a pointer before it allowed; the name itself if unknown."""
    last = name.replace("/", ".").removeprefix(".").removeprefix("fields.").split(".")[0]
    if last in COMMON:
        return COMMON[last].in_language(language)
    for kind in GROUPS:
        for words in words_of(kind):
            if words.name == last:
                return words.label.in_language(language)
    return name
