"""The one place where the reading service chooses its engines."""

from dataclasses import dataclass
from pathlib import Path

from kernel.artifacts import HouseSigner, Keyring
from kernel.audit import Audit
from kernel.blobs import BlobStore
from kernel.clock import Clock
from kernel.jobs import Jobs, Retry, Task
from kernel.records import Records
from kernel.sandbox import Limits, Sandbox
from ocr_service.adapters.exports.csv_file import CsvWriter
from ocr_service.adapters.exports.excel import ExcelWriter
from ocr_service.adapters.exports.found_tables import TablesBook, TablesCsv
from ocr_service.adapters.exports.json_file import JsonWriter
from ocr_service.adapters.exports.searchable_pdf import SearchablePdfWriter
from ocr_service.adapters.lexicons.files import load_addresses
from ocr_service.adapters.records import sql_desk
from ocr_service.adapters.records.documents import SqlDocuments
from ocr_service.adapters.records.exports import SqlExports
from ocr_service.adapters.records.overviews import SqlOverviews
from ocr_service.adapters.records.templates import SqlTemplates
from ocr_service.adapters.records.verification import SqlVerification
from ocr_service.adapters.sandboxed_blank_reader import SandboxedBlankReader
from ocr_service.adapters.sandboxed_document_reader import SandboxedDocumentReader
from ocr_service.adapters.sandboxed_form_reader import SandboxedFormReader
from ocr_service.adapters.sandboxed_opener import SandboxedScanOpener
from ocr_service.adapters.sandboxed_reader import SandboxedPageReader
from ocr_service.models.exports import ExportFormat
from ocr_service.ports.batches import Desk, FormShelf
from ocr_service.ports.documents import TablesWriter
from ocr_service.ports.form_reading import BlankReader, FormReader, ScanOpener
from ocr_service.ports.page_reading import PageReader
from ocr_service.service.batches import Batches
from ocr_service.service.calls import Calls
from ocr_service.service.deciding import Deciding, FormCabinet
from ocr_service.service.document_desk import DocumentDesk
from ocr_service.service.documents import Documents
from ocr_service.service.export_profiles import ExportProfiles
from ocr_service.service.exporting import Exporting
from ocr_service.service.intake import Intake
from ocr_service.service.lanes import LaneWatch
from ocr_service.service.overviews import Overviews
from ocr_service.service.page_reading import Reading as PageTexts
from ocr_service.service.policies import Policies
from ocr_service.service.publishing import Publishing
from ocr_service.service.reading import Reading
from ocr_service.service.retention import Retention
from ocr_service.service.sheets import Sheets
from ocr_service.service.templates import Templates
from ocr_service.service.trials import Trials
from ocr_service.service.verification import Verification
from ocr_service.service.watching import Watching
from ocr_service.tasks.documents import ReadDocument
from ocr_service.tasks.erasing import EraseBatch, SweepBlobs
from ocr_service.tasks.opening import OpenFile
from ocr_service.tasks.reading import ReadPages

# Names, not imports: the engine (about 1 s and 200 MB) is loaded in the sandboxed process alone.
PAGE_TASK = "ocr_service.adapters.rapidocr.sandboxed:read_file"
PAGE_READER = "ocr_service.adapters.document_reading.sandboxed:open_page_reader"
DOCUMENT_TASK = "ocr_service.adapters.document_reading.sandboxed:read_document"
FORM_TASK = "ocr_service.adapters.form_reading.sandboxed:read_pages"
BLANK_TASK = "ocr_service.adapters.imaging.blanks:read_blank_form"
OPENER_TASK = "ocr_service.adapters.imaging.opening:look_into_file"

_LANE_RETRY = Retry(attempts=5)  # a lane is woken again by whoever watches; each of its deaths costs one try


@dataclass(frozen=True, slots=True)
class Parts:
    """What the kernel and the assembly give. `blobs` are this service's own: another's sweeping must not meet
    them."""

    records: Records
    blobs: BlobStore
    jobs: Jobs
    audit: Audit
    clock: Clock
    shelf: FormShelf
    opener: ScanOpener
    reader: FormReader
    upload_limit: int  # bytes
    keys: Path  # folder of the key that signs what is published in the browser
    lanes: int = 2
    scan_folder: Path | None = None


@dataclass(frozen=True, slots=True)
class Forms:
    """The reading service, ready to be called by pages, HTTP, tasks and commands."""

    batches: Batches
    intake: Intake
    sheets: Sheets
    policies: Policies
    reading: Reading
    retention: Retention
    watching: Watching
    lanes: LaneWatch
    verification: Verification
    overviews: Overviews
    templates: Templates
    publishing: Publishing
    trials: Trials
    keyring: Keyring
    blanks: BlankReader
    export_profiles: ExportProfiles
    exporting: Exporting
    document_desk: DocumentDesk
    blobs: BlobStore


