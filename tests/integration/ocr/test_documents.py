"""Documents without a template: the real reader behind the real sandbox."""

import csv
from pathlib import Path

import openpyxl
import pypdfium2
import pytest
from PIL import Image, ImageDraw, ImageFont

from assembly.bridges import extractor
from ocr_service.ports.form_reading import UnreadableScan
from ocr_service.wiring import build_documents, tables_writer
from tests.resources import documents

ROWS = [("品名", "数量", "置き場所"), ("車いす", "12", "一階倉庫"), ("投影機", "3", "第二会議室")]
TITLE, END = "備品の一覧", "以上のとおり確認しました"


def page_with_table(turned: float = 0.0) -> Image.Image:
    """A4 at 200 dpi with a title, a ruled table and a closing line."""
    image = Image.new("RGB", (1_654, 2_339), "white")
    draw = ImageDraw.Draw(image)
    font = ImageFont.truetype(str(documents.FONT), 40)
    draw.text((200, 200), TITLE, font=font, fill="black")
    for row, texts in enumerate(ROWS):
        for column, text in enumerate(texts):
            left, top = 200 + column * 400, 400 + row * 100
            draw.rectangle((left, top, left + 400, top + 100), outline="black", width=3)
            draw.text((left + 20, top + 25), text, font=font, fill="black")
    draw.text((200, 900), END, font=font, fill="black")
    return image.rotate(turned, fillcolor="white", resample=Image.Resampling.BICUBIC)


@pytest.fixture(scope="module")
def scan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two pages, the second laid askew."""
    file = tmp_path_factory.mktemp("scan") / "bihin.tif"
    page_with_table().save(file, save_all=True, append_images=[page_with_table(1.5)], dpi=(200, 200))
    return file


def test_text_tables_and_searchable_pdf(scan: Path, tmp_path: Path) -> None:
    pdf, book = tmp_path / "out.pdf", tmp_path / "out.xlsx"
    seen: list[tuple[int, int]] = []
    told = build_documents().convert(
        scan,
        scan.name,
        pdf=pdf,
        tables=(book, tables_writer(book)),
        on_progress=lambda done, total: seen.append((done, total)),
    )
    wanted = "\n".join([TITLE, *("\t".join(row) for row in ROWS), END])
    assert told.text.split("\n\f\n") == [wanted, wanted]
    assert (told.pages, told.tables, told.unread) == (2, 2, ())
    assert seen[-1] == (2, 2)
    read = openpyxl.load_workbook(book)
    assert read.sheetnames == ["1ページ-1", "2ページ-1"]
    for sheet in read.worksheets:
        assert [tuple(cell.value for cell in row) for row in sheet.iter_rows()] == ROWS
    with pypdfium2.PdfDocument(pdf) as document:
        for page in document:
            text = page.get_textpage().get_text_range()
            assert TITLE in text and "第二会議室" in text and END in text
            assert page.get_width() == pytest.approx(595, abs=3)


def test_tables_as_csv(scan: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    build_documents().convert(scan, scan.name, tables=(out, tables_writer(out)))
    rows = list(csv.reader(out.read_text(encoding="utf-8-sig").splitlines()))
    assert rows == [["1ページ-1"], *map(list, ROWS), [], ["2ページ-1"], *map(list, ROWS), []]


def test_the_bank_reads_a_table_of_a_scan_row_by_row(scan: Path) -> None:
    told = extractor().extract(scan, scan.name, lambda _done, _total: None)
    assert [part.by_ocr for part in told.parts] == [True, True]
    assert "車いす\t12\t一階倉庫" in told.parts[0].text


def test_what_is_no_scan_is_refused_with_a_reason(tmp_path: Path) -> None:
    file = tmp_path / "memo.txt"
    file.write_text("ただの文", "utf-8")
    with pytest.raises(UnreadableScan) as caught:
        build_documents().convert(file, file.name)
    assert "memo.txt" in caught.value.text.ja
