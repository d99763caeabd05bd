"""The one writer: changes into both indexes, with the sequence they came with."""

from collections.abc import Sequence
from pathlib import Path

import tantivy

from kb_service.adapters.tantivy_index.documents import Labels, entry_documents, texts_of
from kb_service.models.passages import IndexChange, IndexedEntry, Removal
from kernel.errors import Text, Unavailable
from kernel.japanese import Analyser, Written

_Made = tuple[str, tuple[tantivy.Document, list[tantivy.Document]] | None]
_HEAP = 64_000_000  # bytes for each index; small changes use a fraction of it


class Writer:
    """Holds the writer locks of both indexes for as long as it is open."""

    def __init__(
        self, folder: Path, entries: tantivy.Index, passages: tantivy.Index, analyser: Analyser
    ) -> None:
        self._labels = Labels(analyser)
        self._folder = folder
        self._indexes = (entries, passages)
        self._entries, self._passages = self._locked()

    def _locked(self) -> tuple[tantivy.IndexWriter, tantivy.IndexWriter]:
        entries, passages = self._indexes
        try:
            return entries.writer(_HEAP, 1), passages.writer(_HEAP, 1)
        except ValueError as error:
            raise Unavailable(
                Text(
                    f"検索用の索引({self._folder})は、ほかのプロセスが書き込み中です。"
                    "そのプロセスを止めてから、もう一度お試しください。",
                    f"Another process is writing the search index ({self._folder}). Stop it and try again.",
                )
            ) from error

    def apply(self, changes: Sequence[IndexChange], sequence: int) -> None:
        """Adds and removes, the passages first: until the entries are committed too, the sequence is not
        reached, and the same changes come again. What an entry itself raises while its documents are made is
        passed on, with nothing written: it would come again for ever if it were told as a full disk."""
        made = self._made(changes)
        try:
            for entry_id, documents in made:
                self._entries.delete_documents_by_term("id", entry_id)
                self._passages.delete_documents_by_term("id", entry_id)
                if documents is None:
                    continue
                entry, passages = documents
                for passage in passages:
                    self._passages.add_document(passage)
                self._entries.add_document(entry)
            self._entries.delete_documents_by_term("checkpoint", "outbox")
            checkpoint = tantivy.Document()
            checkpoint.add_text("checkpoint", "outbox")
            checkpoint.add_unsigned("sequence", sequence)
            self._entries.add_document(checkpoint)
            self._passages.commit()
            self._entries.commit()
        except (ValueError, OSError) as error:
            self._undo()
            raise _not_written(error) from error

    def _made(self, changes: Sequence[IndexChange]) -> list[_Made]:
        """The documents of each entry; None for what is removed."""
        try:
            written = self._written(changes)
            return [
                (
                    change.entry_id,
                    None if isinstance(change, Removal) else entry_documents(change, written, self._labels),
                )
                for change in changes
            ]
        except OSError as error:  # the machine's fault, not the entry's
            raise _not_written(error) from error

    def _written(self, changes: Sequence[IndexChange]) -> dict[str, Written]:
        """Every text of the changes, analysed once."""
        entries = [change for change in changes if isinstance(change, IndexedEntry)]
        texts = list(dict.fromkeys(text for entry in entries for text in texts_of(entry)))
        return dict(zip(texts, self._labels.analyser.batch(texts), strict=True))

    def _undo(self) -> None:
        """Back to the last commit. A writer that a full disk has stopped for good is replaced."""
        try:
            self._passages.rollback()
            self._entries.rollback()
        except (ValueError, OSError):
            del self._entries, self._passages
            self._entries, self._passages = self._locked()

    def close(self) -> None:
        """Waits for merges and gives the locks back."""
        for writer in (self._passages, self._entries):
            writer.wait_merging_threads()


def _not_written(error: Exception) -> Unavailable:
    return Unavailable(
        Text(
            f"検索用の索引に書き込めませんでした({error})。ディスクの空きを確かめてください。保存した内容は失われていません。",
            f"The search index could not be written ({error}). Check the free space of the disk. "
            "Nothing that was saved is lost.",
        )
    )


def newest_of_each(changes: Sequence[IndexChange]) -> list[IndexChange]:
    """Of several changes of one entry the one that counts: the last removal or the highest version after it."""
    chosen: dict[str, IndexChange] = {}
    for change in changes:
        held = chosen.get(change.entry_id)
        if (
            isinstance(change, IndexedEntry)
            and isinstance(held, IndexedEntry)
            and change.version <= held.version
        ):
            continue
        chosen[change.entry_id] = change
    return list(chosen.values())
