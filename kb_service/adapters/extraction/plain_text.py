"""Text, Markdown and CSV."""

import csv
import io
import itertools
import re
from collections.abc import Iterator

from kb_service.adapters.extraction import refusals
from kb_service.adapters.extraction.cleaning import clean
from kb_service.adapters.extraction.encodings import decode
from kb_service.adapters.extraction.sections import sections
from kb_service.adapters.extraction.source import Found, Source
from kb_service.rules.joining import join_lines

_HEADING = re.compile(r"#{1,6}\s+(.+?)\s*#*$")
_FENCE = re.compile(r"\s*(?:```|~~~)")
_SAMPLE = 20_000


def _text(source: Source) -> str:
    text = decode(source.head())
    if text is None:
        raise refusals.unknown(source.name)
    return text


def read_plain(source: Source) -> Found:
    """Lines in sections; those that were broken to fit a page are joined."""
    text = join_lines(clean(_text(source)), over_blank_lines=True)
    return Found(sections(("", line) for line in text.split("\n")))


def read_markdown(source: Source) -> Found:
    """Source text as it is; sections are named by the nearest heading, the first heading is the title."""
    paragraphs = list(_headed(clean(_text(source)).split("\n")))
    title = next((heading for heading, _ in paragraphs if heading), "")
    return Found(sections(paragraphs), title)


def _headed(lines: list[str]) -> Iterator[tuple[str, str]]:
    heading, fenced = "", False
    for line in lines:
        if _FENCE.match(line):
            fenced = not fenced
        elif not fenced and (match := _HEADING.match(line)):
            heading = match[1]
        yield heading, line


def read_csv(source: Source) -> Found:
    """A row a line, cells parted by " | "; a quoted line break within a cell becomes a space."""
    text = _text(source).replace("\x00", "").lstrip("\ufeff")
    csv.field_size_limit(10_000_000)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        lines = [joined_cells(row) for row in itertools.islice(rows, source.tools.bounds.cells)]
    except csv.Error:  # unbalanced quotes over the limit of a cell: the lines themselves still say much
        lines = text.splitlines()
    written = clean("\n".join(line for line in lines if line.strip()))
    return Found(sections(("", line) for line in written.split("\n")))


def joined_cells(cells: list[str]) -> str:
    """One line for a row of a table; empty cells are left out."""
    return " | ".join(" ".join(cell.split()) for cell in cells if cell.strip())


def _delimiter(text: str) -> str:
    """The commonest candidate in the first lines."""
    sample = text[:_SAMPLE]
    return max(",\t;", key=sample.count)
