"""Pages of documents without a template as JSON and back."""

import base64
from collections.abc import Mapping
from typing import Any

from ocr_service.models.documents import DocumentPage


def page_to_json(page: DocumentPage) -> dict[str, Any]:
    """JSON-able; `page_from_json` is its inverse."""
    return {
        "name": page.name,
        "number": page.number,
        "picture": base64.b64encode(page.picture).decode("ascii"),
        "size": page.size,
        "lines": page.lines,
        "tables": page.tables,
        "text": page.text,
        "reason_ja": page.reason_ja,
        "reason_en": page.reason_en,
    }


def page_from_json(data: Mapping[str, Any]) -> DocumentPage:
    """A page out of what `page_to_json` made."""
    lines = []
    for box, text in data["lines"]:
        a, b, c, d = ((float(x), float(y)) for x, y in box)
        lines.append(((a, b, c, d), str(text)))
    width, height = data["size"]
    return DocumentPage(
        name=str(data["name"]),
        number=int(data["number"]),
        picture=base64.b64decode(data["picture"]),
        size=(int(width), int(height)),
        lines=tuple(lines),
        tables=tuple(tuple(tuple(map(str, row)) for row in table) for table in data["tables"]),
        text=str(data["text"]),
        reason_ja=str(data["reason_ja"]),
        reason_en=str(data["reason_en"]),
    )
