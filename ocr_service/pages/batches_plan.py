"""What people say about a batch in a form, in their words, and as a plan."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request

from ocr_service.models.batches import Batch, Coverage, Entry, Plan
from ocr_service.pages.desk import Desk

CARE: Mapping[str, float] = {"careful": 0.995, "usual": 0.98, "fast": 0.95}
"""Confidence at or above which a field passes unseen. The share of wrong ones among those is far lower."""


@dataclass(frozen=True, slots=True)
class Values:
    """A form as it is shown."""

    title: str = ""
    note: str = ""
    templates: tuple[str, ...] = ()
    entry: str = Entry.SINGLE.value
    care: str = "usual"
    priority: str = "1"


def values_of(plan: Batch | Plan) -> Values:
    """The form of what is stored."""
    care = min(CARE, key=lambda each: abs(CARE[each] - plan.threshold))
    return Values(
        title=plan.title,
        note=plan.note,
        templates=plan.templates,
        entry=plan.entry.value,
        care="all" if plan.coverage is Coverage.ALL else care,
        priority=str(plan.priority),
    )


def plan_of(form: FormData) -> Plan:
    """What was sent; whatever is no choice of the page is the usual one."""
    care, priority = _text(form, "care"), _text(form, "priority")
    return Plan(
        title=_text(form, "title"),
        templates=tuple(each for each in form.getlist("templates") if isinstance(each, str) and each),
        entry=Entry.DOUBLE if _text(form, "entry") == Entry.DOUBLE.value else Entry.SINGLE,
        coverage=Coverage.ALL if care == "all" else Coverage.DOUBTFUL,
        threshold=CARE.get(care, CARE["usual"]),
        priority=int(priority) if priority in {"0", "1", "2"} else 1,
        note=_text(form, "note"),
    )


def plan_options(desk: Desk, request: Request, usable: Mapping[str, str]) -> dict[str, Any]:
    """The choices of the form. `usable`: titles of templates by id."""
    _ = desk.web.translate(request)
    return {
        "template_options": [(each, title, "") for each, title in usable.items()],
        "care_options": [
            ("usual", _("標準：見逃し 0.5% 以下をめざす"), _("迷ったらこれを選んでください。")),
            (
                "careful",
                _("慎重：見逃し 0.1% 以下をめざす"),
                _("人が確認する項目が増えます。給付や口座など、間違いが許されないときに。"),
            ),
            (
                "fast",
                _("速さ優先：見逃し 1% 以下をめざす"),
                _("人が確認する項目が減ります。集計など、少しの誤りが許されるときに。"),
            ),
            ("all", _("すべての項目を人が確認する"), _("機械の読み取りは候補として示します。")),
        ],
        "entry_options": [
            (Entry.SINGLE.value, _("1人で確認する"), ""),
            (
                Entry.DOUBLE.value,
                _("2人が別々に入力する"),
                _("2人の入力が違う項目は、もう1人が決めます。"),
            ),
        ],
        "priority_options": [
            ("2", _("高：ほかのバッチより先に読み取る"), ""),
            ("1", _("通常"), ""),
            ("0", _("低：ほかのバッチのあとで読み取る"), ""),
        ],
    }


def _text(form: FormData, name: str) -> str:
    sent = form.get(name)
    return sent if isinstance(sent, str) else ""
