"""Files on their way into the bank: bytes stored and text read before any transaction begins."""

import hashlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from kb_service.ports.extraction import ExtractedText, TextExtractor, Unreadable
from kb_service.service.folders import Found, cannot_open
from kernel.blobs import CHUNK, BlobStore, Stored
from kernel.errors import Text, TooLarge

READERS = 2  # files read at the same time, each in a process of its own
AHEAD = 4  # files read before their turn


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file that was read: stored bytes and its text, or the reason why there is none."""

    found: Found
    digest: str = ""
    stored: Stored | None = None
    extracted: ExtractedText | None = None
    reason: Text | None = None
    unchanged: bool = False


class Preparing:
    """Stores bytes and reads text, in the sandbox behind the extractor."""

    def __init__(self, blobs: BlobStore, extractor: TextExtractor, largest: int) -> None:
        """`largest`: bytes of the largest file that is taken."""
        self._blobs = blobs
        self._extractor = extractor
        self._largest = largest

    def one(self, found: Found) -> Prepared:
        """Raises Unavailable when the disk is full."""
        try:
            if found.file.stat().st_size > self._largest:
                raise _too_large(self._largest)
            with found.file.open("rb") as stream:
                stored = self._blobs.add(stream, self._largest)
        except OSError as error:
            return Prepared(found, reason=cannot_open(error))
        except TooLarge as error:
            return Prepared(found, reason=error.text)
        try:
            path = self._blobs.path(stored.digest)
            extracted = self._extractor.extract(path, found.name, _silently)
        except Unreadable as error:
            return Prepared(found, stored.digest, stored, reason=error.text)
        return Prepared(found, stored.digest, stored, extracted)

    def ahead(self, files: Iterable[Found], known: Callable[[Found, str], bool]) -> Iterator[Prepared]:
        """The files in order, some read before their turn. `known(file, digest)`: an earlier import has taken
        the file as it is, so that it need not be read."""

        def prepare(found: Found) -> Prepared:
            try:
                digest = digest_of(found.file)
            except OSError as error:
                return Prepared(found, reason=cannot_open(error))
            return Prepared(found, digest, unchanged=True) if known(found, digest) else self.one(found)

        with ThreadPoolExecutor(READERS, thread_name_prefix="import") as pool:
            waiting: deque[Future[Prepared]] = deque()
            try:
                for found in files:
                    waiting.append(pool.submit(prepare, found))
                    if len(waiting) >= AHEAD:
                        yield waiting.popleft().result()
                while waiting:
                    yield waiting.popleft().result()
            finally:
                for future in waiting:
                    future.cancel()


def digest_of(file: Path) -> str:
    """SHA-256 of the bytes, in hexadecimal. Raises OSError."""
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def digest_together(files: Sequence[Path]) -> str:
    """Of an entry's file and its attachments: one that changed makes the entry a changed one. Raises OSError."""
    digests = [digest_of(file) for file in files]
    return digests[0] if len(digests) == 1 else hashlib.sha256("\n".join(digests).encode()).hexdigest()


def _too_large(limit: int) -> TooLarge:
    megabytes = limit // 1_000_000
    return TooLarge(
        Text(
            f"ファイルが大きすぎます（上限 {megabytes:,} MB）。",
            f"The file is too large (limit {megabytes:,} MB).",
        )
    )


def _silently(_done: int, _total: int) -> None:
    """Pages of one file are too small a step to be told."""
