"""What one service needs of another, joined here so that they stay strangers."""

from kb_service.adapters.extraction import SandboxedExtractor
from kb_service.ports.extraction import TextExtractor
from kernel.sandbox import Limits, Sandbox
from ocr_service.wiring import PAGE_READER


def extractor(limits: Limits | None = None) -> TextExtractor:
    """The bank's text extraction with the reading service's OCR. Both are names that only the sandboxed
    process imports: no engine is loaded here."""
    return SandboxedExtractor(Sandbox(limits or Limits()), PAGE_READER)
