"""The published JSON Schema of template files, as it lies beside this module."""

import json
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("form.schema.json")
SCHEMA: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))


def inlined() -> dict[str, Any]:
    """The schema without references and an address of its own, to stand inside another document."""
    return {name: _inlined(value) for name, value in SCHEMA.items() if not name.startswith("$")}


def _inlined(value: Any) -> Any:
    if isinstance(value, list):
        return [_inlined(each) for each in value]
    if not isinstance(value, dict):
        return value
    reference = value.get("$ref")
    if reference is not None:
        return _inlined(SCHEMA["$defs"][reference.rpartition("/")[2]])
    return {name: _inlined(each) for name, each in value.items()}
