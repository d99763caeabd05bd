"""Entries that the indexes could not take, kept beside the indexes so that an operator sees them."""

import json
import logging
import threading
from dataclasses import asdict
from pathlib import Path

from kb_service.models.indexing import Trouble

_log = logging.getLogger(__name__)


class Troubles:
    """A small file, rewritten whole; losing it loses a notice, never an entry."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._by_entry = {trouble.entry_id: trouble for trouble in _read(path)}

    def mark(self, entry_id: str, sequence: int, error: Exception) -> None:
        """Notes and logs that the entry was left out."""
        _log.error("entry %s cannot be indexed and is skipped", entry_id, exc_info=error)
        with self._lock:
            reason = f"{type(error).__name__}: {error}"[:500]
            self._by_entry[entry_id] = Trouble(entry_id, sequence, reason)
            self._write()

    def clear(self, entry_ids: set[str]) -> None:
        """These went well."""
        with self._lock:
            if gone := entry_ids & self._by_entry.keys():
                for entry_id in gone:
                    del self._by_entry[entry_id]
                self._write()

    def all(self) -> tuple[Trouble, ...]:
        """In the order of the entries' ids."""
        with self._lock:
            return tuple(self._by_entry[entry_id] for entry_id in sorted(self._by_entry))

    def told(self) -> tuple[Trouble, ...]:
        """The same as another process noted it."""
        return tuple(sorted(_read(self._path), key=lambda trouble: trouble.entry_id))

    def _write(self) -> None:
        temporary = self._path.with_suffix(".new")
        try:
            temporary.write_text(
                json.dumps([asdict(each) for each in self._by_entry.values()], ensure_ascii=True)
            )
            temporary.replace(self._path)
        except OSError:  # a full disk must not stop the indexing of what still fits
            _log.exception("the list of skipped entries could not be written")


def _read(path: Path) -> list[Trouble]:
    try:
        return [Trouble(**each) for each in json.loads(path.read_text())]
    except (OSError, ValueError, TypeError):
        return []
