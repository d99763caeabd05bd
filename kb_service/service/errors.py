"""Errors of the knowledge bank that carry more than a sentence."""

from dataclasses import dataclass

from kb_service.models.entries import Entry
from kb_service.rules.comparison import ThreeWay
from kernel.errors import Problem, Stale, Text


@dataclass(eq=False)
class StaleEntry(Stale):
    """Somebody saved in between. `current` is what is stored now; `comparison` is None when the version that
    the edit was based on never existed or may not be read."""

    current: Entry | None = None
    comparison: ThreeWay | None = None


def stale(current: Entry, comparison: ThreeWay | None) -> StaleEntry:
    """The error with its sentence, and one problem for each field that both sides changed."""
    text = Text(
        "編集している間に、ほかの人がこのナレッジを保存しました。入力した内容は失われていません。"
        "違いを確認し、どちらを残すか選んでからもう一度保存してください。",
        "Somebody saved this entry while you were editing. Nothing you typed is lost. "
        "Look at the differences, choose, and save again.",
    )
    both = Text("ほかの人もこの項目を変更しました。", "Somebody else changed this field too.")
    conflicts = () if comparison is None else comparison.conflicts
    return StaleEntry(text, tuple(Problem(one.name, both) for one in conflicts), current, comparison)
