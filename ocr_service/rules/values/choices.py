"""Marks: choices, check boxes, seals."""

from ocr_service.models.fields import CHECKED, Field
from ocr_service.rules.values.widths import cleaned, narrow

SEPARATOR = "|"
_TICKED = frozenset(["1", "✓", "✔", "☑", "■", "レ", "×", "✕", "○", "有", "あり", "はい", "true", "on", "yes"])


def choice(field: Field, text: str) -> str:
    """The values of the choices that were marked, in the template's order, joined by "|". What names no choice
    by value or label stays as it was written."""
    plain = cleaned(text)
    wanted = [part.strip() for part in plain.split(SEPARATOR) if part.strip()]
    known = {each.label: each.value for each in field.choices if each.label}
    known |= {each.value: each.value for each in field.choices}
    if not all(part in known for part in wanted):
        return plain
    marked = {known[part] for part in wanted}
    return SEPARATOR.join(each.value for each in field.choices if each.value in marked)


def chosen(value: str) -> tuple[str, ...]:
    """The values in a choice field's normal form."""
    return tuple(part for part in value.split(SEPARATOR) if part)


def mark(text: str) -> str:
    """CHECKED or "": everything that people and programs use for a tick counts as one."""
    return CHECKED if narrow(cleaned(text)).lower() in _TICKED else ""
