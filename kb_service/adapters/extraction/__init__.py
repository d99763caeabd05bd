"""Text out of attached files, one module for each family. `SandboxedExtractor` stays outside the sandbox and
imports no engine; everything else here runs inside."""

from kb_service.adapters.extraction.extractor import SandboxedExtractor
from kb_service.adapters.extraction.source import Bounds

__all__ = ["Bounds", "SandboxedExtractor"]
