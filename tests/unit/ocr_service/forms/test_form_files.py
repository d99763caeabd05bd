"""The exported template: writing and reading are inverse, and every bad place is told."""

import json
import time
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.errors import Invalid
from ocr_service.models.fields import Box, Choice, Field, FieldType, Table
from ocr_service.models.forms import Check, CheckKind, Form
from ocr_service.rules import form_rules
from ocr_service.rules.form_document import digest, document
from ocr_service.schemas.forms import read_document, read_file, write_file
from tests.fakes.templates import A4, BOX, full_form, page, png, small_form, text_field


def pointers(error: Invalid) -> set[str]:
    return {problem.where for problem in error.problems}


def refused(content: Any) -> Invalid:
    with pytest.raises(Invalid) as caught:
        read_document(content)
    for problem in caught.value.problems:
        assert problem.text.ja and problem.text.en
    return caught.value


@pytest.mark.parametrize("form", [small_form(), full_form()])
def test_writing_and_reading_are_inverse(form: Form) -> None:
    envelope = '{"payload": "eA==", "payloadType": "x", "signatures": []}'
    assert read_file(write_file(form)).form == form
    there = read_file(write_file(form, envelope))
    assert (there.form, json.loads(there.envelope)) == (form, json.loads(envelope))
    assert digest(there.form) == digest(form)


finite = st.floats(0.5, 90, allow_nan=False)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(finite, finite, finite, finite, st.sampled_from(FieldType)), min_size=1, max_size=5),
    st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=20).filter(
        lambda text: text.strip() != ""
    ),
)
def test_any_sound_form_comes_back(boxes: list[tuple[float, ...]], label: str) -> None:
    fields = tuple(
        Field(
            f"f{number}",
            label,
            FieldType(kind),
            Box(x, y, width, height),
            choices=(Choice("髙", label, Box(x, y, width, height)),) if kind == FieldType.CHOICE else (),
        )
        for number, (x, y, width, height, kind) in enumerate(boxes)
    )
    form = Form("any", label, label, (page(*fields),))
    assert read_file(write_file(form)).form == form


def test_defaults_need_not_be_written() -> None:
    content = document(small_form())
    del content["pages"][0]["image"]
    assert set(content["pages"][0]["fields"][0]) == {"name", "label", "type", "box"}
    assert pointers(refused(content)) == {"/pages/0/image"}


@pytest.mark.parametrize(
    ("data", "where"),
    [
        (b"", ""),
        (b"\xff\xfe", ""),
        (b"[" * 100_000, ""),
        (b"[]", ""),
        (b'{"format": "chienowa-form/1", "format": "chienowa-form/1"}', ""),
        (b'{"format": NaN}', ""),
        (b'{"format": "other/1", "name": "a", "title": "a", "pages": []}', "/format"),
        (b'{"format": "chienowa-form/1", "name": "a", "title": "a", "pages": {}}', "/pages"),
        (b'{"format": "chienowa-form/1", "name": "a", "title": "a", "pages": []}', "/pages"),
        (b'{"format": "chienowa-form/1", "name": "a", "title": "a", "pages": [7]}', "/pages/0"),
    ],
)
def test_what_is_no_template(data: bytes, where: str) -> None:
    with pytest.raises(Invalid) as caught:
        read_file(data)
    assert where in pointers(caught.value)


def test_types_are_told_place_by_place() -> None:
    content = document(full_form())
    field = content["pages"][0]["fields"][2]
    field |= {
        "type": "nmae",
        "cells": "8",
        "required": 1,
        "characters": ["digits", "x"],
        "replacements": [["a"]],
    }
    field["box"]["x"] = 1e400
    content["pages"][0]["tables"][0]["tops"][1] = None
    content["checks"][0]["kind"] = "age"
    content["colour"] = "red"
    at = "/pages/0/fields/2"
    assert pointers(refused(content)) == {
        f"{at}/type", f"{at}/cells", f"{at}/required", f"{at}/characters/1", f"{at}/replacements/0", f"{at}/box/x",
        "/pages/0/tables/0/tops/1", "/checks/0/kind", "/colour",
    }  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_broken_documents_never_break_the_reader(data: st.DataObject) -> None:
    """Any value in any place is either accepted or told as Invalid."""
    content = document(full_form())
    for one in content["pages"]:
        one["image"] = "!"
    node: Any = content
    while True:
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        key = data.draw(st.sampled_from(keys))
        if not isinstance(node[key], dict | list) or not node[key] or data.draw(st.booleans()):
            break
        node = node[key]
    node[key] = data.draw(
        st.one_of(
            st.none(),
            st.booleans(),
            st.integers(),
            st.floats(),
            st.text(max_size=5),
            st.just([]),
            st.just({}),
        )
    )
    with pytest.raises(Invalid):
        read_document(content)


def faults(form: Form) -> set[str]:
    return {problem.where for problem in form_rules.problems(form)}


