"""What every TextExtractor must do, shown on one real file of each family."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont

from kb_service.adapters.extraction import Bounds, SandboxedExtractor
from kb_service.models.attachments import PlaceKind
from kb_service.ports.extraction import ExtractedText, TextExtractor, Unreadable
from kernel.sandbox import Sandbox
from ocr_service.wiring import PAGE_READER
from tests.resources import documents

Extract = Callable[[Path], ExtractedText]
FILES = Path(__file__).parents[1] / "resources" / "files"


@pytest.fixture(params=["sandboxed"])
def extractor(request: pytest.FixtureRequest) -> TextExtractor:
    """Every adapter of the port; a new one is added here."""
    return {"sandboxed": SandboxedExtractor(Sandbox(), PAGE_READER)}[request.param]


@pytest.fixture
def extract(extractor: TextExtractor) -> Extract:
    return lambda file: extractor.extract(file, file.name, lambda done, total: None)


def places(found: ExtractedText) -> list[tuple[PlaceKind, int, str]]:
    return [(part.place.kind, part.place.number, part.place.label) for part in found.parts]


def whole(found: ExtractedText) -> str:
    return "\n".join(part.text for part in found.parts)


def test_a_pdf_is_read_page_by_page_and_its_scans_by_ocr(extractor: TextExtractor, tmp_path: Path) -> None:
    file = tmp_path / "報告.pdf"
    documents.pdf(file)
    steps: list[tuple[int, int]] = []
    found = extractor.extract(file, file.name, lambda done, total: steps.append((done, total)))
    assert found.media_type == "application/pdf"
    assert found.title == "申請書入力の自動化"
    assert [(part.place.number, part.by_ocr) for part in found.parts] == [(1, False), (3, True)]
    assert documents.PROSE in found.parts[0].text.replace("\n", "")
    assert "年間でおよそ千二百時間の削減" in found.parts[0].text  # broken by a line's end in the file
    assert "\n・対象業務は十二業務\n" in found.parts[0].text
    assert "受付番号は八千二百四十六" in found.parts[1].text
    assert steps[-1] == (3, 3)
    assert steps == sorted(steps)
    assert found.notes == ()


def test_vertical_writing_in_a_pdf_is_read_from_right_to_left(extract: Extract, tmp_path: Path) -> None:
    font = UnicodeCIDFont("HeiseiMin-W3", isVertical=True)
    pdfmetrics.registerFont(font)
    page = documents.canvas(tmp_path / "tate.pdf")
    page.setTitle("untitled")
    for tier in range(2):
        page.setFont(font.fontName, 12)
        for column, line in enumerate(documents.wrapped(documents.PROSE, 24)):
            page.drawString(500 - column * 24, 780 - tier * 380, line)
    page.save()
    found = extract(tmp_path / "tate.pdf")
    assert found.parts[0].text.replace("\n", "") == documents.PROSE * 2
    assert "年間でおよそ千二百時間の削減" in found.parts[0].text
    assert found.title == ""


def test_filled_in_fields_and_notes_of_a_pdf_are_read(extract: Extract, tmp_path: Path) -> None:
    page = documents.canvas(tmp_path / "form.pdf")
    page.setFont(documents.MINCHO, 11)
    page.drawString(70, 700, "申請者の氏名を次の欄に記入してから提出してください。")
    page.acroForm.textfield(name="name", value="Tokubetsu Taro", x=70, y=650, width=200, height=20)
    page.textAnnotation("差し戻しの理由", Rect=[300, 650, 320, 670])
    page.save()
    text = whole(extract(tmp_path / "form.pdf"))
    assert "Tokubetsu Taro" in text
    assert "差し戻しの理由" in text


def test_word(extract: Extract, tmp_path: Path) -> None:
    documents.word(tmp_path / "a.docx")
    found = extract(tmp_path / "a.docx")
    text = whole(found)
    assert found.title == "窓口改善の報告"
    assert documents.PROSE in text
    assert "業務 | 件数 | 時間\n転入届 | 集計中" in text
    assert text.count("囲みの中の注意書き") == 1  # Word keeps a second copy for old programs
    assert "区内限りの資料" in text and "企画課" in text
    assert found.parts[0].place.kind is PlaceKind.SECTION
    assert found.parts[0].place.label == "はじめに"


def test_long_word_files_are_cut_into_sections_named_by_headings(extract: Extract, tmp_path: Path) -> None:
    import docx

    document = docx.Document()
    for number in range(1, 4):
        document.add_heading(f"第{number}章", 1)
        for _ in range(20):
            document.add_paragraph(documents.PROSE)
    document.save(str(tmp_path / "long.docx"))
    found = extract(tmp_path / "long.docx")
    assert [part.place.number for part in found.parts] == list(range(1, len(found.parts) + 1))
    assert {part.place.label for part in found.parts} == {"第1章", "第2章", "第3章"}
    assert max(len(part.text) for part in found.parts) <= 2_100


def test_excel_shows_values_by_sheet(extract: Extract, tmp_path: Path) -> None:
    documents.excel(tmp_path / "a.xlsx")
    found = extract(tmp_path / "a.xlsx")
    assert places(found) == [(PlaceKind.SHEET, 1, "実績"), (PlaceKind.SHEET, 3, "覚え書き")]
    assert "保育園の入園申込 | 12,480 | 35.4% | 2026/4/1 | TRUE" in found.parts[0].text
    assert "聞き取りによる" in found.parts[0].text
    assert found.parts[1].text == "検算は会計課 が行う"


def test_excel_97(extract: Extract) -> None:
    found = extract(FILES / "excel-97.xls")
    assert found.media_type == "application/vnd.ms-excel"
    assert places(found) == [(PlaceKind.SHEET, 1, "集計"), (PlaceKind.SHEET, 3, "覚え書き")]
    assert found.parts[0].text == "業務 | 件数\n住民票の写し | 1248\n実施日 | 2026/11/20"
    assert found.parts[1].text == "旧形式のブックです\nTRUE"


def test_powerpoint(extract: Extract, tmp_path: Path) -> None:
    documents.powerpoint(tmp_path / "a.pptx")
    found = extract(tmp_path / "a.pptx")
    assert places(found) == [(PlaceKind.SLIDE, 1, "共同調達のねらい"), (PlaceKind.SLIDE, 2, "")]
    assert found.parts[0].text == "共同調達のねらい\nまとめた図形の中\nここで質問を受ける"
    assert found.parts[1].text == "参加区 | 五区"


def test_images_are_read_whichever_way_the_camera_was_held(extract: Extract, tmp_path: Path) -> None:
    image = documents.picture(["防災倉庫の点検表", "乾電池は四百本"], size=48)
    turned = image.transpose(Image.Transpose.ROTATE_90)
    exif = Image.Exif()
    exif[0x0112] = 6  # shown after a quarter turn to the right
    turned.save(tmp_path / "a.jpg", exif=exif, quality=90)
    found = extract(tmp_path / "a.jpg")
    assert found.media_type == "image/jpeg"
    assert found.parts[0].by_ocr
    assert "防災倉庫の点検表" in found.parts[0].text and "乾電池は四百本" in found.parts[0].text


def test_every_page_of_a_tiff_is_read(extract: Extract, tmp_path: Path) -> None:
    pages = [
        documents.picture([text], size=48, width=700).convert("1") for text in ("一枚目の紙", "二枚目の紙")
    ]
    pages[0].save(tmp_path / "a.tif", save_all=True, append_images=pages[1:], compression="group4")
    found = extract(tmp_path / "a.tif")
    assert [(part.place.number, part.text) for part in found.parts] == [(1, "一枚目の紙"), (2, "二枚目の紙")]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "cp932", "euc-jp", "iso-2022-jp", "utf-16", "utf-16-le", "utf-16-be"]
)
def test_text_of_every_japanese_encoding(extract: Extract, tmp_path: Path, encoding: str) -> None:
    text = "台帳の整備について\r\n\r\nコンピューターの更新は三年後とする。"
    (tmp_path / "a.txt").write_bytes(text.encode(encoding))
    assert whole(extract(tmp_path / "a.txt")) == text.replace("\r\n", "\n")


def test_markdown_csv_and_html(extract: Extract, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# 手順書\n\n一、電源を入れる。\n", "utf-8")
    markdown = extract(tmp_path / "a.md")
    assert (markdown.media_type, markdown.title) == ("text/markdown", "手順書")
    assert markdown.parts[0].place.label == "手順書"

    (tmp_path / "a.csv").write_bytes('品目,備考\r\n傘,"柄が長い\nとき"\r\n,\r\n'.encode("cp932"))
    table = extract(tmp_path / "a.csv")
    assert (table.media_type, whole(table)) == ("text/csv", "品目 | 備考\n傘 | 柄が長い とき")

    for charset, encoding in (("Shift_JIS", "cp932"), ("utf-8", "utf-8"), ("utf-8", "euc-jp")):
        (tmp_path / "a.html").write_bytes(documents.HTML.format(charset=charset).encode(encoding))
        page = extract(tmp_path / "a.html")
        assert (page.media_type, page.title) == ("text/html", "手続きの 案内")
        assert whole(page) == "転出の届出\n届出は十四日以内に\n行います。\n窓口 | 二階\n庁舎の地図"


def test_mail_with_its_attachments_one_level_deep(extract: Extract, tmp_path: Path) -> None:
    documents.excel(tmp_path / "a.xlsx")
    documents.mail(tmp_path / "inner.eml", ("実績.xlsx", (tmp_path / "a.xlsx").read_bytes()))
    found = extract(tmp_path / "inner.eml")
    assert (found.media_type, found.title) == ("message/rfc822", "照会への回答（帳票の件）")
    letter = found.parts[0].text
    assert "差出人: 情報政策課 <joho@example.jp>" in letter and "来月から差し替えます" in letter
    assert found.parts[1].place.label == "実績.xlsx シート「実績」"
    assert "保育園の入園申込" in found.parts[1].text

    documents.mail(tmp_path / "outer.eml", ("転送.eml", (tmp_path / "inner.eml").read_bytes()))
    outer = whole(extract(tmp_path / "outer.eml"))
    assert outer.count("来月から差し替えます") == 2
    assert "保育園の入園申込" not in outer  # two levels deep


def test_outlook_mail(extract: Extract, tmp_path: Path) -> None:
    documents.outlook(tmp_path / "a.msg", ("議題.txt", "議題は予算要求".encode("cp932")))
    found = extract(tmp_path / "a.msg")
    assert (found.media_type, found.title) == ("application/vnd.ms-outlook", "打合せの日程")
    assert "小笠原 <o@example.jp>" in found.parts[0].text and "第二会議室" in found.parts[0].text
    assert (found.parts[1].place.label, found.parts[1].text) == ("議題.txt", "議題は予算要求")


def test_the_bytes_decide_what_a_file_is(extract: Extract, tmp_path: Path) -> None:
    documents.word(tmp_path / "実は文書.pdf")
    assert extract(tmp_path / "実は文書.pdf").media_type.endswith("wordprocessingml.document")
    documents.pdf(tmp_path / "b.xlsx")
    assert extract(tmp_path / "b.xlsx").media_type == "application/pdf"


def test_pages_beyond_the_bounds_are_left_out_with_a_note(tmp_path: Path) -> None:
    page = documents.canvas(tmp_path / "long.pdf")
    for number in range(12):
        documents.text_page(page, [f"これは{number + 1}枚目の頁であって、二十字を超える長さの文がある。"])
    page.save()
    few = SandboxedExtractor(Sandbox(), None, Bounds(pages=5))
    found = few.extract(tmp_path / "long.pdf", "long.pdf", lambda done, total: None)
    assert [part.place.number for part in found.parts] == [1, 2, 3, 4, 5]
    assert "全12ページのうち、はじめの5ページだけ" in found.notes[0].ja


def test_text_beyond_the_bounds_is_left_out_with_a_note(tmp_path: Path) -> None:
    (tmp_path / "long.txt").write_text("長い記録の一行である。\n" * 1_000, "utf-8")
    for bounds in (Bounds(characters=3_000), Bounds(text_bytes=9_000)):
        short = SandboxedExtractor(Sandbox(), None, bounds)
        found = short.extract(tmp_path / "long.txt", "long.txt", lambda done, total: None)
        assert 2_500 <= sum(len(part.text) for part in found.parts) <= 3_200
        assert "途中までを読み取りました" in found.notes[0].ja


def test_without_ocr_scans_are_noted_and_images_refused(tmp_path: Path) -> None:
    blind = SandboxedExtractor(Sandbox(), None)
    documents.pdf(tmp_path / "a.pdf")
    found = blind.extract(tmp_path / "a.pdf", "a.pdf", lambda done, total: None)
    assert [part.place.number for part in found.parts] == [1]
    assert "3ページは画像のため" in found.notes[0].ja
    documents.picture(["文字"]).save(tmp_path / "a.png")
    with pytest.raises(Unreadable, match="OCR"):
        blind.extract(tmp_path / "a.png", "a.png", lambda done, total: None)
