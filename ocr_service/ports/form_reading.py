"""Reading of scanned files of unknown origin, behind a sandbox."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from kernel.errors import ChienowaError
from ocr_service.models.fields import Box
from ocr_service.models.forms import Form
from ocr_service.models.readings import PageReading


class UnreadableScan(ChienowaError):
    """The file is no scan that can be opened: encrypted, damaged, of another kind, too large, too many pages."""

    status = 422
    code = "unreadable-scan"


@dataclass(frozen=True, slots=True)
class PageAddress:
    """One page of a file: `member` is the name inside a ZIP ("" otherwise), `number` counts from 1."""

    member: str
    number: int


@dataclass(frozen=True, slots=True)
class Unopened:
    """A member of a ZIP that cannot be read, and why."""

    member: str
    reason_ja: str
    reason_en: str


@dataclass(frozen=True, slots=True)
class Contents:
    """What a file holds: its pages in order (members by name, as people count), and members that hold none."""

    pages: tuple[PageAddress, ...]
    unopened: tuple[Unopened, ...] = ()


class ScanOpener(Protocol):
    """Looks into a file without reading its pages."""

    def contents(self, file: Path, name: str) -> Contents:
        """`name` as the person called it. Raises UnreadableScan for the whole file."""


@dataclass(frozen=True, slots=True)
class KnownForm:
    """A template version that pages may be matched with."""

    template_id: str
    version: str
    form: Form


@dataclass(frozen=True, slots=True)
class Wanted:
    """A page to read. `template_id` "" = find out which; otherwise it is that template, and its page
    `template_page` (0 = find out which of its pages)."""

    address: PageAddress
    template_id: str = ""
    template_page: int = 0


class FormReader(Protocol):
    """Reads pages of one file: orients, deskews, matches, registers, crops, recognises."""

    def read(
        self,
        file: Path,
        wanted: Sequence[Wanted],
        forms: Sequence[KnownForm],
        on_page: Callable[[PageReading], None],
    ) -> None:
        """Calls `on_page` once for each wanted page, in order, as soon as it is read; a page that cannot be
        read is told as such and the rest goes on. Whatever `on_page` raises ends the reading. Raises
        UnreadableScan when the file as a whole cannot be opened, Unavailable when the engine cannot work."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A place on a blank form that looks like a field. `kind`: "box", "cell", "cells" (single characters),
    "line" or "mark"; `label`: the printed words that seem to name it, "" when none do."""

    box: Box
    kind: str
    label: str
    cells: int = 0


@dataclass(frozen=True, slots=True)
class BlankPage:
    """One page of a blank or sample form, made ready to be a template's page: upright, straight, grey PNG."""

    number: int
    width: float  # millimetres
    height: float
    dpi: int
    image: bytes
    proposals: tuple[Proposal, ...]


class BlankReader(Protocol):
    """Takes in the blank form that a template is made from."""

    def pages(self, file: Path, name: str) -> tuple[BlankPage, ...]:
        """At most 20 pages. Raises UnreadableScan."""
