"""The home folder: what it is for, and which process serves it."""

import json
import os
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from filelock import FileLock, Timeout

from kernel.errors import Conflict, Text

MARK = "home.json"
LOCK = "server.lock"


class Purpose(StrEnum):
    """A demonstration has sample users that log in by one click; an installation never has."""

    DEMONSTRATION = "demonstration"
    INSTALLATION = "installation"


@dataclass(frozen=True, slots=True)
class Home:
    """A folder of records, files, indexes and models."""

    folder: Path

    def purpose(self) -> Purpose | None:
        """None for a home that nothing has claimed yet."""
        try:
            mark = json.loads((self.folder / MARK).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        return Purpose(mark["purpose"])

    def claim(self, purpose: Purpose) -> None:
        """Marks a new home. Raises Conflict when it was claimed for the other purpose."""
        self.folder.mkdir(parents=True, exist_ok=True)
        found = self.purpose()
        if found is None:
            temporary = self.folder / f"{MARK}.new"
            temporary.write_text(json.dumps({"purpose": purpose}), encoding="utf-8")
            temporary.replace(self.folder / MARK)
        elif found is not purpose:
            raise Conflict(_other_purpose(self.folder, found))

    def serving(self) -> FileLock:
        """The lock of the one serving process. Raises Conflict when another process holds it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.folder / LOCK)
        try:
            lock.acquire(timeout=0)
        except Timeout as error:
            raise Conflict(_served_already(self.folder)) from error
        return lock

    def is_served(self) -> bool:
        """Whether a server runs on this home now, so that commands leave the indexes to it."""
        if not (self.folder / LOCK).exists():
            return False
        lock = FileLock(self.folder / LOCK)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            return True
        lock.release()
        return False

    def writable(self) -> bool:
        """Whether this process may write here."""
        return os.access(self.folder, os.W_OK)


def _other_purpose(folder: Path, found: Purpose) -> Text:
    if found is Purpose.DEMONSTRATION:
        return Text(
            f"{folder} はデモ用のデータです。本番には CHIENOWA_HOME で別のフォルダーを指定してください。",
            f"{folder} holds the demonstration. Name another folder in CHIENOWA_HOME for a real installation.",
        )
    return Text(
        f"{folder} は本番のデータです。デモには CHIENOWA_HOME で別のフォルダーを指定してください。",
        f"{folder} holds a real installation. Name another folder in CHIENOWA_HOME for the demonstration.",
    )


def _served_already(folder: Path) -> Text:
    return Text(
        f"{folder} は別のプロセスがすでに使っています。先に起動したほうを止めてください。",
        f"Another process already serves {folder}. Stop it first.",
    )
