"""What every PageReader must do, measured on printed pages that are made here."""

import re
import unicodedata
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from ocr_service.ports.page_reading import PageReader, UnreadableImage
from ocr_service.wiring import build_page_reader
from tests.resources import bad_files, documents

PROSE = documents.wrapped(documents.PROSE, 34)
TURNED = documents.wrapped(documents.PROSE, 20)[:4]
VERTICAL = ["縦書きの案内文を読む", "右の行から左の行へと", "順番に並んでいること", "を確かめる試験である"]


@pytest.fixture(scope="module", params=["rapidocr"])
def reader(request: pytest.FixtureRequest) -> PageReader:
    """Every adapter of the port; a new one is added here."""
    return {"rapidocr": build_page_reader}[request.param]()


def plain(text: str) -> str:
    """Width and white space do not count as errors."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


def error_rate(read: str, truth: str) -> float:
    """Edits for each character of the truth."""
    read, truth = plain(read), plain(truth)
    row = list(range(len(truth) + 1))
    for number, letter in enumerate(read, 1):
        before, row[0] = row[0], number
        for place, wanted in enumerate(truth, 1):
            before, row[place] = (
                row[place],
                min(row[place] + 1, row[place - 1] + 1, before + (letter != wanted)),
            )
    return row[-1] / len(truth)


def vertical_page() -> Image.Image:
    image = Image.new("RGB", (700, 800), "white")
    draw = ImageDraw.Draw(image)
    font = ImageFont.truetype(str(documents.FONT), 40)
    for column, line in enumerate(VERTICAL):
        for place, letter in enumerate(line):
            draw.text((600 - column * 80, 60 + place * 48), letter, font=font, fill="black")
    return image


def test_prose_lines_come_in_order_with_boxes_and_confidence(reader: PageReader, tmp_path: Path) -> None:
    image = documents.picture(PROSE, size=32)
    image.save(tmp_path / "page.png")
    page = reader.read(tmp_path / "page.png")
    assert error_rate(page.text, documents.PROSE) <= 0.02
    assert (page.width, page.height) == image.size
    assert [row[0].top for row in page.rows] == sorted(row[0].top for row in page.rows)
    for line in page.lines:
        assert 0.8 <= line.confidence <= 1.0
        assert 0 <= line.left < line.right <= page.width
        assert 0 <= line.top < line.bottom <= page.height


def test_small_print_on_a_large_page_is_read_at_full_size(reader: PageReader, tmp_path: Path) -> None:
    """3,300 pixels wide with characters of 24: an engine that shrinks the page to 2,000 first reads them worse."""
    lines = documents.wrapped(documents.PROSE, 50)
    documents.picture(lines, size=24, width=3_300).save(tmp_path / "page.png")
    assert error_rate(reader.read(tmp_path / "page.png").text, documents.PROSE) <= 0.03


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_turned_page_is_read_upright(reader: PageReader, tmp_path: Path, turn: int) -> None:
    documents.picture(TURNED, size=32, width=800).rotate(turn, expand=True).save(tmp_path / "page.png")
    assert error_rate(reader.read(tmp_path / "page.png").text, "".join(TURNED)) <= 0.05


def test_vertical_writing_is_read_from_right_to_left(reader: PageReader, tmp_path: Path) -> None:
    vertical_page().save(tmp_path / "page.png")
    page = reader.read(tmp_path / "page.png")
    assert [plain(line.text) for line in page.lines] == VERTICAL


def test_columns_of_prose_are_read_one_after_the_other(reader: PageReader, tmp_path: Path) -> None:
    left, right = documents.wrapped(documents.PROSE, 14)[:6], documents.wrapped(documents.PROSE[::-1], 14)[:6]
    image = Image.new("RGB", (1_300, 900), "white")
    image.paste(documents.picture(left, width=640), (0, 0))
    image.paste(documents.picture(right, width=640), (650, 0))
    image.save(tmp_path / "page.png")
    assert error_rate(reader.read(tmp_path / "page.png").text, "".join(left + right)) <= 0.04


def test_cells_of_a_form_stay_beside_their_labels(reader: PageReader, tmp_path: Path) -> None:
    cells = [
        ("申請者氏名", "特別区太郎"),
        ("申請年月日", "令和八年五月"),
        ("連絡先電話", "03-1234-5678"),
        ("手数料合計", "12,500円"),
    ]
    image = Image.new("RGB", (1_200, 600), "white")
    draw = ImageDraw.Draw(image)
    font = ImageFont.truetype(str(documents.FONT), 36)
    for number, (label, value) in enumerate(cells):
        top = 40 + number * 120
        draw.rectangle((40, top, 1_150, top + 120), outline="black", width=2)
        draw.text((70, top + 40), label, font=font, fill="black")
        draw.text((500, top + 40), value, font=font, fill="black")
    image.save(tmp_path / "page.png")
    rows = [[plain(line.text) for line in row] for row in reader.read(tmp_path / "page.png").rows]
    assert rows == [[label, value] for label, value in cells]


def test_an_empty_page_has_no_rows(reader: PageReader, tmp_path: Path) -> None:
    Image.new("RGB", (900, 1_200), "white").save(tmp_path / "page.png")
    assert reader.read(tmp_path / "page.png").rows == ()


@pytest.mark.parametrize("mode", ["1", "LA"])
def test_black_and_white_and_transparent_pages_are_read(
    reader: PageReader, tmp_path: Path, mode: str
) -> None:
    documents.picture(["白い紙に黒い文字"], size=40, width=500).convert(mode).save(tmp_path / "page.tif")
    assert plain(reader.read(tmp_path / "page.tif").text) == "白い紙に黒い文字"


def test_a_page_of_a_file_of_several_is_chosen_by_number(reader: PageReader, tmp_path: Path) -> None:
    pages = [documents.picture([text], size=48, width=500) for text in ("最初の紙", "次の紙面")]
    pages[0].save(tmp_path / "a.tif", save_all=True, append_images=pages[1:])
    assert plain(reader.read(tmp_path / "a.tif", page=2).text) == "次の紙面"
    for absent in (0, 3):
        with pytest.raises(UnreadableImage, match="no page"):
            reader.read(tmp_path / "a.tif", page=absent)


def test_what_is_no_image_is_refused_with_a_reason(reader: PageReader, tmp_path: Path) -> None:
    (tmp_path / "文書.png").write_text("これは画像ではない", "utf-8")
    bad_files.truncated_png(tmp_path / "途中.png")
    bad_files.huge_png(tmp_path / "巨大.png")
    for name in ("文書.png", "途中.png", "巨大.png"):
        with pytest.raises(UnreadableImage) as caught:
            reader.read(tmp_path / name)
        assert name in caught.value.text.ja
