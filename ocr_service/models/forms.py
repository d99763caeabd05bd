"""A form template: pages with fields, and checks across fields."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from kernel.visibility import Audience
from ocr_service.models.fields import Box, Choice, Field, Table, cell_name


class CheckKind(StrEnum):
    """Rules that look at several fields. `fields` are given in the order that is named here."""

    AGE_FITS_DATE = "age_fits_date"  # age, date of birth[, date of the form]
    POSTAL_FITS_ADDRESS = "postal_fits_address"  # postal code, address
    TOTAL_IS_SUM = "total_is_sum"  # total, then the items (a table's column "items[].amount" means all rows)
    DATE_ORDER = "date_order"  # earlier, later
    REQUIRED_IF = "required_if"  # field, condition field; `value` is the condition's value
    EMPTY_IF = "empty_if"  # field, condition field; `value` as above
    ONE_OF = "one_of"  # at least one of them is filled in
    SAME = "same"  # two fields hold the same value


@dataclass(frozen=True, slots=True)
class Check:
    """One rule across fields. `message_*`: what to tell a person; "" = the rule's own sentence."""

    kind: CheckKind
    fields: tuple[str, ...]
    value: str = ""
    message_ja: str = ""
    message_en: str = ""


@dataclass(frozen=True, slots=True)
class FormPage:
    """One side of the form. `image`: the blank page as PNG, grey, at `dpi`; width and height in millimetres."""

    number: int
    width: float
    height: float
    dpi: int
    image: bytes
    fields: tuple[Field, ...] = ()
    tables: tuple[Table, ...] = ()

    def every_field(self) -> Iterator[Field]:
        """All fields in the order of the template, cells of tables as fields of their own (row by row)."""
        yield from self.fields
        for table in self.tables:
            first = table.tops[0] if table.tops else 0.0
            near = {column.name for column in table.columns}
            for row, top in enumerate(table.tops, start=1):
                for column in table.columns:
                    era = column.era_field
                    cell = replace(column, era_field=cell_name(table.name, row, era) if era in near else era)
                    yield _moved(cell, cell_name(table.name, row, column.name), top - first)


@dataclass(frozen=True, slots=True)
class Form:
    """The content of one version of a template. Two forms with the same content have the same digest."""

    name: str  # lower-case identifier, unique for its owner
    title: str
    description: str
    pages: tuple[FormPage, ...]
    checks: tuple[Check, ...] = ()

    def every_field(self) -> Iterator[Field]:
        for page in self.pages:
            yield from page.every_field()

    def field(self, name: str) -> Field | None:
        return next((field for field in self.every_field() if field.name == name), None)


class TemplateState(StrEnum):
    """A draft can be changed; what is published never changes, it is yanked with a reason."""

    DRAFT = "draft"
    PUBLISHED = "published"
    YANKED = "yanked"


@dataclass(frozen=True, slots=True)
class TemplateVersion:
    """One version of a template. `version` is semantic ("1.2.0"), "" for the draft; `digest` is the SHA-256 of
    the canonical content; `envelope` the DSSE envelope as JSON, "" for the draft."""

    template_id: str
    version: str
    state: TemplateState
    form: Form
    digest: str
    saved_at: datetime
    saved_by: str
    envelope: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One version without its content, for lists. `note`: of the publisher, and of a yanked one the reason."""

    template_id: str
    version: str
    state: TemplateState
    digest: str
    saved_at: datetime
    saved_by: str
    envelope: str
    note: str


@dataclass(frozen=True, slots=True)
class Template:
    """A template with its owner and whom it is shared with; `revision` counts its saves (for If-Match);
    `current` is the newest published version, "" when there is none."""

    id: str
    owner: str
    name: str
    title: str
    audience: Audience
    revision: int
    current: str
    updated_at: datetime
    archived: bool = False


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of a list of templates; `next` is the cursor of the page after, None at the end."""

    items: tuple[Template, ...]
    next: str | None = None


def _moved(field: Field, name: str, down: float) -> Field:
    return replace(
        field,
        name=name,
        box=_lower(field.box, down),
        choices=tuple(Choice(each.value, each.label, _lower(each.box, down)) for each in field.choices),
    )


def _lower(box: Box, down: float) -> Box:
    return replace(box, y=round(box.y + down, 3))
