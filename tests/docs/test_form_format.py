"""docs/form-format.md and the published schema say what the program takes."""

import json
import re
from base64 import b64encode
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest

from ocr_service.models.fields import Characters, Field, FieldType
from ocr_service.models.forms import CheckKind
from ocr_service.rules import form_rules
from ocr_service.schemas.form_schema import SCHEMA, inlined
from ocr_service.schemas.forms import LARGEST_FILE, read_document
from tests.fakes.templates import png

PAGE = (Path(__file__).parents[2] / "docs" / "form-format.md").read_text(encoding="utf-8")


def example() -> dict[str, Any]:
    found = re.search(r"```json\n(.*?)```", PAGE, flags=re.S)
    assert found is not None
    content: dict[str, Any] = json.loads(found[1])
    return content


def test_the_example_is_sound() -> None:
    content = example()
    content["pages"][0]["image"] = b64encode(png(1654, 2339)).decode()
    form = read_document(content).form
    assert [each.name for each in form.every_field()][-3:] == [f"items[{row}].amount" for row in (1, 2, 3)]


def named(heading: str) -> set[str]:
    """What the first columns of the tables under a heading name."""
    section = PAGE.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    rows = re.findall(r"^\| ([^|]+) \|", section, flags=re.M)
    return {name for row in rows for name in re.findall(r"`(\w+)`", row)}


def test_every_property_of_a_field_is_described() -> None:
    assert set(Field.__slots__) | {each.value for each in FieldType} == named("A field")
    assert set(SCHEMA["$defs"]["field"]["properties"]) == set(Field.__slots__)


def test_every_kind_of_check_is_described() -> None:
    assert named("A check") == {each.value for each in CheckKind}


@pytest.mark.parametrize(
    ("pointer", "words"),
    [
        (("$defs", "field", "properties", "type"), FieldType),
        (("$defs", "field", "properties", "characters", "items"), Characters),
        (("properties", "checks", "items", "properties", "kind"), CheckKind),
    ],
)
def test_the_schema_knows_every_word(pointer: tuple[str, ...], words: type[StrEnum]) -> None:
    node: Any = SCHEMA
    for step in pointer:
        node = node[step]
    assert node["enum"] == [each.value for each in words]


def test_the_limits_are_the_programs() -> None:
    for number in (form_rules.MOST_PAGES, form_rules.MOST_FIELDS, form_rules.MOST_CHECKS):
        assert f"{number:,} " in PAGE
    assert f"{LARGEST_FILE // 1_000_000} MB" in PAGE
    assert SCHEMA["properties"]["pages"]["maxItems"] == form_rules.MOST_PAGES
    assert SCHEMA["properties"]["checks"]["maxItems"] == form_rules.MOST_CHECKS


def test_the_schema_can_stand_inside_another_document() -> None:
    text = json.dumps(inlined())
    assert "$ref" not in text and "$defs" not in text and "$id" not in text