def build(parts: Parts) -> Forms:
    """Joins the services to their engines. Nothing is opened or started yet."""
    desk = sql_desk()
    calls = Calls(parts.jobs, parts.clock, parts.lanes)
    batches = Batches(desk, parts.shelf, calls, parts.audit, parts.clock)
    intake = Intake(desk, calls, parts.blobs, parts.audit, parts.clock, settle=batches.settle)
    policies = Policies(desk, parts.audit, parts.clock, parts.scan_folder)
    keyring = Keyring(parts.audit, parts.clock)
    cabinet, entries = FormCabinet(parts.shelf), SqlVerification()
    deciding = Deciding(
        desk, entries, cabinet, parts.audit, parts.clock, settle=batches.settle, postal=_places_of
    )
    return Forms(
        batches=batches,
        intake=intake,
        sheets=Sheets(desk, parts.shelf, parts.blobs, parts.audit, settle=batches.settle),
        policies=policies,
        reading=Reading(
            parts.records,
            desk,
            parts.shelf,
            parts.reader,
            parts.blobs,
            clock=parts.clock,
            calls=calls,
            settle=batches.settle,
        ),
        retention=Retention(parts.records, desk, calls, parts.blobs, parts.audit, clock=parts.clock),
        watching=Watching(
            parts.records,
            desk,
            batches,
            intake,
            policies,
            blobs=parts.blobs,
            clock=parts.clock,
            largest=parts.upload_limit,
        ),
        lanes=LaneWatch(parts.records, desk, calls),
        verification=Verification(desk, entries, deciding, cabinet, parts.clock),
        overviews=Overviews(desk, SqlOverviews(), parts.shelf),
        templates=Templates(SqlTemplates(), keyring, parts.audit, parts.clock),
        publishing=Publishing(
            SqlTemplates(), keyring, HouseSigner(parts.keys, keyring), parts.audit, parts.clock
        ),
        trials=Trials(parts.opener, parts.reader),
        keyring=keyring,
        blanks=build_blank_reader(),
        export_profiles=ExportProfiles(SqlExports(), parts.shelf, parts.audit, parts.clock),
        exporting=_exporting(parts, desk),
        document_desk=DocumentDesk(
            parts.records,
            desk,
            SqlDocuments(),
            build_documents(),
            TablesBook(),
            blobs=parts.blobs,
            jobs=parts.jobs,
            audit=parts.audit,
            clock=parts.clock,
        ),
        blobs=parts.blobs,
    )


def _exporting(parts: Parts, desk: Desk) -> Exporting:
    return Exporting(
        parts.records,
        desk,
        SqlOverviews(),
        parts.shelf,
        SqlExports(),
        tables={
            ExportFormat.CSV: CsvWriter(),
            ExportFormat.EXCEL: ExcelWriter(),
            ExportFormat.JSON: JsonWriter(),
        },
        pdf=SearchablePdfWriter(),
        blobs=parts.blobs,
        audit=parts.audit,
        clock=parts.clock,
    )


def _places_of(code: str) -> tuple[str, ...]:
    """The places of a postal code; the directory (3 MB, 0.1 s) is read when the first is asked for."""
    return load_addresses().of_postal(code)


def lane_tasks(forms: Forms) -> dict[str, Task]:
    """The jobs of lanes, which threads of their own run: they take as long as pages wait."""
    read = ReadPages(forms.reading)
    return {read.name: Task(read, _LANE_RETRY)}


def tasks(forms: Forms, parts: Parts) -> dict[str, Task]:
    """All other background work of the service, by the name of its jobs."""
    opening = OpenFile(parts.records, forms.intake, parts.blobs, parts.opener)
    ends = (EraseBatch(forms.retention), SweepBlobs(forms.retention))
    document = ReadDocument(parts.records, forms.document_desk)
    told = {each.name: Task(each, gave_up=each.gave_up) for each in (opening, document)}
    return told | {each.name: Task(each) for each in ends}


def build_shelf() -> FormShelf:
    """The templates in the records."""
    return SqlTemplates()


def build_scan_opener(limits: Limits | None = None) -> ScanOpener:
    """Looks into files behind the sandbox."""
    return SandboxedScanOpener(Sandbox(limits or Limits()), OPENER_TASK)


def build_form_reader(clock: Clock, limits: Limits | None = None) -> FormReader:
    """Forms read behind the sandbox. A chunk of pages may take long; silence of one page may not."""
    return SandboxedFormReader(Sandbox(limits or Limits(wall_s=14_400.0, cpu_s=14_400)), FORM_TASK, clock)


def build_blank_reader(limits: Limits | None = None) -> BlankReader:
    """Takes in the blank form that a template is made from."""
    return SandboxedBlankReader(Sandbox(limits or Limits()), BLANK_TASK)


def build_documents(limits: Limits | None = None) -> Documents:
    """Documents without a template, read behind the sandbox."""
    sandbox = Sandbox(limits or Limits(wall_s=14_400.0, cpu_s=14_400))
    return Documents(SandboxedDocumentReader(sandbox, DOCUMENT_TASK), SearchablePdfWriter())


def tables_writer(file: Path) -> TablesWriter:
    """By the file's name: .csv, else a workbook."""
    return TablesCsv() if file.suffix.lower() == ".csv" else TablesBook()


def build_page_reader(limits: Limits | None = None) -> PageReader:
    """rapidocr behind the sandbox. Safe to import in the web process."""
    return SandboxedPageReader(Sandbox(limits or Limits()), PAGE_TASK)


def build_reading(limits: Limits | None = None) -> PageTexts:
    """The reading of single pages with its engine."""
    return PageTexts(build_page_reader(limits))
