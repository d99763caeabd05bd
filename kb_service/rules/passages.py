"""An entry and the text of its attachments, cut into the passages that the indexes hold. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from enum import StrEnum

from kb_service.models.attachments import Attachment, Place, TextPart
from kb_service.models.entries import BusinessFields, CaseFields, Entry, Introduction
from kb_service.models.passages import IndexedEntry, Passage, PassageSource
from kb_service.rules.cutting import cut
from kernel.clock import JST

Reading = tuple[Attachment, Sequence[TextPart]]

SHORT = 12  # characters; a field this short is a name: words find it, its vector would only be noise
LONGEST_FACET = 100  # characters of a facet value
MOST_YEARS = 30  # of a period; a slip such as 1019 must not fill the list of years
SEVERAL = re.compile(r"[、，,／/;；\n]+")


def passages_of(
    entry: Entry, readings: Sequence[Reading] = (), organisations: Mapping[str, str] | None = None
) -> tuple[Passage, ...]:
    """Title, summary, each filled field, body, attachments: in this order, numbered from 0.

    `organisations` gives the name of an organisation code, so that the provider is found by its name. Beside
    the fields of the kind, `field_name` can be "provider", "tags", "planned" or "source"."""
    cutter = _Cutter()
    cutter.add(PassageSource.TITLE, " ".join(entry.content.title.split()))
    for piece in cut(entry.content.summary):
        cutter.add(PassageSource.SUMMARY, piece.text)
    for name, text in _named_texts(entry, organisations or {}):
        for piece in cut(text):
            cutter.add(PassageSource.FIELD, piece.text, field_name=name)
    for piece in cut(entry.content.body, markdown=True):
        cutter.add(PassageSource.BODY, piece.text, heading=piece.heading)
    for attachment, parts in readings:
        cutter.attachment(attachment, parts)
    return tuple(cutter.passages)


def indexed(
    entry: Entry,
    readings: Sequence[Reading],
    sequence: int,
    organisations: Mapping[str, str] | None = None,
) -> IndexedEntry:
    """What the indexes take. Its `version` is the outbox sequence of the change, which also grows when only
    the text of an attachment became known."""
    case = entry.content.fields if isinstance(entry.content.fields, CaseFields) else CaseFields()
    return IndexedEntry(
        entry_id=entry.id,
        version=sequence,
        audience=entry.audience_keys(),
        title=entry.content.title,
        passages=passages_of(entry, readings, organisations),
        facets=facets_of(entry, has_attachment=bool(readings)),
        updated_at=entry.updated_at,
        period_from=case.period_from,
        period_to=case.period_to,
        effect_hours=case.effect_hours,
    )


def facets_of(entry: Entry, has_attachment: bool) -> dict[str, tuple[str, ...]]:
    """Values to filter by. `provider` is the owner and, where the case is about somebody else, that name;
    `year` are the years of the period, or the year of the last change where there is none."""
    content = entry.content
    case = content.fields if isinstance(content.fields, CaseFields) else None
    values = {
        "provider": (entry.owner, *([case.provider_name] if case else [])),
        "kind": (content.kind.value,),
        "outcome": (case.outcome.value,) if case else (),
        "technology": _several(getattr(content.fields, "technology", "")),
        "business": _several(getattr(content.fields, "business", "")),
        "status": (content.status.value,),
        "tag": content.tags,
        "has_attachment": ("true" if has_attachment else "false",),
        "year": _years(case, entry.updated_at),
    }
    return {name: cleaned for name, several in values.items() if (cleaned := _clean(several))}


def meaning_of(passage: Passage) -> str:
    """The text whose vector stands for the passage; "" where only its words count."""
    named = passage.source is PassageSource.FIELD or (
        passage.source is PassageSource.ATTACHMENT and passage.place is None
    )
    return "" if named and len(passage.text) <= SHORT else passage.text


class _Cutter:
    """Numbers the passages as they come."""

    def __init__(self) -> None:
        self.passages: list[Passage] = []

    def add(self, source: PassageSource, text: str, field_name: str = "", heading: str = "") -> None:
        self.passages.append(Passage(len(self.passages), source, text, field_name, heading))

    def attachment(self, attachment: Attachment, parts: Sequence[TextPart]) -> None:
        """The file's name, then its text by place; a heading reaches over the places that follow it."""
        self._of_file(attachment, attachment.name, "", None)
        heading = ""
        for part in parts:
            for piece in cut(part.text):
                heading = piece.heading or heading
                self._of_file(attachment, piece.text, heading, part.place)

    def _of_file(self, attachment: Attachment, text: str, heading: str, place: Place | None) -> None:
        passage = Passage(
            number=len(self.passages),
            source=PassageSource.ATTACHMENT,
            text=text,
            heading=heading,
            attachment_id=attachment.id,
            attachment_name=attachment.name,
            place=place,
        )
        self.passages.append(passage)


def _named_texts(entry: Entry, organisations: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """(name, text) of everything that stands in a field of its own."""
    content = entry.content
    yield "provider", organisations.get(entry.owner, entry.owner)
    for item in fields(content.fields):
        value = getattr(content.fields, item.name)
        if isinstance(value, str) and not isinstance(value, StrEnum):
            yield item.name, value
    if isinstance(content.fields, BusinessFields):
        introductions = (_introduction(one, organisations) for one in content.fields.introduced_by)
        yield "introduced_by", "\n".join(introductions)
    yield "tags", "、".join(content.tags)
    yield "planned", content.planned.what if content.planned else ""
    yield "source", content.source


def _introduction(introduction: Introduction, organisations: Mapping[str, str]) -> str:
    name = organisations.get(introduction.organisation, introduction.organisation)
    return f"{name} {introduction.contact}".strip()


def _several(text: str) -> tuple[str, ...]:
    """The values of a field that names several: AI-OCR、RPA."""
    return tuple(SEVERAL.split(text))


def _years(case: CaseFields | None, updated_at: datetime) -> tuple[str, ...]:
    first = (case.period_from or case.period_to) if case else None
    last = (case.period_to if case else None) or first
    if first is None or last is None:
        return (str(updated_at.astimezone(JST).year),)
    return tuple(str(year) for year in range(first.year, min(last.year, first.year + MOST_YEARS) + 1))


def _clean(values: Iterable[str]) -> tuple[str, ...]:
    """Trimmed, shortened, each once, in order."""
    trimmed = (" ".join(value.split())[:LONGEST_FACET] for value in values)
    return tuple(dict.fromkeys(value for value in trimmed if value))
