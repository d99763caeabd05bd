"""Places for files without pages: sections of a bounded length, named by their nearest heading."""

from collections.abc import Iterable

from kb_service.models.attachments import Place, PlaceKind, TextPart

SECTION_CHARACTERS = 2_000


def sections(paragraphs: Iterable[tuple[str, str]], size: int = SECTION_CHARACTERS) -> list[TextPart]:
    """Parts of about `size` characters out of (heading, text) pairs. A new heading begins a new section once
    the last has a quarter of the size; a paragraph longer than `size` is cut."""
    parts: list[TextPart] = []
    label, held, length = "", list[str](), 0

    def close() -> None:
        nonlocal held, length
        text = "\n".join(held).strip("\n")
        if text.strip():
            parts.append(TextPart(Place(PlaceKind.SECTION, len(parts) + 1, label), text))
        held, length = [], 0

    for heading, paragraph in paragraphs:
        if length and (length + len(paragraph) > size or (heading != label and length > size // 4)):
            close()
        if not length:
            label = heading
        for start in range(0, max(1, len(paragraph)), size):
            if start:
                close()
                label = heading
            held.append(paragraph[start : start + size])
            length += len(held[-1]) + 1
    close()
    return parts
