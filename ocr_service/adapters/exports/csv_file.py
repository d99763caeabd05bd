"""CSV as RFC 4180: lines end with CR LF, quotes are doubled. UTF-8 with a byte order mark, or CP932."""

import csv
from collections.abc import Iterable
from pathlib import Path

from ocr_service.models.exports import Encoding, ExportSettings, FilledForm
from ocr_service.models.forms import Form
from ocr_service.rules.tables import columns_of, encodable, guarded, rows_of

_CODECS = {Encoding.UTF8: "utf-8-sig", Encoding.CP932: "cp932"}


class CsvWriter:
    """A TableWriter."""

    def write(self, file: Path, form: Form, filled: Iterable[FilledForm], settings: ExportSettings) -> None:
        with file.open("w", encoding=_CODECS[settings.encoding], newline="") as out:
            writer = csv.writer(out, lineterminator="\r\n")
            if settings.header:
                headings = (column.heading for column in columns_of(form, settings))
                writer.writerow([encodable(heading, settings.encoding) for heading in headings])
            for row in rows_of(form, filled, settings):
                texts = row if settings.exact else map(guarded, row)
                writer.writerow([encodable(text, settings.encoding) for text in texts])
