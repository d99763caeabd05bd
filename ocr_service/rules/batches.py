"""What a batch may be called, when it may be changed, and where it stands."""

import re
import unicodedata

from kernel.errors import Conflict, Invalid, Problem, Text
from ocr_service.models.batches import Batch, BatchState, Coverage, FieldState, Outstanding, Plan
from ocr_service.models.readings import FieldReading

PAGES_MAX = 2_000
FILES_MAX = 2_000
TEMPLATES_MAX = 100
TITLE_MAX = 200
NOTE_MAX = 2_000
NAME_MAX = 255

ACCEPTING = frozenset(
    {BatchState.RECEIVING, BatchState.READING, BatchState.PAUSED, BatchState.VERIFYING, BatchState.READY}
)
"""Batches that files may be added to and whose pages may be changed."""
GOING = ACCEPTING - {BatchState.PAUSED}
"""Whose state follows from what is outstanding."""

_UNFIT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
# Also marks that turn the reading direction: "請求書\u202efdp.exe" is shown as "請求書exe.pdf".
_MISLEADING = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
STATE_NAMES = {
    BatchState.RECEIVING: Text("ファイル待ち", "waiting for files"),
    BatchState.READING: Text("読み取り中", "being read"),
    BatchState.PAUSED: Text("一時停止中", "paused"),
    BatchState.VERIFYING: Text("確認中", "being verified"),
    BatchState.READY: Text("確認済み", "verified"),
    BatchState.CLOSED: Text("完了", "closed"),
    BatchState.CANCELLED: Text("中止", "cancelled"),
    BatchState.DELETED: Text("消去済み", "erased"),
}


def checked(plan: Plan) -> Plan:
    """The plan as it is stored. Raises Invalid with every mistake."""
    title = " ".join(unicodedata.normalize("NFC", plan.title).split())
    note = plan.note.strip()
    problems: list[Problem] = []
    if not title or len(title) > TITLE_MAX or _MISLEADING.search(title):
        problems.append(
            Problem(
                "title",
                Text(
                    f"バッチの名前を1文字以上{TITLE_MAX}文字以内で入力してください。",
                    f"Give the batch a title of 1 to {TITLE_MAX} characters.",
                ),
            )
        )
    if len(note) > NOTE_MAX or _UNFIT.search(note):
        problems.append(
            Problem(
                "note",
                Text(
                    f"メモは{NOTE_MAX}文字以内で、制御文字を使わずに入力してください。",
                    f"A note has at most {NOTE_MAX} characters and no control characters.",
                ),
            )
        )
    if not 0 < plan.threshold <= 1:
        problems.append(
            Problem(
                "threshold",
                Text(
                    "確認せずに通す確かさは、0より大きく1以下の数で指定してください。",
                    "The confidence for passing unseen is above 0 and at most 1.",
                ),
            )
        )
    if plan.priority not in (0, 1, 2):
        problems.append(
            Problem(
                "priority",
                Text("優先度は0（低）・1（通常）・2（高）から選んでください。", "Priority is 0, 1 or 2."),
            )
        )
    if len(plan.templates) > TEMPLATES_MAX:
        problems.append(
            Problem(
                "templates",
                Text(f"様式は{TEMPLATES_MAX}件まで選べます。", f"Choose at most {TEMPLATES_MAX} templates."),
            )
        )
    if problems:
        raise Invalid(problems[0].text, tuple(problems))
    return Plan(
        title,
        tuple(dict.fromkeys(plan.templates)),
        plan.entry,
        plan.coverage,
        plan.threshold,
        plan.priority,
        note,
    )


def safe_name(name: str) -> str:
    """The last component of what was sent, composed, without characters that mislead, at most 255 characters;
    the suffix survives the cut."""
    last = re.split(r"[/\\]", name)[-1]
    clean = " ".join(_MISLEADING.sub("", unicodedata.normalize("NFC", last)).split()).strip(". ")
    if not clean:
        return "名称なし"
    if len(clean) <= NAME_MAX:
        return clean
    stem, dot, suffix = clean.rpartition(".")
    if not dot or len(suffix) > 10:
        return clean[:NAME_MAX]
    return f"{stem[: NAME_MAX - len(suffix) - 1]}.{suffix}"


def require_state(batch: Batch, states: frozenset[BatchState]) -> None:
    """Raises Conflict that says where the batch stands."""
    if batch.state in states:
        return
    now = STATE_NAMES[batch.state]
    raise Conflict(
        Text(
            f"このバッチは「{now.ja}」のため、この操作はできません。画面を再読み込みして状態を確かめてください。",
            f"The batch is {now.en}, so this cannot be done. Reload and look where it stands.",
        )
    )


def standing_state(outstanding: Outstanding) -> BatchState:
    """Where a batch stands that nobody has paused or ended."""
    if outstanding.waiting or (outstanding.opening and outstanding.pages):
        return BatchState.READING
    if outstanding.opening or not outstanding.pages:
        return BatchState.RECEIVING
    if outstanding.open_fields or outstanding.set_aside:
        return BatchState.VERIFYING
    return BatchState.READY


def first_state(batch: Batch, reading: FieldReading) -> FieldState:
    """Whether a person must see a field that was just read."""
    sure = reading.confidence >= batch.threshold and not reading.flags
    return FieldState.PASSED if sure and batch.coverage is Coverage.DOUBTFUL else FieldState.DOUBTFUL
