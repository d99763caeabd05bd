"""PowerPoint: shapes, groups, tables, charts, SmartArt and the speaker's notes, slide by slide."""

from collections.abc import Iterator
from typing import Any

import pptx
from lxml import etree
from pptx.exc import PythonPptxError

from kb_service.adapters.extraction import refusals
from kb_service.adapters.extraction.cleaning import clean
from kb_service.adapters.extraction.office_xml import drawing_paragraphs
from kb_service.adapters.extraction.plain_text import joined_cells
from kb_service.adapters.extraction.source import DAMAGE, Found, Source
from kb_service.models.attachments import Place, PlaceKind, TextPart

_BROKEN: tuple[type[Exception], ...] = (PythonPptxError, etree.LxmlError, *DAMAGE)


def read_powerpoint(source: Source) -> Found:
    """A part for each slide with text, labelled by its title."""
    tools = source.tools
    try:
        show = pptx.Presentation(str(source.file))
        found = Found([], clean(show.core_properties.title or ""))
        slides = list(show.slides)
        for number, slide in enumerate(slides, 1):
            tools.progress(number - 1, len(slides))
            title = clean(slide.shapes.title.text_frame.text) if slide.shapes.title is not None else ""
            text = clean("\n".join(_slide_lines(slide)))
            if text:
                place = Place(PlaceKind.SLIDE, number, title.replace("\n", " "))
                found.parts.append(TextPart(place, text))
        tools.progress(len(slides), len(slides))
    except _BROKEN as error:
        raise refusals.damaged(source.name, "PowerPoint", "a PowerPoint file") from error
    if not found.title and found.parts:
        found.title = found.parts[0].place.label
    return found


def _slide_lines(slide: Any) -> Iterator[str]:
    for shape in slide.shapes:
        yield from _shape_lines(shape)
    yield from _related_lines(slide)
    if slide.has_notes_slide:
        frame = slide.notes_slide.notes_text_frame
        if frame is not None and frame.text.strip():
            yield frame.text


def _shape_lines(shape: Any) -> Iterator[str]:
    """One text for each shape, one line for each table row."""
    if getattr(shape, "has_table", False):
        for row in shape.table.rows:
            line = joined_cells([cell.text_frame.text for cell in row.cells])
            if line:
                yield line
    else:  # a group's XML holds that of its members in their order
        yield from drawing_paragraphs(shape.element)


def _related_lines(slide: Any) -> Iterator[str]:
    """Text that lies in parts beside the slide: SmartArt and charts."""
    for relation in slide.part.rels.values():
        kind = relation.reltype.rsplit("/", 1)[-1]
        if relation.is_external or kind not in ("diagramData", "chart"):
            continue
        root = etree.fromstring(
            relation.target_part.blob, etree.XMLParser(resolve_entities=False, no_network=True)
        )
        yield from drawing_paragraphs(root)
        yield from _chart_labels(root)


def _chart_labels(root: Any) -> Iterator[str]:
    """Names of series and categories, as the chart's cache keeps them."""
    chart = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
    seen: dict[str, None] = {}
    for cache in root.iter(f"{chart}strCache"):
        for value in cache.iter(f"{chart}v"):
            if (value.text or "").strip():
                seen[value.text] = None
    if seen:
        yield " | ".join(seen)
