"""Word: paragraphs, tables, text boxes, headers, footers, foot- and endnotes."""

import re
from collections.abc import Iterator
from typing import Any

import docx
from docx.opc.exceptions import OpcError
from lxml import etree

from kb_service.adapters.extraction import refusals
from kb_service.adapters.extraction.cleaning import clean
from kb_service.adapters.extraction.office_xml import W, is_fallback
from kb_service.adapters.extraction.plain_text import joined_cells
from kb_service.adapters.extraction.sections import sections
from kb_service.adapters.extraction.source import DAMAGE, Found, Source

_BROKEN: tuple[type[Exception], ...] = (OpcError, etree.LxmlError, *DAMAGE)
_HEADING_STYLE = re.compile(r"(?:heading|見出し)\s*\d*", re.I)
_OTHER_PARTS = re.compile(r"/(header|footer|footnotes|endnotes|comments)\d*\.xml$")
_SKIPPED = {f"{W}delText", f"{W}instrText"}


def read_word(source: Source) -> Found:
    """Sections named by the nearest heading; headers, footers and notes come last, each text once."""
    try:
        document = docx.Document(str(source.file))
        paragraphs = list(_body(document))
        paragraphs += _other_parts(document)
        title = clean(document.core_properties.title or "")
    except _BROKEN as error:
        raise refusals.damaged(source.name, "Word文書", "a Word file") from error
    first = next((heading for heading, _ in paragraphs if heading), "")
    return Found(sections(paragraphs), title or first)


def _body(document: Any) -> Iterator[tuple[str, str]]:
    headings = {style.style_id for style in document.styles if _HEADING_STYLE.match(style.name or "")}
    heading = ""
    for block in document.element.body:
        lines = list(_block_lines(block))
        style = block.find(f"{W}pPr/{W}pStyle")
        if style is not None and style.get(f"{W}val") in headings and lines:
            heading = lines[0]
        for line in lines:
            yield heading, line


def _block_lines(block: Any) -> Iterator[str]:
    """Lines of a paragraph, of a table row by row, or of what a content control or a change holds."""
    if block.tag == f"{W}p":
        yield from _paragraph_lines(block)
    elif block.tag == f"{W}tbl":
        yield from _table_lines(block)
    else:
        for child in block:
            if child.tag in (f"{W}sdtContent", f"{W}p", f"{W}tbl", f"{W}sdt", f"{W}ins"):
                yield from _block_lines(child)


def _table_lines(table: Any) -> Iterator[str]:
    for row in table.iter(f"{W}tr"):
        if next(row.iterancestors(f"{W}tbl")) is not table:
            continue  # of a table within a cell: its text comes with that cell
        cells = []
        for cell in row.iter(f"{W}tc"):
            if next(cell.iterancestors(f"{W}tr")) is row:
                paragraphs = [_text(paragraph) for paragraph in cell.iter(f"{W}p")]
                cells.append(" ".join(text for text in paragraphs if text))
        line = clean(joined_cells(cells))
        if line:
            yield line


def _paragraph_lines(paragraph: Any) -> Iterator[str]:
    """The paragraph's own text, then that of the text boxes anchored in it."""
    own = _text(paragraph)
    if own:
        yield own
    for box in paragraph.iter(f"{W}txbxContent"):
        if not is_fallback(box):
            for child in box:
                yield from _block_lines(child)


def _text(paragraph: Any) -> str:
    """Runs of one paragraph without those of text boxes in it and without deleted text."""
    pieces = []
    for element in paragraph.iter(f"{W}t", f"{W}tab", f"{W}br", f"{W}cr", f"{W}noBreakHyphen"):
        if next(element.iterancestors(f"{W}p")) is not paragraph:
            continue
        if element.tag == f"{W}t":
            pieces.append(element.text or "")
        elif element.tag == f"{W}noBreakHyphen":
            pieces.append("-")
        elif element.getparent().tag == f"{W}r":
            pieces.append("\t" if element.tag == f"{W}tab" else "\n")
    return clean("".join(pieces))


def _other_parts(document: Any) -> list[tuple[str, str]]:
    """Headers, footers, notes and comments, each line once however many sections repeat it."""
    lines: dict[tuple[str, str], None] = {}
    for part in document.part.package.iter_parts():
        kind = _OTHER_PARTS.search(str(part.partname))
        if kind:
            for paragraph in etree.fromstring(part.blob, _parser()).iter(f"{W}p"):
                text = _text(paragraph)
                if text:
                    lines[(_LABELS[kind[1]], text)] = None
    return list(lines)


_LABELS = {
    "header": "ヘッダー",
    "footer": "フッター",
    "footnotes": "脚注",
    "endnotes": "文末脚注",
    "comments": "コメント",
}


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True)
