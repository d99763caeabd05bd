"""Export settings as JSON, and what the API says of profiles and exports."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self

from pydantic import BaseModel, Field

from ocr_service.models.exports import (
    Column,
    DateStyle,
    Encoding,
    Export,
    ExportFormat,
    ExportProfile,
    ExportSettings,
    Unencodable,
)

COLUMNS_MAX = 1_000


class ColumnBody(BaseModel):
    """One column; `field` is a field's name or begins with "@" (file, page, template, confidence, open,
    decided_by)."""

    field: str = Field(min_length=1, max_length=160)
    heading: str = Field("", max_length=200)
    raw: bool = False


class SettingsBody(BaseModel):
    """How results are written. Without columns: every field, its raw reading beside it."""

    format: ExportFormat = ExportFormat.CSV
    encoding: Encoding = Encoding.UTF8
    columns: list[ColumnBody] = Field([], max_length=COLUMNS_MAX)
    dates: DateStyle = DateStyle.ISO
    header: bool = True
    exact: bool = False

    def settings(self) -> ExportSettings:
        return ExportSettings(
            self.format,
            self.encoding,
            tuple(Column(each.field, each.heading or each.field, each.raw) for each in self.columns),
            self.dates,
            self.header,
            self.exact,
        )

    @classmethod
    def of(cls, settings: ExportSettings) -> Self:
        return cls(
            format=settings.format,
            encoding=settings.encoding,
            columns=[ColumnBody(field=c.field, heading=c.heading, raw=c.raw) for c in settings.columns],
            dates=settings.dates,
            header=settings.header,
            exact=settings.exact,
        )


def settings_to_json(settings: ExportSettings) -> dict[str, Any]:
    """`settings_from_json` is its inverse."""
    return SettingsBody.of(settings).model_dump(mode="json")


def settings_from_json(data: Mapping[str, Any]) -> ExportSettings:
    return SettingsBody.model_validate(data).settings()


class ProfileBody(BaseModel):
    """A profile to save."""

    template_id: str = Field(min_length=1, max_length=32)
    name: str = Field(min_length=1, max_length=200)
    settings: SettingsBody


class ProfileOut(BaseModel):
    """A saved profile."""

    id: str
    template_id: str
    name: str
    settings: SettingsBody
    revision: int
    updated_at: datetime

    @classmethod
    def of(cls, profile: ExportProfile) -> Self:
        return cls(
            id=profile.id,
            template_id=profile.template_id,
            name=profile.name,
            settings=SettingsBody.of(profile.settings),
            revision=profile.revision,
            updated_at=profile.updated_at,
        )


class ExportBody(BaseModel):
    """What to export: the forms of one template, by a saved profile or by settings given here."""

    template_id: str = Field(min_length=1, max_length=32)
    profile_id: str = Field("", max_length=32)
    settings: SettingsBody = SettingsBody()


class UnencodableOut(BaseModel):
    """Characters of one cell that the encoding does not have."""

    row: int
    heading: str
    characters: str

    @classmethod
    def of(cls, found: Unencodable) -> Self:
        return cls(row=found.row, heading=found.heading, characters=found.characters)


class ExportOut(BaseModel):
    """A file that was made."""

    id: str
    batch_id: str
    format: ExportFormat
    name: str
    size: int
    notes: list[str]
    made_at: datetime

    @classmethod
    def of(cls, export: Export, language: str = "ja") -> Self:
        return cls(
            id=export.id,
            batch_id=export.batch_id,
            format=export.format,
            name=export.name,
            size=export.size,
            notes=[en if language == "en" else ja for ja, en in export.notes],
            made_at=export.made_at,
        )
