"""Makes files that are broken, locked, misnamed or hostile. Each is small on disk."""

import io
import struct
import zipfile
import zlib
from pathlib import Path

import msoffcrypto.format.ooxml

from tests.resources import documents
from tests.resources.compound_file import write_compound_file

_LAUGHS = "".join(
    f'<!ENTITY l{number} "{f"&l{number - 1};" * 10}">' if number else '<!ENTITY l0 "わははははは">'
    for number in range(10)
)
_SHEET = (
    '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    '<dimension ref="A1:XFD1048576"/><sheetData>{rows}</sheetData></worksheet>'
)


def replace_member(file: Path, member: str, data: bytes) -> None:
    """Writes a package anew with one member changed or added."""
    with zipfile.ZipFile(file) as package:
        members = {name: package.read(name) for name in package.namelist()}
    documents.zip_with(file, members | {member: data})


def encrypted_excel(file: Path) -> None:
    """As Excel saves it with a password (ECMA-376 agile encryption)."""
    plain = file.with_suffix(".plain")
    documents.excel(plain)
    with plain.open("rb") as stream, file.open("wb") as out:
        msoffcrypto.format.ooxml.OOXMLFile(stream).encrypt("himitsu", out)


def encrypted_pdf(file: Path) -> None:
    page = documents.canvas(file, password="himitsu")
    documents.text_page(page, ["見せられない文"])
    page.save()


def encrypted_zip_member(file: Path) -> None:
    """A package whose members say that they are encrypted."""
    documents.word(file)
    data = bytearray(file.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(signature)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(signature, at + 4)
    file.write_bytes(bytes(data))


def zip_bomb_word(file: Path) -> None:
    """A Word file of some 300 KB whose one picture unpacks to 300 MB."""
    documents.word(file)
    with (
        zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED, compresslevel=9) as package,
        package.open("word/media/image1.png", "w", force_zip64=True) as member,
    ):
        for _ in range(300):
            member.write(bytes(1_000_000))


def laughing_word(file: Path) -> None:
    """Billion laughs in the document part."""
    documents.word(file)
    xml = (
        f'<?xml version="1.0"?><!DOCTYPE w [{_LAUGHS}]>'
        '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        "<w:body><w:p><w:r><w:t>&l9;</w:t></w:r></w:p></w:body></w:document>"
    )
    replace_member(file, "word/document.xml", xml.encode())


def million_empty_rows(file: Path) -> None:
    """A sheet with a million written but empty rows, a value in the last, and a declared size of all cells."""
    documents.excel(file)
    rows = "".join(f'<row r="{number}"/>' for number in range(1, 1_000_001))
    rows += '<row r="1000001"><c r="A1000001" t="inlineStr"><is><t>最後の行</t></is></c></row>'
    replace_member(file, "xl/worksheets/sheet1.xml", _SHEET.format(rows=rows).encode())


def far_cell(file: Path) -> None:
    """Nothing but the last cell that a sheet can have."""
    documents.excel(file)
    row = '<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>果ての欄</t></is></c></row>'
    replace_member(file, "xl/worksheets/sheet1.xml", _SHEET.format(rows=row).encode())


def deep_html(file: Path) -> None:
    """Elements nested 50,000 deep around one sentence, and another after them."""
    text = "<html><body>" + "<div>" * 50_000 + "底の文" + "</div>" * 50_000 + "<p>後の文</p>"
    file.write_text(text, "utf-8")


def huge_png(file: Path, width: int = 60_000, height: int = 60_000) -> None:
    """A picture of 3.6 thousand million pixels in a few kilobytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = zlib.compress(bytes(1_000_000), 9)
    file.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
    )


def huge_page_pdf(file: Path) -> None:
    """A page of 200 by 200 inches with one line on it as a drawing, so that it has to be rendered."""
    page = documents.canvas(file)
    page.setPageSize((14_400, 14_400))
    page.rect(1_000, 1_000, 12_000, 12_000)
    page.showPage()
    page.save()


def old_word(file: Path) -> None:
    write_compound_file(file, {"WordDocument": bytes(5_000), "1Table": b"x"})


def old_powerpoint(file: Path) -> None:
    write_compound_file(file, {"PowerPoint Document": bytes(5_000), "Current User": b"x"})


def nameless_compound(file: Path) -> None:
    write_compound_file(file, {"Something": b"x" * 100})


def plain_zip(file: Path) -> None:
    documents.zip_with(file, {"a.txt": b"text", "b/c.txt": b"text"})


def open_document(file: Path) -> None:
    documents.zip_with(file, {"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<a/>"})


def random_bytes(file: Path) -> None:
    """Reproducible noise."""
    file.write_bytes(zlib.compress(bytes(range(256)) * 50)[2:] * 20)


def truncated(make: str, file: Path) -> None:
    """The first 60 % of a good file of documents.py."""
    getattr(documents, make)(file)
    data = file.read_bytes()
    file.write_bytes(data[: len(data) * 6 // 10])


def truncated_png(file: Path) -> None:
    buffer = io.BytesIO()
    documents.picture(["切れた画像"] * 5, size=48).save(buffer, "PNG")
    file.write_bytes(buffer.getvalue()[: len(buffer.getvalue()) // 2])
