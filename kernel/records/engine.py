"""Engine and unit of work. The edge (an HTTP dependency, a command, a job) opens and commits; services
and repositories only receive the unit of work."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from psycopg.errors import DeadlockDetected, SerializationFailure
from sqlalchemy import Connection, create_engine, event, make_url, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from kernel.errors import Clashed, Text, Unavailable
from kernel.records.turns import Turns

BUSY_SECONDS = 30
CLASHED = Text(
    "ほかの変更と同時になったため、保存できませんでした。もう一度お試しください。",
    "Another change was made at the same moment, so nothing was saved. Please try again.",
)
_CLASHES = (DeadlockDetected, SerializationFailure)
# More connections than a server has threads, so that no reader waits for one; most are closed after use.
_POOL = {"pool_size": 10, "max_overflow": 54, "pool_timeout": BUSY_SECONDS}
_WRITERS_ON_A_SERVER = 8  # PostgreSQL writes side by side; SQLite one after another


class UnitOfWork:
    """One transaction. `after_commit` callbacks run once the commit is durable and the connection given back,
    in order; they open transactions of their own."""

    def __init__(self, connection: Connection, writing: bool) -> None:
        self.connection = connection
        self.writing = writing
        self._after: list[Callable[[], None]] = []

    @property
    def dialect(self) -> str:
        """ "sqlite" or "postgresql"."""
        return self.connection.dialect.name

    def after_commit(self, callback: Callable[[], None]) -> None:
        self._after.append(callback)

    def committed(self) -> None:
        """Called by Records after the commit."""
        for callback in self._after:
            callback()


class Records:
    """Opens transactions. Writers of this process take turns before they take a connection, and begin
    IMMEDIATE on SQLite, so that two wait for each other instead of failing half-way; readers never wait for
    them. No model, file or network work belongs inside a transaction."""

    def __init__(self, url: str) -> None:
        parsed = make_url(url)
        self.url = url
        self.sqlite = parsed.get_backend_name() == "sqlite"
        if self.sqlite:
            if parsed.database and parsed.database != ":memory:":
                Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
            self.engine = create_engine(
                url, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False}, **_POOL
            )
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
        else:
            self.engine = create_engine(
                parsed.set(drivername="postgresql+psycopg"), pool_pre_ping=True, **_POOL
            )
        self._turns = Turns(1 if self.sqlite else _WRITERS_ON_A_SERVER, BUSY_SECONDS)

    @contextmanager
    def write(self) -> Iterator[UnitOfWork]:
        """A transaction that may write; commits at the end, rolls back on any error."""
        with _wrapped():
            with self._turns.turn(), self._connected(chienowa_write=True) as connection, connection.begin():
                work = UnitOfWork(connection, writing=True)
                yield work
            work.committed()

    @contextmanager
    def read(self) -> Iterator[UnitOfWork]:
        """A consistent read: all of it sees the records of one moment. Anything written in it is rolled back."""
        options = {} if self.sqlite else {"isolation_level": "REPEATABLE READ"}
        with _wrapped(), self._connected(**options) as connection, connection.begin() as transaction:
            yield UnitOfWork(connection, writing=False)
            transaction.rollback()

    def check(self) -> None:
        """Raises Unavailable when the database cannot be reached."""
        with self.read() as work:
            work.connection.execute(text("SELECT 1"))

    def close(self) -> None:
        self.engine.dispose()

    def _connected(self, **options: Any) -> Connection:
        return self.engine.connect().execution_options(**options)


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # the begin event below decides how a transaction begins
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",  # in WAL, NORMAL may lose the last commits on a power cut
        "foreign_keys=ON",
        f"busy_timeout={BUSY_SECONDS * 1000}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("chienowa_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


@contextmanager
def _wrapped() -> Iterator[None]:
    """Turns a full disk, a lost server or a lock held too long into a sentence for a person; keeps the cause."""
    try:
        yield
    except OperationalError as error:
        if isinstance(error.orig, _CLASHES):
            raise Clashed(CLASHED) from error
        raise Unavailable(_sentence(error)) from error
    except PoolTimeout as error:
        raise Unavailable(_CROWDED) from error


_CROWDED = Text(
    "利用が集中しているため、いまは処理できません。しばらくしてからもう一度お試しください。",
    "Too much is going on at this moment. Please try again shortly.",
)


def _causes(error: BaseException | None) -> Iterator[str]:
    """What the driver said, and what it had said before: on a full disk SQLite ends the whole transaction, and
    leaving a savepoint of it then fails with an error that tells nothing."""
    while error is not None:
        if isinstance(error, DBAPIError):
            yield str(error.orig)
        error = error.__cause__ or error.__context__


def _sentence(error: DBAPIError) -> Text:
    cause = " / ".join(_causes(error))
    if "full" in cause or "No space" in cause:
        return Text(
            "ディスクの空きがないため保存できませんでした。入力した内容は失われていません。管理者に空き容量の確保を依頼し、もう一度保存してください。",
            "The disk is full, so nothing was saved. Ask the administrator to free space, then save again.",
        )
    if "locked" in cause:
        return Text(
            "ほかの処理が長く続いているため保存できませんでした。しばらくしてからもう一度お試しください。",
            "Another process held the database too long. Please try again in a moment.",
        )
    return Text(
        "データベースに接続できません。しばらくしてからもう一度お試しください。続くときは管理者に連絡してください。",
        "The database cannot be reached. Try again in a moment; if it goes on, tell the administrator.",
    )
