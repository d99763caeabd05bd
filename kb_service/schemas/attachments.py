"""Attachments and what was read from them as JSON."""

from datetime import datetime
from typing import Self

from pydantic import BaseModel, Field

from kb_service.models.attachments import Attachment, PlaceKind, ReadingState, TextPart


class AttachmentOut(BaseModel):
    """A file of an entry and where its reading stands. `reason_*` say why it could not be read."""

    id: str
    entry_id: str
    name: str
    media_type: str
    size: int = Field(description="Bytes.")
    digest: str = Field(description="SHA-256 of the bytes, hexadecimal.")
    uploaded_at: datetime
    uploaded_by: str
    state: ReadingState
    pages_done: int
    pages_total: int
    reason_ja: str
    reason_en: str

    @classmethod
    def of(cls, attachment: Attachment) -> Self:
        return cls(**{name: getattr(attachment, name) for name in cls.model_fields})


class TextPartOut(BaseModel):
    """The text of one page, sheet, slide or section."""

    place_kind: PlaceKind
    place_number: int
    place_label: str
    text: str
    by_ocr: bool

    @classmethod
    def of(cls, part: TextPart) -> Self:
        return cls(
            place_kind=part.place.kind,
            place_number=part.place.number,
            place_label=part.place.label,
            text=part.text,
            by_ocr=part.by_ocr,
        )
