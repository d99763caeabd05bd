"""The job table as seen by those who ask for work and those who watch it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Row, and_, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from kernel.clock import Clock
from kernel.errors import Invalid, Problem, Text
from kernel.ids import new_id
from kernel.jobs.models import Job, JobState, Scalar
from kernel.jobs.tables import jobs
from kernel.records import UnitOfWork


class Jobs:
    """Enqueues in the caller's transaction: the job exists if and only if the caller's change does."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._listeners: list[Callable[[], None]] = []

    def listen(self, callback: Callable[[], None]) -> None:
        """Calls back after each commit that enqueued something, so that a worker of this process need not
        wait for its next poll."""
        self._listeners.append(callback)

    def enqueue(
        self,
        work: UnitOfWork,
        name: str,
        arguments: Mapping[str, Scalar],
        key: str | None = None,
        run_after: datetime | None = None,
        *,
        queue: str = "default",
        organisation: str = "",
    ) -> str:
        """Returns the id of the new job, or of the open job of this name with the same key."""
        now = self._clock.now()
        identifier = new_id()
        values = {
            "id": identifier,
            "queue": queue,
            "name": name,
            "arguments": dict(arguments),
            "key": key,
            "open_key": None if key is None else f"{name}:{key}",
            "organisation": organisation,
            "state": JobState.WAITING.value,
            "attempts": 0,
            "run_after": run_after or now,
            "progress_done": 0,
            "progress_total": 0,
            "message_ja": "",
            "message_en": "",
            "created_at": now,
            "updated_at": now,
        }
        insert = postgresql.insert if work.dialect == "postgresql" else sqlite.insert
        statement = insert(jobs).values(values).on_conflict_do_nothing(index_elements=["open_key"])
        added = work.connection.execute(statement.returning(jobs.c.id)).scalar_one_or_none()
        if added is None:
            existing = work.connection.execute(
                select(jobs.c.id).where(jobs.c.open_key == values["open_key"])
            ).scalar_one_or_none()
            if existing is None:  # it was closed between the two statements by a commit of another
                return self.enqueue(
                    work, name, arguments, key, run_after, queue=queue, organisation=organisation
                )
            return str(existing)
        for listener in self._listeners:
            work.after_commit(listener)
        return identifier

    def get(self, work: UnitOfWork, identifier: str) -> Job | None:
        row = work.connection.execute(select(jobs).where(jobs.c.id == identifier)).one_or_none()
        return None if row is None else job_of(row)

    def open_with_key(self, work: UnitOfWork, name: str, key: str) -> Job | None:
        """The waiting or running job of this name and key."""
        row = work.connection.execute(select(jobs).where(jobs.c.open_key == f"{name}:{key}")).one_or_none()
        return None if row is None else job_of(row)

    def recent(
        self,
        work: UnitOfWork,
        limit: int = 50,
        states: Sequence[JobState] | None = None,
        organisations: Collection[str] | None = None,
        before: str | None = None,
        *,
        names: Collection[str] | None = None,
    ) -> tuple[Job, ...]:
        """Newest first; only of these organisations when they are given ("" = the system's own), only of these
        names, and only those asked for before the job `before`. Raises Invalid when there is no such job among
        them."""
        statement = select(jobs).order_by(jobs.c.created_at.desc(), jobs.c.id.desc()).limit(limit)
        if before is not None:
            last = self.get(work, before)
            if last is None or (organisations is not None and last.organisation not in organisations):
                raise _unknown_cursor()
            earlier = and_(jobs.c.created_at == last.created_at, jobs.c.id < last.id)
            statement = statement.where(or_(jobs.c.created_at < last.created_at, earlier))
        if names is not None:
            statement = statement.where(jobs.c.name.in_(names))
        if states is not None:
            statement = statement.where(jobs.c.state.in_([state.value for state in states]))
        if organisations is not None:
            statement = statement.where(jobs.c.organisation.in_(organisations))
        return tuple(job_of(row) for row in work.connection.execute(statement))


def _unknown_cursor() -> Invalid:
    text = Text(
        "続きの位置が正しくありません。一覧の最初から読み直してください。",
        "The place to continue from is not one that a list has given. Read the list from its beginning.",
    )
    return Invalid(text, (Problem("before", text),))


def job_of(row: Row[tuple[object, ...]]) -> Job:
    """A row of the table as a Job."""
    values = row._mapping
    return Job(
        id=values["id"],
        queue=values["queue"],
        name=values["name"],
        arguments=values["arguments"],
        state=JobState(values["state"]),
        attempts=values["attempts"],
        run_after=values["run_after"],
        created_at=values["created_at"],
        updated_at=values["updated_at"],
        key=values["key"],
        organisation=values["organisation"],
        progress_done=values["progress_done"],
        progress_total=values["progress_total"],
        message_ja=values["message_ja"],
        message_en=values["message_en"],
        finished_at=values["finished_at"],
    )
