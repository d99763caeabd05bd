"""Entries as Tantivy documents."""

import json
import zlib
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

import tantivy

from kb_service.adapters.tantivy_index.schema import FACETS, LAST_DAY, NO_DAY, SLICES, facet_field
from kb_service.models.attachments import Place, PlaceKind
from kb_service.models.passages import IndexedEntry, Passage, PassageSource
from kernel.japanese import Analyser, Written, bigrams, fold

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Labels:
    """Titles and tags taken apart; tags come again and again, so the last thousands are kept."""

    def __init__(self, analyser: Analyser) -> None:
        self.analyser = analyser
        self.written = lru_cache(maxsize=5_000)(analyser.written)
        self.terms = lru_cache(maxsize=5_000)(self._terms)

    def _terms(self, label: str) -> str:
        """What a label is completed by: its characters and its sounds in pairs, each begun by a mark ^."""
        tokens = self.analyser.tokens(label)
        terms: list[str] = []
        for line in dict.fromkeys((fold(label), fold("".join(token.sound for token in tokens)))):
            terms.extend(["^" + line[:1], *bigrams(line)])
        terms.extend("^" + token.sound[:1] for token in tokens if token.content)
        return " ".join(term for term in terms if len(term) > 1 or term.isalnum())


def texts_of(entry: IndexedEntry) -> list[str]:
    """What `entry_documents` wants to have analysed."""
    return [entry.title, *(passage.text for passage in entry.passages if passage.text != entry.title)]


def entry_documents(
    entry: IndexedEntry, written: Mapping[str, Written], labels: Labels
) -> tuple[tantivy.Document, list[tantivy.Document]]:
    """One document of the entries index and one for each passage. `written`: its texts, analysed."""
    title = written[entry.title]
    keys = sorted(entry.audience)
    tags = list(entry.facets.get("tag", ()))
    passages: list[tantivy.Document] = []
    own: list[str] = []
    attached: list[str] = []
    sounds: list[str] = []
    pairs: list[str] = []
    for passage in entry.passages:
        analysis = written[passage.text]
        document = tantivy.Document()
        (attached if passage.source is PassageSource.ATTACHMENT else own).append(analysis.words)
        sounds.append(analysis.sounds)
        pairs.append(analysis.bigrams)
        document.add_text("id", entry.entry_id)
        for key in keys:
            document.add_text("keys", key)
        document.add_unsigned("number", passage.number)
        document.add_unsigned("lot", _ordered(0, f"{entry.entry_id}/{passage.number}"))
        document.add_text("words", analysis.words)
        document.add_text("sounds", analysis.sounds)
        document.add_text("pairs", analysis.bigrams)
        document.add_text("compounds", analysis.compounds)
        document.add_bytes("shown", _json(_written(passage)))
        document.add_bytes("places", analysis.places())
        passages.append(document)
    extra = [labels.written(tag) for tag in tags]
    if not any(passage.source is PassageSource.TITLE for passage in entry.passages):
        extra.append(title)
    for analysis in extra:
        own.append(analysis.words)
        sounds.append(analysis.sounds)
        pairs.append(analysis.bigrams)
    document = tantivy.Document()
    document.add_text("id", entry.entry_id)
    for key in keys:
        document.add_text("keys", key)
    document.add_text("title", title.words)
    document.add_text("own", " ".join(own))
    document.add_text("attached", " ".join(attached))
    document.add_text("sounds", " ".join(sounds))
    document.add_text("pairs", " ".join(pairs))
    for label in (entry.title, *tags):
        document.add_text("labels", labels.terms(label))
    document.add_bytes("shown", _json([entry.title, *tags]))
    for name in FACETS:
        for value in entry.facets.get(name, ()):
            document.add_text(facet_field(name), value)
    document.add_text("slice", str(_lot(entry.entry_id) % SLICES))
    document.add_unsigned("version", entry.version)
    document.add_unsigned("updated", _ordered(_milliseconds(entry.updated_at), entry.entry_id))
    document.add_unsigned("effect", _ordered(_hundredths(entry.effect_hours), entry.entry_id))
    if entry.period_from or entry.period_to:
        document.add_unsigned("from", _day(entry.period_from, NO_DAY))
        document.add_unsigned("to", _day(entry.period_to, LAST_DAY))
    return document, passages


def _lot(name: str) -> int:
    """A number of 32 bits that depends on the name alone."""
    return zlib.crc32(name.encode("utf-8", "replace"))


def _ordered(value: int, name: str) -> int:
    """A value to sort by; among equals the name decides, not what else the index holds."""
    return min(value, 1 << 43) << 20 | _lot(name) >> 12


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")


def _written(passage: Passage) -> dict[str, Any]:
    place = passage.place
    row: dict[str, Any] = {"n": passage.number, "s": passage.source.value, "t": passage.text}
    if passage.field_name:
        row["f"] = passage.field_name
    if passage.heading:
        row["h"] = passage.heading
    if passage.attachment_id:
        row["a"] = [passage.attachment_id, passage.attachment_name]
    if place:
        row["p"] = [place.kind.value, place.number, place.label]
    return row


def stored_bytes(document: tantivy.Document, field: str = "shown") -> bytes:
    """What a document keeps; every document has all of its fields."""
    return bytes(document.get_first(field) or b"")


def identifier(searcher: tantivy.Searcher, address: tantivy.DocAddress) -> str:
    """The entry that a document belongs to."""
    return str(searcher.doc(address).get_first("id"))


def read_passage(stored: bytes) -> Passage:
    """The passage that `entry_documents` stored."""
    row = json.loads(stored)
    attachment, place = row.get("a", ("", "")), row.get("p")
    return Passage(
        number=row["n"],
        source=PassageSource(row["s"]),
        text=row["t"],
        field_name=row.get("f", ""),
        heading=row.get("h", ""),
        attachment_id=attachment[0],
        attachment_name=attachment[1],
        place=Place(PlaceKind(place[0]), place[1], place[2]) if place else None,
    )


def _milliseconds(at: datetime) -> int:
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(0, (at - _EPOCH) // _EPOCH.resolution // 1000) if at > _EPOCH else 0


def _hundredths(hours: float | None) -> int:
    """0 when nobody said."""
    return 0 if hours is None else max(0, round(hours * 100)) + 1


def _day(day: date | None, otherwise: int) -> int:
    return day.toordinal() if day else otherwise
