"""Results leave: a look beforehand, and files. Files are made outside any transaction."""

import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from kernel.audit import Audit
from kernel.blobs import BlobStore
from kernel.clock import Clock
from kernel.errors import Conflict, Invalid, NotFound, Problem, Text, not_found
from kernel.identity.models import Actor
from kernel.identity.permissions import Action, require
from kernel.ids import new_id
from kernel.records import Records, UnitOfWork
from ocr_service.models.batches import Batch, BatchState, ScanField, ScanPage
from ocr_service.models.exports import (
    Encoding,
    Export,
    ExportFormat,
    ExportSettings,
    FilledCell,
    FilledForm,
    Unencodable,
)
from ocr_service.models.forms import Form
from ocr_service.models.pages import Point
from ocr_service.ports.batches import Desk, FormShelf
from ocr_service.ports.exports import ExportRepository, PdfWriter, TableWriter
from ocr_service.ports.overviews import FormCount, OverviewRepository, Row
from ocr_service.rules.tables import OPEN, columns_of, joined_forms, rows_of, unencodable
from ocr_service.service.batches import own_batch
from ocr_service.service.export_profiles import ensure_known

_AT_ONCE = 200  # pages a query
_SUFFIXES = {
    ExportFormat.CSV: ".csv",
    ExportFormat.EXCEL: ".xlsx",
    ExportFormat.JSON: ".json",
    ExportFormat.PDF: ".pdf",
}
_UNSAFE = re.compile(r'[\x00-\x1f\\/:*?"<>|]')
_LISTED = 5_000  # cells that are told one by one
_MOST_BYTES = 8_000_000_000


@dataclass(frozen=True, slots=True)
class FormFound:
    """A template version that pages of the batch were read with; `pages` of them."""

    template_id: str
    version: str
    form: Form
    pages: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What a file would hold: headings, its first rows, what its encoding cannot write, and how many fields
    people have not looked at yet."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    forms: int
    unencodable: tuple[Unencodable, ...]
    open_fields: int


@dataclass(frozen=True, slots=True)
class _Scanned:
    """A page for the searchable PDF."""

    picture: bytes
    size: tuple[int, int]
    texts: Sequence[tuple[tuple[Point, Point, Point, Point], str]]


