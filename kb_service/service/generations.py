"""The indexes in use. A generation is a keyword index and a vector index that were built together; another
one is built beside it and takes its place while searches go on."""

import json
import logging
import os
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from kb_service.ports.engines import Engines
from kb_service.ports.keyword import KeywordIndex
from kb_service.ports.vectors import Embedder, VectorIndex
from kernel.errors import ChienowaError, Text, Unavailable

_log = logging.getLogger(__name__)

POINTER = "current.json"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Meaning:
    """A vector index and the embedder whose vectors it holds: never one without the other."""

    vectors: VectorIndex
    embedder: Embedder


@dataclass(frozen=True, slots=True)
class Generation:
    """What one search works with. `meaning` None: only words can be searched."""

    keyword: KeywordIndex
    meaning: Meaning | None = None

    def sequence(self) -> int:
        """The outbox sequence that every index of this generation has durably applied."""
        words = self.keyword.sequence()
        return words if self.meaning is None else min(words, self.meaning.vectors.sequence())


@dataclass(frozen=True, slots=True)
class Pointer:
    """Which folders are in use, and the version of the embedder whose vectors are in `vectors`."""

    keyword: str = ""
    vectors: str = ""
    embedder: str = ""

    @staticmethod
    def read(folder: Path) -> "Pointer":
        """The empty pointer when there is none that can be read."""
        try:
            values = json.loads((folder / POINTER).read_text(encoding="utf-8"))
            return Pointer(str(values["keyword"]), str(values["vectors"]), str(values["embedder"]))
        except (OSError, ValueError, KeyError, TypeError):
            return Pointer()

    def write(self, folder: Path) -> None:
        """Replaces the pointer in one step, durably."""
        temporary = folder / f"{POINTER}.new"
        with temporary.open("w", encoding="utf-8") as file:
            json.dump({"keyword": self.keyword, "vectors": self.vectors, "embedder": self.embedder}, file)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(folder / POINTER)


@dataclass(eq=False)
class _Held:
    """An open index, who uses it, and whether another one has taken its place."""

    name: str
    index: KeywordIndex | VectorIndex
    users: int = 0
    retired: bool = False


