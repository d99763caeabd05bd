"""The knowledge bank's TextExtractor: a file goes into the sandbox, its text comes out."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from kb_service.adapters.extraction import refusals
from kb_service.adapters.extraction.source import Bounds
from kb_service.models.attachments import Place, PlaceKind, TextPart
from kb_service.ports.extraction import ExtractedText, Progress, Unreadable
from kernel.errors import Text
from kernel.sandbox import Refused, Sandbox, SandboxError, Unguarded

_TASK = "kb_service.adapters.extraction.reading:read_file"


class SandboxedExtractor:
    """Implements TextExtractor. Wiring: `SandboxedExtractor(Sandbox(Limits()), ocr_task)`, where `ocr_task` is
    the dotted path of a function that opens a reader of pixels (height × width × 3, uint8 → text), such as
    ocr_service.wiring.PAGE_READER, given by the assembly; None leaves images unread, with a note.

    It is called by workers. Nothing that parses a file is imported in this process."""

    def __init__(self, sandbox: Sandbox, ocr_task: str | None, bounds: Bounds | None = None) -> None:
        self._sandbox = sandbox
        self._ocr_task = ocr_task
        self._bounds = bounds or Bounds()

    def extract(self, file: Path, name: str, progress: Progress) -> ExtractedText:
        arguments = {"name": _shown_name(name), "ocr": self._ocr_task, "bounds": asdict(self._bounds)}
        try:
            return _extracted(self._sandbox.run(_TASK, arguments, [file], progress))
        except Refused as refused:
            raise Unreadable(refused.text) from refused
        except Unguarded:  # not the file's fault
            raise
        except SandboxError as failure:
            raise refusals.failed(_shown_name(name), failure.text) from failure


def _shown_name(name: str) -> str:
    """A file name fit to stand in a message."""
    printable = "".join(letter if letter.isprintable() else "�" for letter in name)
    return printable if len(printable) <= 120 else f"{printable[:60]}…{printable[-50:]}"


def _extracted(result: Mapping[str, Any]) -> ExtractedText:
    parts = tuple(
        TextPart(
            Place(PlaceKind(part["kind"]), part["number"], part["label"]), part["text"], by_ocr=part["by_ocr"]
        )
        for part in result["parts"]
    )
    notes = tuple(Text(note["ja"], note["en"]) for note in result["notes"])
    return ExtractedText(result["media_type"], parts, result["title"], notes)