def with_field(**changes: Any) -> Form:
    return replace(small_form(), pages=(page(text_field(**changes)),))


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"box": Box(200, 10, 20, 5)}, "box"),
        ({"box": Box(-1, 10, 20, 5)}, "box"),
        ({"box": Box(10, 290, 20, 8)}, "box"),
        ({"box": Box(10, 10, 0.1, 8)}, "box"),
        ({"name": "Name"}, "name"),
        ({"name": "a" * 65}, "name"),
        ({"name": "名"}, "name"),
        ({"label": "  "}, "label"),
        ({"label": "a\x00"}, "label"),
        ({"cells": -1}, "cells"),
        ({"lines": 0}, "lines"),
        ({"least": 5, "most": 4}, "most"),
        ({"pattern": "("}, "pattern"),
        ({"pattern": "(a+)+b"}, "pattern"),
        ({"pattern": r"(\d|\w)*x(a|aa)*"}, "pattern"),
        ({"pattern": r"(.)\1"}, "pattern"),
        ({"pattern": "a" * 201}, "pattern"),
        ({"pattern": "(?=a)a"}, "pattern"),
        ({"pattern": "a{1,9999999999999}{5}"}, "pattern"),
        ({"choices": (Choice("a", "a", BOX),)}, "choices"),
        ({"type": FieldType.CHOICE}, "choices"),
        (
            {"type": FieldType.CHOICE, "choices": (Choice("a", "", BOX), Choice("a", "", BOX))},
            "choices/1/value",
        ),
        ({"type": FieldType.CHOICE, "choices": (Choice("a|b", "", BOX),)}, "choices/0/value"),
        ({"type": FieldType.CHOICE, "choices": (Choice("a", "", Box(300, 1, 1, 1)),)}, "choices/0/box"),
        ({"replacements": (("", "a"),)}, "replacements/0"),
        ({"era_field": "applicant"}, "era_field"),
        ({"type": FieldType.DATE, "era_field": "nowhere"}, "era_field"),
    ],
)
def test_fields_that_are_not_sound(changes: dict[str, Any], where: str) -> None:
    assert faults(with_field(**changes)) == {f"/pages/0/fields/0/{where}"}


@pytest.mark.parametrize(
    "pattern",
    [
        r"\d{3}-\d{4}",
        r"(令和|平成|昭和)\d{1,2}年\d{1,2}月\d{1,2}日",
        r"[A-Z]{2}\d{6}",
        r".*区.*",
        r"[ァ-ヴー]+(　[ァ-ヴー]+)?",
    ],
)
def test_usual_patterns_are_taken(pattern: str) -> None:
    assert faults(with_field(pattern=pattern)) == set()


def test_whatever_pattern_is_taken_ends_soon() -> None:
    for pattern in (r"\d+\d+x", r".*a.*b.*c", r"(\d{3},)*\d{1,3}x", r"(a|b|ab)?(a|b|ab)?(a|b|ab)?x"):
        try:
            form_rules.compiled(pattern)
        except ValueError:
            continue
        begun = time.monotonic()
        for value in ("1" * 200, "ab" * 100, "a" * 200, "123," * 50):
            form_rules.compiled(pattern).fullmatch(value)
        assert time.monotonic() - begun < 2


@pytest.mark.parametrize(
    "image",
    [
        b"",
        b"GIF89a",
        A4[:-20],
        A4[:2000],
        A4 + b"<script>",
        A4[:40] + b"\xff" + A4[41:],
        png(700, 1169),
        png(827, 1200),
    ],
)
def test_pictures_that_do_not_fit(image: bytes) -> None:
    form = replace(small_form(), pages=(replace(page(text_field()), image=image),))
    assert faults(form) == {"/pages/0/image"}


def test_names_are_there_once_in_the_whole_form() -> None:
    second = replace(page(text_field()), number=2)
    form = replace(small_form(), pages=(page(text_field(), text_field("b"), text_field("b")), second))
    assert faults(form) == {"/pages/0/fields/2/name", "/pages/1/fields/0/name"}


def test_the_last_row_of_a_table_is_on_the_page() -> None:
    table = Table("rows", "", (Field("a", "a", FieldType.TEXT, Box(10, 200, 20, 9)),), (200, 250, 289))
    form = replace(small_form(), pages=(page(tables=(table,)),))
    assert faults(form) == {"/pages/0/tables/0/columns/0/box"}
    assert faults(replace(form, pages=(page(tables=(replace(table, tops=(200, 250, 288)),)),))) == set()


def test_too_much_of_everything() -> None:
    many = tuple(text_field(f"f{number}") for number in range(1_001))
    assert faults(replace(small_form(), pages=(page(*many),))) == {"/pages"}
    wide = Table(
        "t", "", tuple(text_field(f"c{n}", box=Box(1, 1, 1, 1)) for n in range(11)), tuple(range(1, 100))
    )
    assert faults(replace(small_form(), pages=(page(tables=(wide,)),))) == {"/pages"}
    pages = tuple(page(text_field(f"f{n}"), number=n) for n in range(1, 22))
    assert faults(replace(small_form(), pages=pages)) == {"/pages"}


@pytest.mark.parametrize(
    ("check", "where"),
    [
        (Check(CheckKind.SAME, ("birth", "nowhere")), "/checks/0/fields/1"),
        (Check(CheckKind.SAME, ("birth",)), "/checks/0/fields"),
        (Check(CheckKind.AGE_FITS_DATE, ("birth", "age")), "/checks/0/fields/0"),
        (Check(CheckKind.TOTAL_IS_SUM, ("total", "family[].name")), "/checks/0/fields/1"),
        (Check(CheckKind.TOTAL_IS_SUM, ("family[].amount", "total")), "/checks/0/fields/0"),
        (Check(CheckKind.TOTAL_IS_SUM, ("total", "family[9].amount")), "/checks/0/fields/1"),
        (Check(CheckKind.SAME, ("birth", "family[1].birth"), value="x"), "/checks/0/value"),
        (Check(CheckKind.ONE_OF, ()), "/checks/0/fields"),
    ],
)
def test_checks_that_are_not_sound(check: Check, where: str) -> None:
    assert where in faults(replace(full_form(), checks=(check,)))


def test_the_full_form_is_sound() -> None:
    assert form_rules.problems(full_form()) == ()
    cell = full_form().field("family[2].birth")
    assert cell is not None and cell.era_field == "family[2].era"
