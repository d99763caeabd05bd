"""A PostgreSQL 15 server of the tests' own (Debian's package), on a socket in a temporary folder."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy import make_url

BINARIES = Path("/usr/lib/postgresql/15/bin")


class PostgresServer:
    """Makes and drops databases on one running server."""

    def __init__(self, socket: Path) -> None:
        self._socket = socket
        self._made = 0

    def administer(self, statement: str) -> None:
        with psycopg.connect(
            f"host={self._socket} user=postgres dbname=postgres", autocommit=True
        ) as connection:
            connection.execute(statement.encode())

    def new_database(self, template: str = "template0") -> str:
        """The SQLAlchemy URL of a fresh database."""
        self._made += 1
        name = f"test_{os.getpid()}_{self._made}"
        self.administer(f"CREATE DATABASE {name} TEMPLATE {template} ENCODING 'UTF8'")
        return f"postgresql+psycopg://postgres@/{name}?host={self._socket}"

    def drop(self, url: str) -> None:
        self.administer(f"DROP DATABASE IF EXISTS {database_name(url)} WITH (FORCE)")


def database_name(url: str) -> str:
    """The database that a SQLAlchemy URL names."""
    name = make_url(url).database
    assert name is not None
    return name


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """Starts a server (as user postgres when we are root: it refuses root) and removes it at the end."""
    if not (BINARIES / "initdb").exists():
        raise RuntimeError(
            "PostgreSQL 15 is missing: apt-get install postgresql-15 (make test does it as root)"
        )
    folder = Path(tempfile.mkdtemp(prefix="chienowa-pg-", dir="/tmp"))
    root = os.geteuid() == 0
    if root:
        user = pwd.getpwnam("postgres")
        os.chown(folder, user.pw_uid, user.pw_gid)
    prefix = ["runuser", "-u", "postgres", "--"] if root else []
    data = folder / "data"

    def run(*command: str | Path) -> None:
        subprocess.run([*prefix, *map(str, command)], check=True, stdout=subprocess.DEVNULL, cwd=folder)

    run(
        BINARIES / "initdb",
        "-D",
        data,
        "-U",
        "postgres",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--locale=C.UTF-8",
        "-N",
    )
    options = (
        f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off -c max_connections=60"
    )
    run(BINARIES / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start")
    try:
        yield PostgresServer(folder)
    finally:
        run(BINARIES / "pg_ctl", "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)
