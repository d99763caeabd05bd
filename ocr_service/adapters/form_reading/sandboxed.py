"""What runs inside the sandbox: one scan, the forms that its pages may be, reading after reading out."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import cv2

from ocr_service.adapters.form_reading.fields import FieldReader
from ocr_service.adapters.form_reading.pages import PageReader, unreadable
from ocr_service.adapters.imaging.opening import Opened, open_scan
from ocr_service.adapters.lexicons.files import load_calibration, load_lexicons
from ocr_service.adapters.rapidocr.ctc import RapidOcrCtcReader
from ocr_service.models.readings import PageReading
from ocr_service.ports.form_reading import KnownForm, PageAddress, UnreadableScan, Wanted
from ocr_service.schemas.forms import read_file
from ocr_service.schemas.readings import reading_to_json


def read_pages(
    arguments: Mapping[str, Any], files: Sequence[Path], _progress: Callable[[int, int], None]
) -> Iterator[dict[str, Any]]:
    """A sandbox task. `files`: the scan, then the forms in the export format; `arguments`: name, today (ISO),
    forms [[template id, version]] in the files' order, pages [[member, number, template id, template page]].
    Gives schemas.readings.reading_to_json for each page."""
    forms = [
        KnownForm(str(template_id), str(version), read_file(file.read_bytes()).form)
        for (template_id, version), file in zip(arguments["forms"], files[1:], strict=True)
    ]
    threads = int(os.environ.get("OMP_NUM_THREADS", "1"))  # the sandbox says how many a task may use
    cv2.setNumThreads(threads)
    lexicons = load_lexicons()
    engine = RapidOcrCtcReader(threads)
    reader = PageReader(
        forms,
        FieldReader(engine, lexicons, load_calibration()),
        lexicons.addresses.of_postal,
        date.fromisoformat(arguments["today"]),
    )
    with open_scan(files[0], str(arguments["name"])) as scan:
        for member, number, template_id, template_page in arguments["pages"]:
            wanted = Wanted(PageAddress(str(member), int(number)), str(template_id), int(template_page))
            yield reading_to_json(_read(reader, scan, wanted))


def _read(reader: PageReader, scan: Opened, wanted: Wanted) -> PageReading:
    try:
        return reader.read(scan.page(wanted.address), wanted)
    except UnreadableScan as error:
        return unreadable(wanted.address, error.text)
