"""The one place where the reading service chooses its engine."""

from kernel.sandbox import Limits, Sandbox
from ocr_service.adapters.sandboxed_reader import SandboxedPageReader
from ocr_service.ports.page_reading import PageReader
from ocr_service.service.page_reading import Reading

# Names, not imports: the engine (about 1 s and 200 MB) is loaded in the sandboxed process alone.
PAGE_TASK = "ocr_service.adapters.rapidocr.sandboxed:read_file"
PAGE_READER = "ocr_service.adapters.rapidocr.sandboxed:open_page_reader"


def build_page_reader(limits: Limits | None = None) -> PageReader:
    """rapidocr behind the sandbox. Safe to import in the web process."""
    return SandboxedPageReader(Sandbox(limits or Limits()), PAGE_TASK)


def build_reading(limits: Limits | None = None) -> Reading:
    """The service with its engine."""
    return Reading(build_page_reader(limits))
