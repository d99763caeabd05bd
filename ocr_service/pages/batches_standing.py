"""Where a batch stands, as its page shows it."""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request

from kernel.identity.models import Actor
from kernel.web.translations import N_, Translate
from ocr_service.models.batches import Batch, BatchState, FileState, ScanFile, Standing
from ocr_service.pages.desk import Desk
from ocr_service.pages.labels import TONES
from ocr_service.rules.batches import ACCEPTING, GOING

TABS = (
    ("", N_("概要")),
    ("pages", N_("ページ")),
    ("results", N_("読み取り結果")),
)
"""Parts of a batch: the end of their addresses, and their names."""


@dataclass(frozen=True, slots=True)
class Shown:
    """`now`: what is happening at this moment, in words. `left`: the time that is left in words, "" when it is
    not known. `twins`: titles of the batches that hold the same files already, by id."""

    batch: Batch
    standing: Standing
    files: tuple[ScanFile, ...]
    now: str
    left: str
    tone: tuple[str, str]
    accepting: bool
    going: bool
    twins: Mapping[str, str]

    @property
    def done(self) -> int:
        """Pages that nothing is left to read of."""
        return self.standing.progress.pages - self.standing.progress.pages_waiting


def standing_of(desk: Desk, request: Request, actor: Actor, batch_id: str) -> Shown:
    """Raises NotFound, Forbidden."""
    forms = desk.forms
    with desk.web.records.read() as work:
        batch, standing = forms.batches.standing(work, actor, batch_id)
        files = forms.intake.files(work, actor, batch_id)
        reading = forms.overviews.being_read(work, actor, batch_id)
        twins = {}
        for each in {file.same_as for file in files if file.same_as and file.state is FileState.TWICE}:
            twins[each] = forms.batches.get(work, actor, each).title
    _ = desk.web.translate(request)
    names = {file.id: file.name for file in files}
    at = [(names.get(page.file_id, ""), page.number) for page in reading]
    return Shown(
        batch=batch,
        standing=standing,
        files=files,
        now=_now(_, batch, standing, at),
        left=time_left(_, standing.seconds_left),
        tone=TONES[batch.state],
        accepting=batch.state in ACCEPTING,
        going=batch.state in GOING,
        twins=twins,
    )


def time_left(_: Translate, seconds: int | None) -> str:
    """About how long, in words."""
    if seconds is None:
        return ""
    if seconds < 60:
        return _("あと1分以内")
    minutes = round(seconds / 60)
    if minutes < 60:
        return _("あと約{n}分", n=minutes)
    hours, rest = divmod(round(minutes, -1), 60)
    return _("あと約{h}時間{m}分", h=hours, m=rest) if rest else _("あと約{h}時間", h=hours)


def _now(_: Translate, batch: Batch, standing: Standing, at: list[tuple[str, int]]) -> str:
    """The first of these that is so."""
    progress, state = standing.progress, batch.state
    name, number = at[0] if at else ("", 0)
    said = (
        (state is BatchState.PAUSED, _("一時停止しています。「再開する」を押すと、続きから読み取ります。")),
        (state is BatchState.CANCELLED, _("中止しています。「再開する」を押すと、続きから読み取ります。")),
        (state is BatchState.CLOSED, _("作業は完了しています。")),
        (
            standing.files_opening > 0,
            _("ファイルのページを数えています（残り{n}個）。", n=standing.files_opening),
        ),
        (
            progress.pages_waiting > 0 and number > 0,
            _("「{name}」の{n}ページ目のあたりを読み取っています。", name=name, n=number),
        ),
        (progress.pages_waiting > 0, _("読み取りの順番を待っています。")),
        (
            not progress.pages and standing.files_twice + standing.files_unreadable > 0,
            _("確かめるファイルがあります。どうするかを下で選んでください。"),
        ),
        (not progress.pages, _("読み取るファイルがまだありません。下の欄から追加してください。")),
        (state is BatchState.READY, _("すべての項目が決まりました。結果を出力できます。")),
    )
    return next((words for so, words in said if so), _("読み取りは終わりました。人の確認を待っています。"))