class Generations:
    """Hands out the generation in use and swaps it. An index that was replaced is closed, and its folder
    removed, when the last search on it has ended.

    Only the writing process opens with `writable`; another process follows the pointer."""

    def __init__(self, folder: Path, engines: Engines) -> None:
        self.folder = folder
        self.engines = engines
        self.writable = False
        self.pointer = Pointer()
        self._lock = threading.Lock()
        self._opening = threading.RLock()  # one thread at a time opens: two would close what the other serves
        self._current: Generation | None = None
        self._held: list[_Held] = []
        self._told = ""
        folder.mkdir(parents=True, exist_ok=True)

    @contextmanager
    def use(self) -> Iterator[Generation]:
        """The generation in use, kept open until the block ends. Raises Unavailable while there is none."""
        with self._lock:
            generation, held = self._current, tuple(self._held)
            if generation is None:
                raise _no_index()
            for each in held:
                each.users += 1
        try:
            yield generation
        finally:
            with self._lock:
                for each in held:
                    each.users -= 1
                idle = [each for each in held if each.retired and not each.users]
            self._close(idle)

    def open(self, writable: bool) -> None:
        """Opens what the pointer names. The writing process replaces a folder that cannot be used with a new,
        empty one, which the indexing then fills from the database; a reading process raises Unavailable."""
        with self._opening:
            self.writable = writable
            pointer = Pointer.read(self.folder)
            embedder = self.promoted()
            name, keyword = self._open(pointer.keyword, "keyword", self._keyword)
            if not writable and (embedder is None or pointer.embedder != embedder.version):
                # Promoted, its vectors not built yet: words alone until the writing process has swapped.
                self.swap(Generation(keyword), pointer)
                return
            if embedder is None:
                self.swap(Generation(keyword), Pointer(name))
                return
            kept = pointer.vectors if pointer.embedder == embedder.version else ""
            vectors, index = self._open(kept, "vectors", lambda path: self._vectors(path, embedder))
            self.swap(Generation(keyword, Meaning(index, embedder)), Pointer(name, vectors, embedder.version))

    def follow(self) -> None:
        """A reading process opens the new generation when the writing one has swapped."""
        if self.writable or not self._behind():
            return
        with self._opening:
            if not self.writable and self._behind():
                self.open(writable=False)

    def _behind(self) -> bool:
        return self._current is None or Pointer.read(self.folder) != self.pointer

    def promoted(self) -> Embedder | None:
        """The embedder to use now; None when there is none. It is asked for every few seconds, so the log has
        a line when there is none any more, when the reason changes, and when there is one again."""
        try:
            embedder = self.engines.embedder()
        except ChienowaError as error:
            if self._told != str(error):
                self._told = str(error)
                _log.warning("no text vectors, only words are searched: %s", error)
            return None
        if self._told:
            self._told = ""
            _log.info("text vectors are there again: %s", embedder.version)
        return embedder

    def beside(self, keyword: bool, embedder: Embedder | None) -> tuple[Generation, Pointer]:
        """A generation to fill: with a new keyword index, or the one in use, and with a new vector index for
        the embedder, or the one in use when it is None. Not yet in use."""
        with self._lock:
            current, pointer = self._current, self.pointer
        if current is None:
            raise _no_index()
        words, meaning = current.keyword, current.meaning
        if keyword:
            name = self._fresh("keyword")
            words, pointer = self._keyword(self.folder / name), replace(pointer, keyword=name)
        if embedder is not None:
            name = self._fresh("vectors")
            meaning = Meaning(self._vectors(self.folder / name, embedder), embedder)
            pointer = replace(pointer, vectors=name, embedder=embedder.version)
        return Generation(words, meaning), pointer

    def swap(self, generation: Generation, pointer: Pointer) -> None:
        """Takes the generation into use, durably when this process writes."""
        if self.writable:
            pointer.write(self.folder)
        with self._lock:
            kept: list[KeywordIndex | VectorIndex] = [generation.keyword]
            kept += [generation.meaning.vectors] if generation.meaning else []
            known = {id(each.index): each for each in self._held}
            names = (pointer.keyword, pointer.vectors)
            gone = [each for each in self._held if not any(each.index is index for index in kept)]
            self._held = [
                known.get(id(index)) or _Held(name, index) for name, index in zip(names, kept, strict=False)
            ]
            self._current, self.pointer = generation, pointer
            for each in gone:
                each.retired = True
            idle = [each for each in gone if not each.users]
        self._close(idle)
        if self.writable:
            self._sweep({each.name for each in gone if each not in idle})

    def close(self) -> None:
        """Closes the generation in use."""
        with self._lock:
            held, self._held, self._current = self._held, [], None
        for each in held:
            each.index.close()

    def discard(self, generation: Generation) -> None:
        """Closes and removes what `beside` made and nobody wants any more."""
        with self._lock:
            used = [each.index for each in self._held]
        for index in (generation.keyword, generation.meaning.vectors if generation.meaning else None):
            if index is not None and not any(index is each for each in used):
                index.close()
        self._sweep(set())

    def _open(self, name: str, prefix: str, make: Callable[[Path], T]) -> tuple[str, T]:
        """The index in the folder, or in a new one when that is missing or cannot be used."""
        try:
            if name and (self.folder / name).is_dir():
                return name, make(self.folder / name)
        except Exception as error:
            if not self.writable:
                raise _no_index() from error
            _log.exception("the index %s cannot be used; it is rebuilt from the records", self.folder / name)
        if not self.writable:
            raise _no_index()
        if name and not (self.folder / name).is_dir():
            _log.error("the index %s is missing; it is rebuilt from the records", self.folder / name)
        name = self._fresh(prefix)
        return name, make(self.folder / name)

    def _keyword(self, path: Path) -> KeywordIndex:
        return self.engines.keyword(path, self.writable)

    def _vectors(self, path: Path, embedder: Embedder) -> VectorIndex:
        return self.engines.vectors(path, embedder, self.writable)

    def _fresh(self, prefix: str) -> str:
        """A name that no folder has had yet, with its empty folder."""
        numbers = [
            int(path.name.rpartition("-")[2])
            for path in self.folder.glob(f"{prefix}-*")
            if path.name.rpartition("-")[2].isdecimal()
        ]
        name = f"{prefix}-{max(numbers, default=0) + 1}"
        (self.folder / name).mkdir(parents=True)
        return name

    def _close(self, idle: Iterable[_Held]) -> None:
        for each in idle:
            try:
                each.index.close()
            except Exception:  # it may be corrupt; it goes away either way
                _log.exception("the index %s could not be closed", each.name)
            if self.writable and each.name not in (self.pointer.keyword, self.pointer.vectors):
                shutil.rmtree(self.folder / each.name, ignore_errors=True)

    def _sweep(self, used: set[str]) -> None:
        """Removes folders that nothing points at: what a crash left of a generation that was being built."""
        kept = {self.pointer.keyword, self.pointer.vectors, *used}
        for path in self.folder.iterdir():
            if path.name not in kept and path.is_dir() and path.name.startswith(("keyword-", "vectors-")):
                shutil.rmtree(path, ignore_errors=True)


def _no_index() -> Unavailable:
    return Unavailable(
        Text(
            "検索の索引を準備しています。しばらくしてからもう一度お試しください。登録した内容は失われていません。",
            "The search index is being prepared. Please try again in a moment; nothing stored is lost.",
        )
    )
