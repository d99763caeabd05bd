"""The durable half of the vector index: two append-only files in a generation folder, CURRENT naming it.

    CURRENT               name of the generation folder in use, replaced by rename
    <generation>/meta.json     {"dimensions", "model"}
    <generation>/vectors.f16   rows of float16, little endian, in the order they were written
    <generation>/entries.log   records [length u32][crc32 u32][JSON]: what a write changed and its sequence

A write appends vectors, then its record, each followed by fsync: a record that is whole has its vectors.
What a crash left after the last whole record is cut off by the next writer."""

import json
import os
import shutil
import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from kb_service.adapters.faiss_index.table import Held
from kernel.errors import Text, Unavailable

_HEAD = struct.Struct("<II")
_CURRENT = "CURRENT"


@dataclass(frozen=True, slots=True)
class Record:
    """One write: entries held (with their rows) or removed, in order."""

    sequence: int
    changes: tuple[Held | str, ...]  # a string is the id of a removed entry


class PassageFiles:
    """One generation, open for reading or for writing."""

    def __init__(
        self, root: Path, dimensions: int, model: str, *, writable: bool, folder: Path | None = None
    ) -> None:
        """Opens `folder`, or the current generation; a writer begins a new one when none fits the model."""
        self._root = root
        self._dimensions = dimensions
        self._model = model
        self._writable = writable
        self._read_to = 0
        self._rows = 0
        if writable and folder is None and not self._fits():
            self._make_current(self._new_folder())
        self.folder = folder or self._current()
        self._vectors_file = self._open("vectors.f16")
        self._log_file = self._open("entries.log")
        self._vectors, self._log = self._vectors_file.fileno(), self._log_file.fileno()

    def superseded(self) -> bool:
        """Whether another generation has become current (for readers). Not when the index was removed, because
        another one took its place: a search under way ends on these files."""
        try:
            return self._current().name != self.folder.name
        except Unavailable:
            return False

    def grown(self) -> bool:
        """Whether records were appended since `replay` was last exhausted (for readers)."""
        return os.fstat(self._log).st_size > self._read_to

    def replay(self) -> Iterator[Record]:
        """Records not yet read, up to the first that is not whole."""
        size = os.fstat(self._log).st_size
        stored = os.fstat(self._vectors).st_size // self._row_bytes()
        while self._read_to + _HEAD.size <= size:
            length, checksum = _HEAD.unpack(os.pread(self._log, _HEAD.size, self._read_to))
            payload = os.pread(self._log, length, self._read_to + _HEAD.size)
            if len(payload) < length or zlib.crc32(payload) != checksum:
                break
            record = _decode(payload)
            rows = sum(change.rows for change in record.changes if isinstance(change, Held))
            if self._rows + rows > stored:
                break
            self._read_to += _HEAD.size + length
            self._rows += rows
            yield record

    def cut_torn_end(self) -> None:
        """Drops what follows the last whole record. Writer only, after `replay`."""
        os.ftruncate(self._log, self._read_to)
        os.ftruncate(self._vectors, self._rows * self._row_bytes())

    def append(self, record: Record, vectors: npt.NDArray[np.float16], *, durable: bool = True) -> None:
        """Makes a write durable, unless a later append will; on failure the files are as before. Raises
        Unavailable."""
        payload = _encode(record)
        try:
            _write_all(self._vectors, vectors.astype("<f2").tobytes(), self._rows * self._row_bytes())
            if durable:
                os.fsync(self._vectors)
            _write_all(self._log, _HEAD.pack(len(payload), zlib.crc32(payload)) + payload, self._read_to)
            if durable:
                os.fsync(self._log)
        except OSError as error:
            self.cut_torn_end()
            raise Unavailable(
                Text(
                    f"意味検索の索引に書き込めません（{error.strerror}）。ディスクの空き容量を確かめてください。",
                    f"The vector index cannot be written ({error.strerror}). Check the free disk space.",
                )
            ) from error
        self._read_to += _HEAD.size + len(payload)
        self._rows += len(vectors)

    def rows(self, first: int, end: int) -> npt.NDArray[np.float32]:
        """Rows [first, end) as float32 [n, dimensions]."""
        raw = os.pread(self._vectors, (end - first) * self._row_bytes(), first * self._row_bytes())
        return np.frombuffer(raw, "<f2").reshape(-1, self._dimensions).astype(np.float32)

    def picked(self, spans: Iterable[tuple[int, int]]) -> npt.NDArray[np.float32]:
        """The rows of several stretches [first, end) one after another, as `rows`."""
        size = self._row_bytes()
        raw = b"".join(os.pread(self._vectors, (end - first) * size, first * size) for first, end in spans)
        return np.frombuffer(raw, "<f2").reshape(-1, self._dimensions).astype(np.float32)

    def rewritten(self, living: Sequence[tuple[Held, int]], sequence: int) -> "PassageFiles":
        """A new generation that holds only the living entries, in the same order; current once it is whole."""
        folder = self._new_folder()
        fresh = PassageFiles(self._root, self._dimensions, self._model, writable=True, folder=folder)
        for held, first in living:
            fresh.append(
                Record(0, (held,)), self.rows(first, first + held.rows).astype(np.float16), durable=False
            )
        fresh.append(Record(sequence, ()), np.zeros((0, self._dimensions), np.float16))
        self._make_current(folder)
        self.close()
        return PassageFiles(self._root, self._dimensions, self._model, writable=True)

    def close(self) -> None:
        self._vectors_file.close()
        self._log_file.close()

    def _new_folder(self) -> Path:
        """An empty generation, not yet current."""
        self._root.mkdir(parents=True, exist_ok=True)
        taken = [int(each.name[1:]) for each in self._root.glob("g*") if each.name[1:].isdigit()]
        folder = self._root / f"g{max(taken, default=0) + 1:06d}"
        folder.mkdir()
        (folder / "meta.json").write_text(json.dumps(self._meta()), encoding="utf-8")
        return folder

    def _make_current(self, folder: Path) -> None:
        """Points CURRENT at a folder of this root, by rename, and removes the other generations."""
        pointer = self._root / f"{_CURRENT}.new"
        with pointer.open("w", encoding="utf-8") as file:
            file.write(folder.name)
            file.flush()
            os.fsync(file.fileno())
        pointer.replace(self._root / _CURRENT)
        _sync_folder(self._root)
        for other in self._root.glob("g*"):
            if other.name != folder.name:
                shutil.rmtree(other, ignore_errors=True)

    def _meta(self) -> dict[str, int | str]:
        return {"dimensions": self._dimensions, "model": self._model}

    def _current(self) -> Path:
        try:
            return self._root / (self._root / _CURRENT).read_text(encoding="utf-8").strip()
        except FileNotFoundError as error:
            raise Unavailable(
                Text(
                    f"意味検索の索引が {self._root} にありません。`chienowa reindex` で作り直してください。",
                    f"There is no vector index in {self._root}. Build it with `chienowa reindex`.",
                )
            ) from error

    def _fits(self) -> bool:
        """Whether the current generation is there and made for this model."""
        try:
            meta = json.loads((self._current() / "meta.json").read_text(encoding="utf-8"))
        except (Unavailable, OSError, ValueError):
            return False
        return bool(meta == self._meta())

    def _open(self, name: str) -> FileIO:
        """A file object, so that the last user of a superseded generation closes it."""
        path = self.folder / name
        if self._writable:
            path.touch(exist_ok=True)
        return FileIO(path, "r+" if self._writable else "r")

    def _row_bytes(self) -> int:
        return self._dimensions * 2


def _write_all(file: int, data: bytes, offset: int) -> None:
    view = memoryview(data)
    while view:
        written = os.pwrite(file, view, offset)
        view, offset = view[written:], offset + written


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _encode(record: Record) -> bytes:
    changes: list[Any] = [
        change
        if isinstance(change, str)
        else [
            change.entry_id,
            change.version,
            change.rows,
            sorted(change.keys),
            {name: list(values) for name, values in change.facets.items()},
            change.day_from,
            change.day_to,
        ]
        for change in record.changes
    ]
    return json.dumps([record.sequence, changes], ensure_ascii=False, separators=(",", ":")).encode()


def _decode(payload: bytes) -> Record:
    sequence, changes = json.loads(payload)
    return Record(sequence, tuple(each if isinstance(each, str) else _held(each) for each in changes))


def _held(parts: Sequence[Any]) -> Held:
    entry_id, version, rows, keys, facets, day_from, day_to = parts
    named = {name: tuple(values) for name, values in facets.items()}
    return Held(entry_id, version, rows, frozenset(keys), named, day_from, day_to)
