"""Filled forms as tables: columns, dates, encodings, formulas, pages joined to forms."""

import csv
import io
import json
from pathlib import Path

import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from ocr_service.adapters.exports.csv_file import CsvWriter
from ocr_service.adapters.exports.excel import ExcelWriter
from ocr_service.adapters.exports.json_file import JsonWriter
from ocr_service.adapters.exports.searchable_pdf import SearchablePdfWriter
from ocr_service.models.exports import (
    Column,
    DateStyle,
    Encoding,
    ExportSettings,
    FilledCell,
    FilledForm,
)
from ocr_service.models.fields import Box, Field, FieldType, Table
from ocr_service.models.forms import Form, FormPage
from ocr_service.rules.tables import columns_of, encodable, guarded, joined_forms, rows_of, unencodable
from ocr_service.schemas.exports import settings_from_json, settings_to_json

FORM = Form(
    "kyufu",
    "給付金申請書",
    "",
    (
        FormPage(
            1,
            210,
            297,
            200,
            b"",
            (
                Field("name", "氏名", FieldType.NAME, Box(0, 0, 10, 10)),
                Field("born", "生年月日", FieldType.DATE, Box(0, 20, 10, 10)),
            ),
            (
                Table(
                    "family", "家族", (Field("kana", "フリガナ", FieldType.KANA, Box(0, 40, 9, 9)),), (40, 50)
                ),
            ),
        ),
    ),
)
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30)


def cell(name: str, value: str, raw: str = "", state: str = "passed", by: str = "") -> FilledCell:
    return FilledCell(name, value, raw or value, 0.9, state, (), by)


def filled(*cells: FilledCell, file: str = "a.pdf", at: int = 1) -> FilledForm:
    return FilledForm(file, (at,), "t", "1.0.0", cells)


ONE = filled(
    cell("name", "髙橋　﨑", "高橋崎"),
    cell("born", "2000-03-04", "12 3 4", "decided", "u1"),
    cell("family[1].kana", "タカハシ"),
    cell("family[2].kana", "", state="doubtful"),
)


def written(settings: ExportSettings, tmp_path: Path, *forms: FilledForm) -> list[list[str]]:
    file = tmp_path / "out.csv"
    CsvWriter().write(file, FORM, forms, settings)
    codec = "utf-8-sig" if settings.encoding is Encoding.UTF8 else "cp932"
    return list(csv.reader(io.StringIO(file.read_bytes().decode(codec), newline="")))


def test_without_columns_every_field_stands_beside_its_raw_reading() -> None:
    headings = [column.heading for column in columns_of(FORM, ExportSettings())]
    assert headings == [
        "ファイル名",
        "ページ",
        "氏名",
        "氏名（読み取ったまま）",
        "生年月日",
        "生年月日（読み取ったまま）",
        "フリガナ 1",
        "フリガナ 1（読み取ったまま）",
        "フリガナ 2",
        "フリガナ 2（読み取ったまま）",
    ]
    (row,) = rows_of(FORM, [ONE], ExportSettings())
    assert row[:6] == ("a.pdf", "1", "髙橋　﨑", "高橋崎", "2000-03-04", "12 3 4")


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        (DateStyle.ISO, "2000-03-04"),
        (DateStyle.SLASHES, "2000/03/04"),
        (DateStyle.COMPACT, "20000304"),
        (DateStyle.ERA, "平成12年3月4日"),
    ],
)
def test_dates_as_they_are_wanted(style: DateStyle, expected: str) -> None:
    settings = ExportSettings(columns=(Column("born", "生年月日"),), dates=style)
    no_day = filled(cell("born", "12年13月"))
    assert list(rows_of(FORM, [ONE, no_day], settings)) == [(expected,), ("12年13月",)]


def test_columns_about_the_form() -> None:
    names = ("@open", "@decided_by", "@confidence", "@template", "name")
    settings = ExportSettings(columns=tuple(Column(name, name) for name in names))
    assert list(rows_of(FORM, [ONE], settings)) == [("1", "u1", "0.900", "1.0.0", "髙橋　﨑")]


def test_what_windows_cannot_write_is_told_and_replaced(tmp_path: Path) -> None:
    columns = (Column("name", "氏名"),)
    settings = ExportSettings(encoding=Encoding.CP932, columns=columns)
    forms = [filled(cell("name", "𠮷田～−㈱髙﨑①")), filled(cell("name", "田中"))]
    rows = list(rows_of(FORM, forms, settings))
    (found,) = unencodable(["氏名"], rows, Encoding.CP932)
    assert (found.row, found.heading, found.characters) == (1, "氏名", "𠮷")
    assert list(unencodable(["氏名"], rows, Encoding.UTF8)) == []
    assert written(settings, tmp_path, *forms) == [["氏名"], ["〓田～－㈱髙﨑①"], ["田中"]]


