"""What runs inside the sandbox: tells what a file is and hands it to its family."""

import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from kb_service.adapters.extraction import media_types as media
from kb_service.adapters.extraction.source import Bounds, Found, ReadPixels, Source, Tools
from kb_service.models.attachments import TextPart
from kernel.errors import Text

_PACKAGE = "kb_service.adapters.extraction"
# Engines are slow to import: only the family that is needed is loaded.
_FAMILIES = {
    media.PDF: "pdf:read_pdf",
    media.WORD: "word:read_word",
    media.EXCEL: "excel:read_excel",
    media.EXCEL_97: "excel_97:read_excel_97",
    media.POWERPOINT: "powerpoint:read_powerpoint",
    media.HTML: "html:read_html",
    media.CSV: "plain_text:read_csv",
    media.TSV: "plain_text:read_csv",
    media.MARKDOWN: "plain_text:read_markdown",
    media.PLAIN: "plain_text:read_plain",
}
_MAILS = {media.MAIL: "mail:read_mail", media.OUTLOOK: "mail:read_outlook"}


def read_file(
    arguments: Mapping[str, Any], files: Sequence[Path], progress: Callable[[int, int], None]
) -> dict[str, Any]:
    """The sandbox task. Arguments: name, ocr (dotted path of a function that opens a reader of pixels, or
    None), bounds. Raises Unreadable."""
    ocr = arguments["ocr"]
    open_ocr = (lambda: _opened(ocr)) if ocr else None
    tools = Tools(Bounds(**arguments["bounds"]), progress, open_ocr)
    source = Source(files[0], arguments["name"], tools)
    media_type, found = _read(source)
    _keep_within(source, media_type, found)
    return {
        "media_type": media_type,
        "title": found.title,
        "parts": [_part_to_json(part) for part in found.parts],
        "notes": [{"ja": note.ja, "en": note.en} for note in found.notes],
    }


def _opened(path: str) -> ReadPixels:
    reader: ReadPixels = _function(path)()
    return reader


def _read(source: Source) -> tuple[str, Found]:
    media_type = media.tell_media_type(source.file, source.name, source.tools.bounds.unpacked_bytes)
    if media_type in _MAILS:
        family = _function(f"{_PACKAGE}.{_MAILS[media_type]}")
        found = family(source, lambda nested: _read(nested)[1])
    elif media_type.startswith("image/"):
        found = _function(f"{_PACKAGE}.image:read_image")(source)
    else:
        found = _function(f"{_PACKAGE}.{_FAMILIES[media_type]}")(source)
    return media_type, found


def _keep_within(source: Source, media_type: str, found: Found) -> None:
    """Leaves out the text beyond the bounds and says so."""
    bounds = source.tools.bounds
    left = bounds.characters
    for number, part in enumerate(found.parts):
        if len(part.text) > left:
            found.parts[number:] = [replace(part, text=part.text[:left])] if left else []
            break
        left -= len(part.text)
    else:
        if not media_type.startswith("text/") or source.file.stat().st_size <= bounds.text_bytes:
            return
    found.notes.append(
        Text(
            "文字が多いため、途中までを読み取りました。残りも検索したい場合は、分割して添付してください。",
            "There is too much text; only the first was read. Split the file to have the rest searched.",
        )
    )


def _function(path: str) -> Any:
    module, _, name = path.partition(":")
    return getattr(importlib.import_module(module), name)


def _part_to_json(part: TextPart) -> dict[str, Any]:
    return {
        "kind": part.place.kind.value,
        "number": part.place.number,
        "label": part.place.label,
        "text": part.text,
        "by_ocr": part.by_ocr,
    }