class Exporting:
    """Looking takes the caller's unit of work; making a file opens its own and holds none while it writes."""

    def __init__(
        self,
        records: Records,
        desk: Desk,
        overviews: OverviewRepository,
        shelf: FormShelf,
        repository: ExportRepository,
        *,
        tables: Mapping[ExportFormat, TableWriter],
        pdf: PdfWriter,
        blobs: BlobStore,
        audit: Audit,
        clock: Clock,
    ) -> None:
        self._records = records
        self._desk = desk
        self._overviews = overviews
        self._shelf = shelf
        self._repository = repository
        self._tables = tables
        self._pdf = pdf
        self._blobs = blobs
        self._audit = audit
        self._clock = clock

    # What can be exported

    def forms(self, work: UnitOfWork, actor: Actor, batch_id: str) -> tuple[FormFound, ...]:
        """The templates that were found in the batch, the most frequent first. Raises NotFound, Forbidden."""
        self._exportable(work, actor, batch_id)
        return self._found(work, batch_id)

    def preview(  # noqa: PLR0917
        self,
        work: UnitOfWork,
        actor: Actor,
        batch_id: str,
        template_id: str,
        settings: ExportSettings,
        limit: int = 10,
    ) -> Preview:
        """Raises NotFound, Forbidden, Invalid."""
        self._exportable(work, actor, batch_id)
        found = self._one(work, batch_id, template_id)
        ensure_known(found.form, settings)
        headings = tuple(column.heading for column in columns_of(found.form, settings))
        if len(found.form.pages) == 1 and settings.encoding is Encoding.UTF8:
            # a form is a page, and nothing has to be looked for: 2,000 pages are not read to show ten
            shown = tuple(self._filled(work, batch_id, found, limit))
            return Preview(
                headings=headings,
                rows=tuple(rows_of(found.form, shown, settings)),
                forms=found.pages,
                unencodable=(),
                open_fields=self._overviews.open_fields(work, batch_id, template_id, found.version),
            )
        filled = tuple(self._filled(work, batch_id, found))
        missing = unencodable(headings, rows_of(found.form, filled, settings), settings.encoding)
        return Preview(
            headings=headings,
            rows=tuple(rows_of(found.form, filled[:limit], settings)),
            forms=len(filled),
            unencodable=tuple(islice(missing, _LISTED)),
            open_fields=sum(cell.state in OPEN for each in filled for cell in each.cells),
        )

    # Files

    def make(self, actor: Actor, batch_id: str, template_id: str, settings: ExportSettings) -> Export:
        """Writes the file, keeps it until retention, tells the audit. Raises NotFound, Forbidden, Invalid."""
        with self._records.read() as work:
            batch = self._exportable(work, actor, batch_id)
            found = self._one(work, batch_id, template_id)
            ensure_known(found.form, settings)
            filled = tuple(self._filled(work, batch_id, found))
            pages = self._pages(work, batch_id, found) if settings.format is ExportFormat.PDF else ()
        notes = tuple(_notes(found.form, filled, settings))
        with tempfile.TemporaryDirectory(prefix="chienowa-export-") as folder:
            file = Path(folder) / f"export{_SUFFIXES[settings.format]}"
            if settings.format is ExportFormat.PDF:
                self._pdf.write(file, batch.title, self._scanned(pages))
            else:
                self._tables[settings.format].write(file, found.form, filled, settings)
            with file.open("rb") as stream:
                blob = self._blobs.add(stream, _MOST_BYTES)
        export = Export(
            id=new_id(),
            batch_id=batch_id,
            format=settings.format,
            name=_name(batch, found.form, settings.format),
            digest=blob.digest,
            size=blob.size,
            notes=notes,
            made_at=self._clock.now(),
            made_by=actor.user_id,
        )
        with self._records.write() as work:
            self._exportable(work, actor, batch_id, lock=True)
            self._repository.add_export(work, export)
            self._audit.record(
                work,
                actor.organisation,
                actor.user_id,
                "batch.exported",
                batch_id,
                {"export": export.id, "format": export.format.value, "forms": len(filled)}
                | {"digest": export.digest},
            )
        return export

    def exports(self, work: UnitOfWork, actor: Actor, batch_id: str) -> tuple[Export, ...]:
        """Files that were made of the batch, newest first. Raises NotFound, Forbidden."""
        own_batch(self._desk, work, actor, batch_id, Action.FORM_EXPORT)
        return self._repository.exports(work, batch_id)

    def file(self, work: UnitOfWork, actor: Actor, export_id: str) -> tuple[Export, Path]:
        """Raises NotFound, Forbidden."""
        require(actor, Action.FORM_EXPORT)
        export = self._repository.export(work, export_id)
        if export is None:
            raise _absent()
        batch = self._desk.batches.get(work, export.batch_id)
        if batch is None or batch.owner != actor.organisation or batch.state is BatchState.DELETED:
            raise _absent()
        return export, self._blobs.path(export.digest)

    # Inside

    def _exportable(self, work: UnitOfWork, actor: Actor, batch_id: str, *, lock: bool = False) -> Batch:
        batch = own_batch(self._desk, work, actor, batch_id, Action.FORM_EXPORT, lock=lock)
        if batch.state is BatchState.DELETED:
            raise Conflict(
                Text(
                    "このバッチの値と画像は消去済みのため、出力できません。",
                    "The values and pictures of this batch were erased; nothing can be exported.",
                )
            )
        return batch

    def _found(self, work: UnitOfWork, batch_id: str) -> tuple[FormFound, ...]:
        pages: dict[tuple[str, str], int] = {}
        for count in self._overviews.forms(work, batch_id):
            if count.template_id:
                key = (count.template_id, count.version)
                pages[key] = pages.get(key, 0) + count.pages
        forms = {key: self._shelf.forms(work, {key[0]: key[1]}) for key in pages}
        return tuple(
            FormFound(key[0], key[1], forms[key][0].form, number)
            for key, number in sorted(pages.items(), key=lambda item: -item[1])
            if forms[key]
        )

    def _one(self, work: UnitOfWork, batch_id: str, template_id: str) -> FormFound:
        found = [each for each in self._found(work, batch_id) if each.template_id == template_id]
        if not found:
            text = Text(
                "このバッチに、その様式で読み取ったページはありません。",
                "No page of this batch was read with that template.",
            )
            raise Invalid(text, (Problem("template_id", text),))
        return found[0]

    def _pages(
        self, work: UnitOfWork, batch_id: str, found: FormFound, most: int | None = None
    ) -> tuple[tuple[ScanPage, Mapping[str, ScanField]], ...]:
        """Pages of the template in the order of the stack; of each of its pages at most `most`."""
        rows = [
            (row.page, row.fields)
            for page in found.form.pages
            for row in islice(
                self._rows(
                    work,
                    batch_id,
                    FormCount(found.template_id, found.version, page.number, 0),
                    min(most or _AT_ONCE, _AT_ONCE),
                ),
                most,
            )
        ]
        return tuple(sorted(rows, key=lambda row: row[0].position))

    def _rows(self, work: UnitOfWork, batch_id: str, form: FormCount, at_once: int) -> Iterator[Row]:
        cursor: str | None = None
        while True:
            listed = self._overviews.rows(work, batch_id, form, cursor, at_once)
            yield from listed.items
            cursor = listed.next
            if cursor is None:
                return

    def _filled(
        self, work: UnitOfWork, batch_id: str, found: FormFound, most: int | None = None
    ) -> Iterator[FilledForm]:
        names = {file.id: file.name for file in self._desk.scans.files(work, batch_id)}
        deciders = self._repository.deciders(work, batch_id)
        order = {field.name: number for number, field in enumerate(found.form.every_field())}
        pages = self._pages(work, batch_id, found, most)
        least = min((page.number for page in found.form.pages), default=1)
        sides = [
            FilledForm(
                file=page.member or names.get(page.file_id, ""),
                positions=(page.position,),
                template_id=found.template_id,
                version=found.version,
                cells=tuple(
                    _cell(fields[name], deciders) for name in sorted(fields, key=lambda n: order.get(n, 0))
                ),
            )
            for page, fields in pages
        ]
        return joined_forms(sides, [page.template_page == least for page, _ in pages])

    def _scanned(self, pages: Sequence[tuple[ScanPage, Mapping[str, ScanField]]]) -> Iterator[_Scanned]:
        for page, fields in pages:
            if page.preview:
                texts = [(field.quad, field.value) for field in fields.values() if field.value]
                size = (page.preview_width, page.preview_height)
                yield _Scanned(self._blobs.path(page.preview).read_bytes(), size, texts)


