"""Files by the SHA-256 of their bytes. The same bytes are stored once; a stored blob never changes."""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Protocol

from kernel.errors import Text, TooLarge, Unavailable, not_found

CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Stored:
    """A blob that is kept: its SHA-256 in hexadecimal and its size in bytes."""

    digest: str
    size: int


class BlobStore(Protocol):
    """Keeps bytes. `add` is durable when it returns, idempotent, and leaves nothing behind when it fails."""

    def add(self, stream: BinaryIO, limit: int) -> Stored:
        """Raises TooLarge beyond `limit` bytes, Unavailable when the disk is full."""

    def open(self, digest: str) -> BinaryIO:
        """Raises NotFound."""

    def path(self, digest: str) -> Path:
        """A local file with the bytes, for engines that need one. Raises NotFound."""

    def remove(self, digest: str) -> None:
        """Removing what is absent is not an error."""

    def digests(self) -> Iterator[str]:
        """All that is kept, in no order."""

    def drop_unfinished(self, before: datetime) -> int:
        """Removes what began to arrive before then and never did, because the process was killed; how many."""


class FolderBlobs:
    """BlobStore in a folder: aa/bb/<digest>, written beside and renamed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        (folder / "incoming").mkdir(parents=True, exist_ok=True)

    def add(self, stream: BinaryIO, limit: int) -> Stored:
        digest, size = hashlib.sha256(), 0
        handle, name = tempfile.mkstemp(dir=self._folder / "incoming")
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                while chunk := stream.read(CHUNK):
                    size += len(chunk)
                    if size > limit:
                        raise _too_large(limit)
                    digest.update(chunk)
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            target = self._target(digest.hexdigest())
            target.parent.mkdir(parents=True, exist_ok=True)
            if not _renewed(target, size):
                temporary.replace(target)
            for folder in (target.parent, target.parent.parent, self._folder):
                _keep_names(folder)
        except OSError as error:
            raise Unavailable(
                Text(
                    "ディスクの空きがないなどの理由でファイルを保存できませんでした。管理者に連絡し、もう一度お試しください。",
                    "The file could not be stored (the disk may be full). Tell the administrator and try again.",
                )
            ) from error
        finally:
            temporary.unlink(missing_ok=True)
        return Stored(digest.hexdigest(), size)

    def open(self, digest: str) -> BinaryIO:
        return self.path(digest).open("rb")

    def path(self, digest: str) -> Path:
        target = self._target(digest)
        if not target.is_file():
            raise not_found("ファイル", "The file")
        return target

    def remove(self, digest: str) -> None:
        self._target(digest).unlink(missing_ok=True)

    def digests(self) -> Iterator[str]:
        for path in self._folder.glob("??/??/*"):
            yield path.name

    def drop_unfinished(self, before: datetime) -> int:
        dropped = 0
        for path in (self._folder / "incoming").iterdir():
            with suppress(FileNotFoundError):  # it has arrived at this moment
                if datetime.fromtimestamp(path.stat().st_mtime, UTC) < before:
                    path.unlink()
                    dropped += 1
        return dropped

    def _target(self, digest: str) -> Path:
        if len(digest) != 64 or any(c not in "0123456789abcdef" for c in digest):
            raise not_found("ファイル", "The file")
        return self._folder / digest[:2] / digest[2:4] / digest


def _renewed(target: Path, size: int) -> bool:
    """A blob that is there is made young and not replaced: a sandbox that reads it is bound to this very file."""
    try:
        if target.stat().st_size != size:
            return False
        os.utime(target)
    except FileNotFoundError:
        return False
    return True


def _keep_names(folder: Path) -> None:
    """A rename is on the disk once its folder is; fsync of the file alone does not say where it is found."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _too_large(limit: int) -> TooLarge:
    megabytes = limit // 1_000_000
    return TooLarge(
        Text(
            f"ファイルが大きすぎます。{megabytes:,} MB までのファイルを選んでください。",
            f"The file is too large. Choose one of at most {megabytes:,} MB.",
        )
    )
