"""The one place where the reading service chooses its engine."""

from kernel.sandbox import Limits, Sandbox
from ocr_service.adapters.sandboxed_reader import SandboxedPageReader
from ocr_service.service import Reading

# Names, not imports: the engine (about 1 s and 200 MB) is loaded in the sandboxed process alone.
PAGE_TASK = "ocr_service.adapters.rapidocr.sandboxed:read_file"
PAGE_READER = "ocr_service.adapters.rapidocr.sandboxed:open_page_reader"


def build_reading(limits: Limits | None = None) -> Reading:
    """The service with rapidocr behind the sandbox. Safe to import in the web process."""
    return Reading(SandboxedPageReader(Sandbox(limits or Limits()), PAGE_TASK))
