"""The service's values as JSON and back."""

from collections.abc import Mapping
from typing import Any

from ocr_service.models.pages import PageText, TextLine


def page_to_json(page: PageText) -> dict[str, Any]:
    """JSON-able form of a page; `page_from_json` is its inverse."""
    return {
        "width": page.width,
        "height": page.height,
        "rotation": page.rotation,
        "rows": [
            [{"box": line.box, "text": line.text, "confidence": line.confidence} for line in row]
            for row in page.rows
        ],
    }


def page_from_json(data: Mapping[str, Any]) -> PageText:
    """A page out of what `page_to_json` made."""
    return PageText(
        data["width"],
        data["height"],
        tuple(tuple(_line(line) for line in row) for row in data["rows"]),
        data["rotation"],
    )


def _line(data: Mapping[str, Any]) -> TextLine:
    a, b, c, d = ((float(x), float(y)) for x, y in data["box"])
    return TextLine((a, b, c, d), str(data["text"]), float(data["confidence"]))
