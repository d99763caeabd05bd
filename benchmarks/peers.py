"""What else a ward could use on one machine, in the same run: SQLite FTS5 with trigrams, and Tantivy as it
comes (its default tokenizer finds no Japanese words, so it is given Sudachi's surface words)."""

import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Protocol

import tantivy

from kernel.japanese import Analyser


class Peer(Protocol):
    """Indexes texts by id and answers the ids of the best ten."""

    name: str

    def index(self, texts: Iterable[tuple[str, str]]) -> None: ...

    def search(self, query: str, limit: int = 10) -> Sequence[str]: ...


class SqliteTrigram:
    """SQLite FTS5 with its trigram tokenizer, BM25 order; words joined by OR."""

    name = "SQLite FTS5 trigram"

    def __init__(self, folder: Path) -> None:
        self._connection = sqlite3.connect(folder / "trigram.db", check_same_thread=False)
        self._connection.execute(
            "CREATE VIRTUAL TABLE passages USING fts5(id UNINDEXED, text, tokenize='trigram')"
        )

    def index(self, texts: Iterable[tuple[str, str]]) -> None:
        with self._connection:
            self._connection.executemany("INSERT INTO passages VALUES (?, ?)", texts)

    def search(self, query: str, limit: int = 10) -> Sequence[str]:
        words = [word.replace('"', '""') for word in query.split()]
        if not words:
            return ()
        expression = " OR ".join(f'"{word}"' for word in words)
        rows = self._connection.execute(
            "SELECT id FROM passages WHERE passages MATCH ? ORDER BY rank LIMIT ?", (expression, limit)
        )
        return [row[0] for row in rows]


class PlainTantivy:
    """Tantivy's BM25 over normalised Sudachi words in one field; words joined by OR. No rights, facets or marks."""

    name = "plain Tantivy over Sudachi words"

    def __init__(self, folder: Path, analyser: Analyser) -> None:
        path = folder / "tantivy"
        path.mkdir()
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("id", stored=True, tokenizer_name="raw")
        builder.add_text_field("text", stored=False, tokenizer_name="whitespace")
        self._index = tantivy.Index(builder.build(), path=str(path))
        self._analyser = analyser

    def index(self, texts: Iterable[tuple[str, str]]) -> None:
        writer = self._index.writer(128_000_000, 1)
        for key, text in texts:
            document = tantivy.Document()
            document.add_text("id", key)
            document.add_text("text", " ".join(self._analyser.words(text)))
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()

    def search(self, query: str, limit: int = 10) -> Sequence[str]:
        schema = self._index.schema
        terms = [
            (tantivy.Occur.Should, tantivy.Query.term_query(schema, "text", word))
            for word in dict.fromkeys(self._analyser.words(query))
        ]
        if not terms:
            return ()
        searcher = self._index.searcher()
        found = searcher.search(tantivy.Query.boolean_query(terms), limit, count=False)
        return [str(searcher.doc(address)["id"][0]) for _, address in found.hits]


def peers_in(folder: Path) -> tuple[Peer, ...]:
    """All peers, new and empty, in a folder."""
    return SqliteTrigram(folder), PlainTantivy(folder, Analyser())
