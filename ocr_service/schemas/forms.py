"""The exported template, one JSON file (docs/form-format.md, form.schema.json): reading and writing."""

import json
from base64 import b64decode
from binascii import Error as NoBase64
from dataclasses import dataclass
from typing import Any

from kernel.errors import Invalid, Problem, Text
from ocr_service.models.fields import Box, Characters, Choice, Field, FieldType, Table, Writing
from ocr_service.models.forms import Check, CheckKind, Form, FormPage
from ocr_service.rules import form_rules
from ocr_service.rules.form_document import FORMAT, document
from ocr_service.schemas.documents import Node

LARGEST_FILE = 40_000_000  # bytes


@dataclass(frozen=True, slots=True)
class FormFile:
    """A template file: the content, and the signed envelope that came with it as JSON, "" = unsigned."""

    form: Form
    envelope: str = ""


def write_file(form: Form, envelope: str = "") -> bytes:
    """The exported file: indented UTF-8 JSON. `read_file` is its inverse."""
    content = document(form)
    if envelope:
        content["envelope"] = json.loads(envelope)
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


def read_file(data: bytes) -> FormFile:
    """Raises Invalid with a problem for every place that is wrong."""
    if len(data) > LARGEST_FILE:
        raise _invalid((Problem("", _TOO_LARGE),))
    try:
        content = json.loads(data.decode("utf-8-sig"), object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise _invalid((Problem("", _NO_JSON),)) from error
    return read_document(content)


def read_document(content: Any, *, draft: bool = False) -> FormFile:
    """A parsed JSON document, as `read_file`. `draft`: it may have no field yet."""
    found: list[Problem] = []
    root = Node(content, "", found)
    form = _form(root)
    envelope = root.mapping("envelope")
    if not found:
        found.extend(form_rules.problems(form, draft=draft))
    if found:
        raise _invalid(tuple(found[: form_rules.MOST_PROBLEMS]))
    return FormFile(form, json.dumps(envelope, ensure_ascii=False, sort_keys=True) if envelope else "")


def read_stored(data: bytes) -> Form:
    """A document that was checked when it was stored: its pictures and rules are not looked at again."""
    found: list[Problem] = []
    form = _form(Node(json.loads(data), "", found))
    if found:
        raise _invalid(tuple(found))
    return form


def _form(root: Node) -> Form:
    root.only("format", "name", "title", "description", "pages", "checks", "envelope")
    if root.text("format") != FORMAT:
        root.wrong("format", _OTHER_FORMAT.ja, _OTHER_FORMAT.en)
    return Form(
        name=root.text("name"),
        title=root.text("title"),
        description=root.text("description", ""),
        pages=tuple(_page(page) for page in root.items("pages")),
        checks=tuple(_check(check) for check in root.items("checks", optional=True)),
    )


def ensure_sound(form: Form) -> None:
    """Raises Invalid as `read_file` does, for a form that was put together elsewhere."""
    found = form_rules.problems(form)
    if found:
        raise _invalid(found)


def _page(page: Node) -> FormPage:
    page.only("number", "width", "height", "dpi", "image", "fields", "tables")
    return FormPage(
        number=page.whole("number"),
        width=page.number("width"),
        height=page.number("height"),
        dpi=page.whole("dpi"),
        image=_picture(page),
        fields=tuple(_field(field) for field in page.items("fields", optional=True)),
        tables=tuple(_table(table) for table in page.items("tables", optional=True)),
    )


def _picture(page: Node) -> bytes:
    try:
        return b64decode(page.text("image"), validate=True)
    except (NoBase64, ValueError):
        page.wrong("image", "base64で書かれた画像ではありません。", "This is no picture in base64.")
        return b""


def _table(table: Node) -> Table:
    table.only("name", "label", "tops", "columns")
    return Table(
        name=table.text("name"),
        label=table.text("label"),
        columns=tuple(_field(column) for column in table.items("columns")),
        tops=table.numbers("tops"),
    )


def _field(field: Node) -> Field:
    field.only(*_FIELD)
    return Field(
        name=field.text("name"),
        label=field.text("label"),
        type=field.one_of("type", FieldType, FieldType.TEXT),
        box=_box(field.node("box")),
        writing=field.one_of("writing", Writing, Writing.HANDWRITTEN, optional=True),
        required=field.truth("required"),
        cells=field.whole("cells", 0),
        lines=field.whole("lines", 1),
        characters=frozenset(
            each
            for each in (node.as_one_of(Characters) for node in field.items("characters", optional=True))
            if each
        ),
        pattern=field.text("pattern", ""),
        least=field.whole("least", 0),
        most=field.whole("most", 0),
        choices=tuple(_choice(choice) for choice in field.items("choices", optional=True)),
        several=field.truth("several"),
        era_field=field.text("era_field", ""),
        replacements=tuple(_pair(pair) for pair in field.items("replacements", optional=True)),
    )


_FIELD = (
    "name", "label", "type", "box", "writing", "required", "cells", "lines", "characters", "pattern",
    "least", "most", "choices", "several", "era_field", "replacements",
)  # fmt: skip


def _choice(choice: Node) -> Choice:
    choice.only("value", "label", "box")
    return Choice(choice.text("value"), choice.text("label"), _box(choice.node("box")))


def _box(box: Node) -> Box:
    box.only("x", "y", "width", "height")
    return Box(box.number("x"), box.number("y"), box.number("width"), box.number("height"))


def _pair(pair: Node) -> tuple[str, str]:
    texts = pair.as_texts()
    if len(texts) != 2:
        pair.wrong("", "[読んだ文字, 正しい文字] の二つを書いてください。", "Give a pair: [read, meant].")
        return ("", "")
    return (texts[0], texts[1])


def _check(check: Node) -> Check:
    check.only("kind", "fields", "value", "message_ja", "message_en")
    fields = check.node("fields")
    return Check(
        kind=check.one_of("kind", CheckKind, CheckKind.SAME),
        fields=tuple(fields.as_texts()),
        value=check.text("value", ""),
        message_ja=check.text("message_ja", ""),
        message_en=check.text("message_en", ""),
    )


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) != len(pairs):
        raise ValueError("a property is there twice")
    return content


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _invalid(found: tuple[Problem, ...]) -> Invalid:
    first = found[0].text
    return Invalid(
        Text(
            f"様式の内容に誤りが{len(found)}か所あります。示された箇所を直してください。最初の誤り: {first.ja}",
            f"The template has {len(found)} mistakes. Correct the places shown. The first: {first.en}",
        ),
        found,
    )


_TOO_LARGE = Text(
    f"ファイルが大きすぎます（{LARGEST_FILE // 1_000_000}MBまで）。",
    f"The file is larger than {LARGEST_FILE // 1_000_000} MB.",
)
_NO_JSON = Text(
    "JSONとして読めません。文字コードはUTF-8にし、同じ名前を二度書かないでください。",
    "This is no JSON in UTF-8, or a property is there twice.",
)
_OTHER_FORMAT = Text(
    f"様式のファイルではありません（format が {FORMAT} ではありません）。",
    f"This is no template file: format is not {FORMAT}.",
)
