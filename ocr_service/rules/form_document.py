"""A form as the JSON document that is exported, signed and stored. `ocr_service.schemas.forms` is its inverse."""

from base64 import b64encode
from hashlib import sha256
from typing import Any

import rfc8785

from ocr_service.models.fields import Box, Choice, Field, Table, Writing
from ocr_service.models.forms import Check, Form, FormPage

FORMAT = "chienowa-form/1"


def document(form: Form) -> dict[str, Any]:
    """The content of a template without its envelope. What equals its default is left out, so that a digest
    stands when the format gains a property."""
    return _some(
        {
            "format": FORMAT,
            "name": form.name,
            "title": form.title,
            "description": form.description,
            "pages": [_page(page) for page in form.pages],
            "checks": [_check(check) for check in form.checks],
        },
        keep=("format", "name", "title", "pages"),
    )


def canonical(form: Form) -> bytes:
    """RFC 8785 bytes of the document: the same for the same content everywhere."""
    return rfc8785.dumps(document(form))


def digest(form: Form) -> str:
    """SHA-256 of the canonical bytes, hexadecimal."""
    return sha256(canonical(form)).hexdigest()


def _page(page: FormPage) -> dict[str, Any]:
    return _some(
        {
            "number": page.number,
            "width": page.width,
            "height": page.height,
            "dpi": page.dpi,
            "image": b64encode(page.image).decode(),
            "fields": [field_document(field) for field in page.fields],
            "tables": [_table(table) for table in page.tables],
        },
        keep=("number", "width", "height", "dpi", "image"),
    )


def _table(table: Table) -> dict[str, Any]:
    return {
        "name": table.name,
        "label": table.label,
        "tops": list(table.tops),
        "columns": [field_document(column) for column in table.columns],
    }


def field_document(field: Field) -> dict[str, Any]:
    """One field or column of the document."""
    return _some(
        {
            "name": field.name,
            "label": field.label,
            "type": field.type.value,
            "writing": "" if field.writing is Writing.HANDWRITTEN else field.writing.value,
            "box": _box(field.box),
            "required": field.required,
            "cells": field.cells,
            "lines": 0 if field.lines == 1 else field.lines,
            "characters": sorted(each.value for each in field.characters),
            "pattern": field.pattern,
            "least": field.least,
            "most": field.most,
            "choices": [_choice(choice) for choice in field.choices],
            "several": field.several,
            "era_field": field.era_field,
            "replacements": [list(pair) for pair in field.replacements],
        },
        keep=("name", "label", "type", "box"),
    )


def _choice(choice: Choice) -> dict[str, Any]:
    return {"value": choice.value, "label": choice.label, "box": _box(choice.box)}


def _box(box: Box) -> dict[str, float]:
    return {"x": box.x, "y": box.y, "width": box.width, "height": box.height}


def _check(check: Check) -> dict[str, Any]:
    return _some(
        {
            "kind": check.kind.value,
            "fields": list(check.fields),
            "value": check.value,
            "message_ja": check.message_ja,
            "message_en": check.message_en,
        },
        keep=("kind", "fields"),
    )


def _some(properties: dict[str, Any], keep: tuple[str, ...]) -> dict[str, Any]:
    return {name: value for name, value in properties.items() if value or name in keep}