@given(texts=st.lists(TEXTS, min_size=1, max_size=4))
def test_csv_gives_back_what_went_in(texts: list[str], tmp_path_factory: pytest.TempPathFactory) -> None:
    settings = ExportSettings(columns=(Column("name", "氏名"),), header=False, exact=True)
    forms = [filled(cell("name", text + '\n改行"引用",')) for text in texts]
    rows = written(settings, tmp_path_factory.mktemp("csv"), *forms)
    assert rows == [[form.cells[0].value] for form in forms]


@given(text=TEXTS)
def test_every_text_can_be_written_for_windows(text: str) -> None:
    encodable(text, Encoding.CP932).encode("cp932")


@pytest.mark.parametrize("text", ["=1+1", "@SUM(A1)", "+81(0)3", "-cmd|' /C calc'!A0", "\tx", "-1;2"])
def test_formulas_get_an_apostrophe(text: str) -> None:
    assert guarded(text) == f"'{text}"


@pytest.mark.parametrize("text", ["-12,345", "+3", "-1.5", "090-1234-5678", "田中", "", "1=1"])
def test_numbers_and_text_are_left_alone(text: str) -> None:
    assert guarded(text) == text


def test_excel_keeps_text_as_text(tmp_path: Path) -> None:
    file = tmp_path / "out.xlsx"
    forms = [
        filled(cell("name", "0012345")),
        filled(cell("name", "=HYPERLINK(1)")),
        filled(cell("name", "𠮷\x0b")),
    ]
    ExcelWriter().write(file, FORM, forms, ExportSettings(columns=(Column("name", "氏名"),)))
    sheet = load_workbook(file).active
    assert sheet is not None
    cells = [row[0] for row in sheet.iter_rows()]
    assert [each.value for each in cells] == ["氏名", "0012345", "=HYPERLINK(1)", "𠮷"]
    assert {each.data_type for each in cells} == {"s"}
    assert sheet.freeze_panes == "A2"


def test_json_says_all_of_the_fields_that_were_chosen(tmp_path: Path) -> None:
    file = tmp_path / "out.json"
    JsonWriter().write(file, FORM, [ONE, ONE], ExportSettings(columns=(Column("born", ""),)))
    first, second = json.loads(file.read_text(encoding="utf-8"))
    assert first == second
    assert first["template"] == {"name": "kyufu", "title": "給付金申請書", "version": "1.0.0"}
    assert first["fields"] == {
        "born": {
            "value": "2000-03-04",
            "raw": "12 3 4",
            "confidence": 0.9,
            "state": "decided",
            "flags": [],
            "decided_by": "u1",
        }
    }
    JsonWriter().write(file, FORM, [], ExportSettings())
    assert json.loads(file.read_text(encoding="utf-8")) == []


class Page:
    """A PdfPage: a white sheet with one text."""

    def __init__(self, text: str) -> None:
        from PIL import Image

        data = io.BytesIO()
        Image.new("L", (500, 700), 255).save(data, "JPEG")
        self.picture, self.size = data.getvalue(), (500, 700)
        self.texts = [(((50.0, 60.0), (250.0, 60.0), (250.0, 90.0), (50.0, 90.0)), text)]


def test_the_text_of_a_searchable_pdf_can_be_found(tmp_path: Path) -> None:
    file = tmp_path / "out.pdf"
    SearchablePdfWriter().write(file, "給付金", [Page("髙橋 太郎"), Page("世田谷区")])
    with pypdfium2.PdfDocument(file) as document:
        texts = [page.get_textpage().get_text_range() for page in document]
        assert document.get_metadata_dict()["Title"] == "給付金"
        picture = document[0].render(scale=1).to_numpy()
    assert texts[0].replace(" ", "") == "髙橋太郎"
    assert texts[1] == "世田谷区"
    assert picture.min() > 250  # the text is not seen


def test_pages_of_one_form_are_joined() -> None:
    sides = [
        filled(cell("name", str(at)), at=at, file="b.pdf" if at > 4 else "a.pdf") for at in (1, 2, 3, 4, 5)
    ]
    joined = list(joined_forms(sides, [True, False, True, False, False]))
    assert [each.positions for each in joined] == [(1, 2), (3, 4), (5,)]
    assert [cell.value for cell in joined[0].cells] == ["1", "2"]
    assert list(joined_forms([], [])) == []


def test_settings_survive_as_json() -> None:
    settings = ExportSettings(
        encoding=Encoding.CP932, columns=(Column("name", "氏名", raw=True),), dates=DateStyle.ERA, exact=True
    )
    assert settings_from_json(json.loads(json.dumps(settings_to_json(settings)))) == settings