def _cell(field: ScanField, deciders: Mapping[str, str]) -> FilledCell:
    return FilledCell(
        field=field.name,
        value=field.value,
        raw=field.candidates[0].raw if field.candidates and not field.blank else "",
        confidence=field.confidence,
        state=field.state.value,
        flags=tuple(sorted(flag.value for flag in field.flags)),
        decided_by=deciders.get(field.id, ""),
    )


def _notes(form: Form, filled: Sequence[FilledForm], settings: ExportSettings) -> Iterator[tuple[str, str]]:
    waiting = sum(cell.state in OPEN for each in filled for cell in each.cells)
    if waiting:
        yield (
            f"まだ確認していない項目が{waiting:,}件あります。その値は読み取ったままです。",
            f"{waiting:,} fields were not verified yet; their values are as they were read.",
        )
    if settings.format is ExportFormat.CSV:
        headings = tuple(column.heading for column in columns_of(form, settings))
        for each in islice(
            unencodable(headings, rows_of(form, filled, settings), settings.encoding), _LISTED
        ):
            yield (
                f"{each.row}件目「{each.heading}」の「{each.characters}」は、この文字コードにないため「〓」にしました。",
                f'Form {each.row}, "{each.heading}": {each.characters} is not in this encoding; 〓 stands for it.',
            )


def _name(batch: Batch, form: Form, kind: ExportFormat) -> str:
    """Batch and form, without what Windows does not take in a file's name."""
    stem = _UNSAFE.sub("_", f"{batch.title}_{form.title}")[:120].strip(" .")
    return f"{stem or 'export'}{_SUFFIXES[kind]}"


def _absent() -> NotFound:
    return not_found("出力したファイル", "The exported file")
