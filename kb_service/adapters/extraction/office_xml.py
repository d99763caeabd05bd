"""What the three Office families share: runs of text in their XML, and opening a package."""

from collections.abc import Iterator
from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"


def drawing_paragraphs(root: Any) -> Iterator[str]:
    """Paragraphs of DrawingML (text boxes, shapes, SmartArt, charts) below an element, empty ones left out."""
    for paragraph in root.iter(f"{A}p"):
        if is_fallback(paragraph):
            continue
        text = "".join(
            (element.text or "") if element.tag == f"{A}t" else "\n"
            for element in paragraph.iter(f"{A}t", f"{A}br")
        )
        if text.strip():
            yield text


def is_fallback(element: Any) -> bool:
    """Inside the copy of a shape that is kept for old programs: its text is there twice."""
    return any(parent.tag == _FALLBACK for parent in element.iterancestors(_FALLBACK))
