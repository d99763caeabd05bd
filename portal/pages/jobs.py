"""Background work as people read it: what it is, for which file, how it stands, how long it will take."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from kb_service.models.attachments import Attachment, ReadingState
from kb_service.models.entries import Entry
from kb_service.pages.desk import rights
from kb_service.service.attachments import READ_JOB, SWEEP_JOB
from kb_service.tasks.maintenance import ADAPT_JOB, REINDEX_JOB
from kb_service.wiring import Bank
from kernel.errors import NotFound
from kernel.identity.models import Actor
from kernel.identity.permissions import Action, may
from kernel.jobs import Job, JobState
from kernel.records import UnitOfWork
from kernel.web.translations import N_, Translate

SOON = timedelta(minutes=2)  # what waits longer is planned for later, not held up
_LONG = timedelta(minutes=90)

NAMES = {
    READ_JOB: N_("添付ファイルの文字を読み取る"),
    REINDEX_JOB: N_("検索の索引を作り直す"),
    ADAPT_JOB: N_("言葉の意味を学習する"),
    SWEEP_JOB: N_("使われなくなったファイルを片づける"),
}
OTHER_NAME = N_("そのほかの処理")
REBUILDING, REBUILT = N_("索引を作り直しています。"), N_("索引を作り直しました。")
START = {REINDEX_JOB: "/admin/operations/reindex", ADAPT_JOB: "/admin/operations/learn"}


class Stage(StrEnum):
    """Where a job stands, as a person would say it."""

    WAITING = "waiting"
    PLANNED = "planned"
    RUNNING = "running"
    DONE = "done"
    UNREADABLE = "unreadable"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class JobView:
    """One row. `entry` and `attachment` are there only when the reader may see them; `again` is the address
    that starts the work once more, "" when the reader may not or it makes no sense."""

    job: Job
    name: str
    stage: Stage
    said: str
    left: str = ""
    entry: Entry | None = None
    attachment: Attachment | None = None
    again: str = ""

    @property
    def unfinished(self) -> bool:
        return self.stage in (Stage.WAITING, Stage.RUNNING)


@dataclass(frozen=True, slots=True)
class JobViews:
    """Makes rows for one reader at one moment. Without `figures`, a rebuild tells its share done and no number
    of entries: it counts what every organisation keeps to itself."""

    bank: Bank
    actor: Actor
    now: datetime
    translate: Translate
    language: str
    figures: bool

    def of(self, work: UnitOfWork, job: Job) -> JobView:
        """The row of a job that the reader may know of."""
        entry, attachment = self._subject(work, job)
        stage, said = self._stage(job), job.message_en if self.language == "en" else job.message_ja
        if job.name == REINDEX_JOB and not self.figures and stage in (Stage.RUNNING, Stage.DONE):
            said = self.translate(REBUILT if stage is Stage.DONE else REBUILDING)
            job = _as_share(job)
        if stage is Stage.DONE and attachment is not None and attachment.state is ReadingState.UNREADABLE:
            stage = Stage.UNREADABLE
            said = attachment.reason_en if self.language == "en" else attachment.reason_ja
        view = JobView(
            job,
            self.translate(NAMES.get(job.name, OTHER_NAME)),
            stage,
            said,
            self.time_left(job),
            entry,
            attachment,
        )
        return view if view.unfinished else self._with_again(view)

    def time_left(self, job: Job) -> str:
        """In words, judged by the pace so far; "" while nothing can be said."""
        left = remaining(job, self.now)
        if left is None:
            return ""
        _ = self.translate
        if left < timedelta(minutes=1):
            return _("残り1分以内")
        if left < _LONG:
            return _("残りおよそ{n}分", n=round(left / timedelta(minutes=1)))
        return _("残りおよそ{n}時間", n=round(left / timedelta(hours=1)))

    def _stage(self, job: Job) -> Stage:
        if job.state is JobState.WAITING and job.run_after > self.now + SOON:
            return Stage.PLANNED
        return Stage(job.state.value)

    def _subject(self, work: UnitOfWork, job: Job) -> tuple[Entry | None, Attachment | None]:
        if job.name != READ_JOB:
            return None, None
        try:
            attachment = self.bank.attachments.get(work, self.actor, job.argument("attachment"))
            return self.bank.entries.get(work, self.actor, attachment.entry_id), attachment
        except NotFound:
            return None, None

    def _with_again(self, view: JobView) -> JobView:
        again = ""
        if view.stage is Stage.FAILED and view.job.name in START and may(self.actor, Action.INDEX_MANAGE):
            again = START[view.job.name]
        elif (
            view.stage in (Stage.FAILED, Stage.UNREADABLE)
            and view.entry is not None
            and view.attachment is not None
            and view.attachment.state is not ReadingState.DONE
            and rights(self.actor, view.entry).edit
        ):
            again = f"/admin/operations/attachments/{view.attachment.id}/read-again"
        return replace(view, again=again)


def _as_share(job: Job) -> Job:
    """The same job with its progress in per cent."""
    if not job.progress_total:
        return job
    return replace(job, progress_done=100 * job.progress_done // job.progress_total, progress_total=100)


def remaining(job: Job, now: datetime) -> timedelta | None:
    """By the pace since the job was asked for; None unless it runs and has reported something."""
    if job.state is not JobState.RUNNING or not 0 < job.progress_done < job.progress_total:
        return None
    spent = job.updated_at - job.created_at
    left = spent * (job.progress_total - job.progress_done) / job.progress_done - (now - job.updated_at)
    return max(left, timedelta(0))
