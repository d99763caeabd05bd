"""Trying a template on sample pages before it is used. Nothing is stored."""

from pathlib import Path

from kernel.errors import Invalid, Problem, Text
from ocr_service.models.forms import Form
from ocr_service.models.readings import PageReading
from ocr_service.ports.form_reading import FormReader, KnownForm, ScanOpener, Wanted

MOST_PAGES = 20
_TRIED = "trial"


class Trials:
    """Reads samples as a batch would, with one form alone."""

    def __init__(self, opener: ScanOpener, reader: FormReader) -> None:
        self._opener = opener
        self._reader = reader

    def run(self, form: Form, file: Path, name: str) -> tuple[PageReading, ...]:
        """The pages of a file in order; one that does not fit the form says so. No transaction may be open: this
        takes about a second a page. Raises UnreadableScan, Unavailable, Invalid for more than 20 pages."""
        pages = self._opener.contents(file, name).pages
        if len(pages) > MOST_PAGES:
            text = Text(
                f"試し読みは{MOST_PAGES}ページまでです（このファイルは{len(pages):,}ページ）。",
                f"A trial takes at most {MOST_PAGES} pages; this file has {len(pages):,}.",
            )
            raise Invalid(text, (Problem("file", text),))
        readings: list[PageReading] = []
        wanted = [Wanted(address) for address in pages]
        self._reader.read(file, wanted, [KnownForm(_TRIED, "", form)], readings.append)
        return tuple(readings)
