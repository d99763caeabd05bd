"""JSON: an array of forms, each field with its value, what was read, how surely, and who decided."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ocr_service.models.exports import ExportSettings, FilledForm
from ocr_service.models.forms import Form


class JsonWriter:
    """A TableWriter. Columns choose which fields are given; their headings play no part."""

    def write(self, file: Path, form: Form, filled: Iterable[FilledForm], settings: ExportSettings) -> None:
        wanted = {column.field for column in settings.columns}
        with file.open("w", encoding="utf-8", newline="\n") as out:
            out.write("[")
            for number, each in enumerate(filled):
                out.write(",\n" if number else "\n")
                json.dump(_form(form, each, wanted), out, ensure_ascii=False)
            out.write("\n]\n")


def _form(form: Form, filled: FilledForm, wanted: set[str]) -> dict[str, Any]:
    return {
        "file": filled.file,
        "pages": list(filled.positions),
        "template": {"name": form.name, "title": form.title, "version": filled.version},
        "fields": {
            cell.field: {
                "value": cell.value,
                "raw": cell.raw,
                "confidence": round(cell.confidence, 4),
                "state": cell.state,
                "flags": list(cell.flags),
                "decided_by": cell.decided_by,
            }
            for cell in filled.cells
            if not wanted or cell.field in wanted
        },
    }
