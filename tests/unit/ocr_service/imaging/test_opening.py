"""Scans of every kind are opened page by page; what cannot be opened is told, and the rest goes on."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from ocr_service.adapters.imaging.archives import as_people_count
from ocr_service.adapters.imaging.opening import look_into, open_scan
from ocr_service.adapters.imaging.sheets import Sheet, plausible_dpi
from ocr_service.ports.form_reading import Contents, PageAddress, UnreadableScan
from tests.resources import bad_files


def paper(dpi: int = 100, mark: int = 10) -> Image.Image:
    """White A4 with a black square at the upper left, `mark` millimetres wide."""
    image = Image.new("L", (round(8.27 * dpi), round(11.69 * dpi)), 255)
    ImageDraw.Draw(image).rectangle((dpi // 10, dpi // 10, dpi // 10 + mark * dpi // 25, dpi // 2), fill=0)
    return image


def png(image: Image.Image | None = None) -> bytes:
    stream = io.BytesIO()
    (image or paper()).save(stream, "PNG")
    return stream.getvalue()


def pdf(file: Path, pages: int, dpi: int = 200, password: str | None = None) -> None:
    canvas = Canvas(str(file), pagesize=(595.44, 841.68), encrypt=password)
    picture = ImageReader(paper(dpi).convert("1"))
    for _ in range(pages):
        canvas.drawImage(picture, 0, 0, 595.44, 841.68)
        canvas.showPage()
    canvas.save()


def first(file: Path) -> Sheet:
    with open_scan(file, file.name) as scan:
        return scan.page(scan.contents().pages[0])


def zipped(file: Path, members: dict[str, bytes]) -> Contents:
    with zipfile.ZipFile(file, "w") as package:
        for name, data in members.items():
            package.writestr(name, data)
    return look_into(file, file.name)


def save_g4(file: Path) -> None:
    pages = [paper(200).convert("1")] * 3
    pages[0].save(file, "TIFF", compression="group4", save_all=True, append_images=pages[1:], dpi=(200, 200))


@pytest.mark.parametrize(
    ("name", "save", "pages"),
    [
        ("a.tif", save_g4, 3),
        ("lzw.tif", lambda file: paper(200).save(file, "TIFF", compression="tiff_lzw", dpi=(200, 200)), 1),
        ("jpeg.tif", lambda file: paper(200).convert("RGB").save(file, "TIFF", compression="jpeg"), 1),
        ("cmyk.jpg", lambda file: paper(200).convert("CMYK").save(file, "JPEG"), 1),
        ("a.png", lambda file: paper(200).save(file, "PNG"), 1),
        ("a.pdf", lambda file: pdf(file, 2), 2),
        ("wrong_suffix.pdf", lambda file: paper(200).save(file, "PNG"), 1),
    ],
)
def test_every_kind_gives_the_same_page(
    tmp_path: Path, name: str, save: Callable[[Path], None], pages: int
) -> None:
    save(tmp_path / name)
    contents = look_into(tmp_path / name, name)
    assert contents.pages == tuple(PageAddress("", number + 1) for number in range(pages))
    sheet = first(tmp_path / name)
    assert abs(sheet.dpi - 200) < 1
    assert sheet.pixels.shape == (2338, 1654, 3) and sheet.pixels.dtype == np.uint8
    assert sheet.pixels[60, 60].max() < 60 and sheet.pixels[1500, 1000].min() > 240


def test_a_scan_inside_a_pdf_is_not_smeared(tmp_path: Path) -> None:
    pdf(tmp_path / "a.pdf", 1, dpi=300)
    sheet = first(tmp_path / "a.pdf")
    assert abs(sheet.dpi - 300) < 1
    between = np.mean((sheet.pixels > 30) & (sheet.pixels < 225))
    assert between < 0.001  # black and white stay black and white


def test_a_fax_has_square_pixels_afterwards(tmp_path: Path) -> None:
    fax = paper(204).resize((1687, 1146)).convert("1")
    fax.save(tmp_path / "fax.tif", "TIFF", compression="group4", dpi=(204, 98))
    sheet = first(tmp_path / "fax.tif")
    assert sheet.pixels.shape[0] / sheet.pixels.shape[1] == pytest.approx(297 / 210, rel=0.01)
    assert sheet.dpi == pytest.approx(204, rel=0.02)


def test_a_very_fine_scan_is_brought_to_300_dpi(tmp_path: Path) -> None:
    paper(600).convert("1").save(tmp_path / "a.tif", "TIFF", compression="group4", dpi=(600, 600))
    sheet = first(tmp_path / "a.tif")
    assert sheet.dpi == pytest.approx(300) and sheet.pixels.shape[1] == pytest.approx(2481, abs=2)


@pytest.mark.parametrize(
    ("size", "told", "dpi"), [((1654, 2339), 72, 200), ((1654, 2339), 200, 200), ((2339, 1654), 0, 200)]
)
def test_a_resolution_that_makes_no_paper_is_not_believed(
    size: tuple[int, int], told: float, dpi: float
) -> None:
    assert plausible_dpi(*size, told) == pytest.approx(dpi, abs=1)


def big_pdf(file: Path) -> None:
    canvas = Canvas(str(file), pageCompression=0)
    for _ in range(10_000):
        canvas.showPage()
    canvas.save()


def cut_jpeg(file: Path) -> None:
    noise = Image.fromarray(np.random.default_rng(1).integers(0, 255, (800, 600), dtype=np.uint8))
    noise.save(file, "JPEG")
    file.write_bytes(file.read_bytes()[:-9_000])


def cut_tiff(file: Path) -> None:
    paper(200).save(file, "TIFF", compression="raw")
    file.write_bytes(file.read_bytes()[:-100_000])


def huge_in_pixels(file: Path) -> None:
    bad_files.huge_png(file, 20_000, 20_000)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (big_pdf, "10,000 pages"),
        (lambda file: pdf(file, 1, password="himitsu"), "password"),
        (huge_in_pixels, "20,000 × 20,000"),
        (lambda file: file.write_bytes(png()[:-200]), "cut off"),
        (cut_jpeg, "cut off"),
        (cut_tiff, "cut off"),
        (lambda file: file.write_bytes(b"%PDF-1.7\nnothing follows"), "damaged"),
        (lambda file: file.write_bytes(b""), "empty"),
        (lambda file: file.write_text("氏名,住所\n"), "Use PDF, TIFF, JPEG, PNG"),
        (lambda file: file.write_bytes(b"PK\x03\x04 and nothing else"), "damaged"),
        (lambda file: zipfile.ZipFile(file, "w").close(), "no page"),
    ],
)
def test_what_cannot_be_opened_says_why(tmp_path: Path, make: Callable[[Path], object], words: str) -> None:
    file = tmp_path / "届出.dat"
    make(file)
    with pytest.raises(UnreadableScan, match=words) as raised:
        look_into(file, "届出.pdf")
    assert raised.value.text.ja.startswith("「届出.pdf」: ") and raised.value.text.ja.endswith("。")


def test_a_zip_tells_of_what_it_does_not_open_and_opens_the_rest(tmp_path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as package:
        package.writestr("a.png", png())
    contents = zipped(
        tmp_path / "a.zip",
        {
            "束/10.png": png(),
            "束/2.png": png(),
            "../外.png": png(),
            "/etc/passwd": png(),
            "C:\\windows.png": png(),
            "中.zip": inner.getvalue(),
            "表.xlsx": b"PK\x05\x06",
            "途中.png": png()[:300],
            "空.png": b"",
            "__MACOSX/._2.png": b"x",
        },
    )
    assert contents.pages == (PageAddress("束/2.png", 1), PageAddress("束/10.png", 1))
    told = {each.member: each.reason_en for each in contents.unopened}
    assert set(told) == {
        "../外.png",
        "/etc/passwd",
        "C:/windows.png",
        "中.zip",
        "表.xlsx",
        "途中.png",
        "空.png",
    }
    assert "outside" in told["../外.png"] and "outside" in told["/etc/passwd"]
    assert (
        "ZIP inside a ZIP" in told["中.zip"] and "empty" in told["空.png"] and "cut off" in told["途中.png"]
    )


def test_names_written_by_windows_are_read(tmp_path: Path) -> None:
    file = tmp_path / "a.zip"
    with zipfile.ZipFile(file, "w") as package:
        package.writestr("XXXX.png", png())
    file.write_bytes(file.read_bytes().replace(b"XXXX", "申請".encode("cp932")))
    with open_scan(file, "a.zip") as scan:
        assert scan.contents().pages == (PageAddress("申請.png", 1),)
        assert scan.page(PageAddress("申請.png", 1)).pixels.shape[2] == 3


def test_an_encrypted_member_and_a_bomb_are_not_unpacked(tmp_path: Path) -> None:
    file = tmp_path / "a.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("good.png", png())
        package.writestr("bomb.png", bytes(301_000_000))
    locked = tmp_path / "b.zip"
    with zipfile.ZipFile(locked, "w") as package:
        package.writestr("secret.png", png())
    data = bytearray(locked.read_bytes())
    data[6] |= 1
    data[data.find(b"PK\x01\x02") + 8] |= 1
    locked.write_bytes(bytes(data))
    found = look_into(file, "a.zip")
    assert [page.member for page in found.pages] == ["good.png"] and found.unopened[0].member == "bomb.png"
    assert "password" in look_into(locked, "b.zip").unopened[0].reason_en


def test_one_bad_page_does_not_keep_the_others_from_being_read(tmp_path: Path) -> None:
    file = tmp_path / "a.tif"
    pages = [Image.fromarray(np.full((200, 200), shade, np.uint8)) for shade in (10, 90, 200)]
    pages[0].save(file, "TIFF", save_all=True, append_images=pages[1:], compression="tiff_lzw")
    with Image.open(file) as image:
        image.seek(1)
        tags: Any = image
        at = tags.tag_v2[273][0]
    data = bytearray(file.read_bytes())
    data[at : at + 40] = b"\xff" * 40
    file.write_bytes(bytes(data))
    with open_scan(file, "a.tif") as scan:
        assert len(scan.contents().pages) == 3
        with pytest.raises(UnreadableScan):
            scan.page(PageAddress("", 2))
        assert int(scan.page(PageAddress("", 3)).pixels.mean()) == 200
        with pytest.raises(UnreadableScan, match="no such page"):
            scan.page(PageAddress("", 4))


def test_names_are_ordered_as_people_count() -> None:
    names = ["p10.png", "p2.png", "P1.png", "束2/1.png", "束10/1.png"]
    assert sorted(names, key=as_people_count) == ["P1.png", "p2.png", "p10.png", "束2/1.png", "束10/1.png"]
