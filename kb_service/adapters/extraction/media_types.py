"""What a file is, told from its bytes; its name only decides between kinds of text."""

import re
import zipfile
from pathlib import Path, PurePath

from kb_service.adapters.extraction import refusals
from kb_service.adapters.extraction.encodings import decode
from kb_service.adapters.extraction.source import DAMAGE

PDF = "application/pdf"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EXCEL_97 = "application/vnd.ms-excel"
POWERPOINT = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
MAIL = "message/rfc822"
OUTLOOK = "application/vnd.ms-outlook"
HTML = "text/html"
CSV = "text/csv"
TSV = "text/tab-separated-values"
MARKDOWN = "text/markdown"
PLAIN = "text/plain"

_HEAD = 4_096
_TEXT_HEAD = 1_000_000
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_IMAGES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
)
_MAIL_HEADER = re.compile(
    r"^(?:from|to|subject|date|mime-version|received|message-id|return-path|x-[a-z-]+): ?\S", re.I | re.M
)
_HTML_START = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S
)
_BY_SUFFIX = {".csv": CSV, ".tsv": TSV, ".md": MARKDOWN, ".markdown": MARKDOWN}


def tell_media_type(file: Path, name: str, unpacked_limit: int) -> str:
    """The media type; raises Unreadable for what no family can read, with its own reason for each."""
    with file.open("rb") as stream:
        head = stream.read(_HEAD)
    if not head:
        raise refusals.empty(name)
    if b"%PDF-" in head[:1_024]:
        return PDF
    if head.startswith(b"PK\x03\x04"):
        return _office(file, name, unpacked_limit)
    if head.startswith(_OLE):
        return _ole(file, name)
    picture = _picture(head)
    if picture:
        return picture
    _refuse_known(head, name)
    return _text(file, name)


def _picture(head: bytes) -> str:
    """The media type of an image, or nothing."""
    if head.startswith(b"BM") and head[6:10] == b"\x00\x00\x00\x00":
        return "image/bmp"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "image/webp"
    return next((media_type for magic, media_type in _IMAGES if head.startswith(magic)), "")


def _refuse_known(head: bytes, name: str) -> None:
    if head.startswith(b"{\\rtf"):
        raise refusals.old_format(name, "リッチテキスト（.rtf）", "rich text (.rtf)", ".docx")
    if head[4:8] == b"ftyp" and head[8:12] in (b"heic", b"heix", b"mif1", b"heif", b"avif"):
        raise refusals.old_format(name, "HEIC形式の画像", "a HEIC image", ".jpg")
    if head.startswith((b"PK\x05\x06", b"Rar!", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"BZh", b"\xfd7zXZ")):
        raise refusals.archive(name)


def _office(file: Path, name: str, unpacked_limit: int) -> str:
    """Kinds of ZIP, after a look at what they would unpack to."""
    try:
        with zipfile.ZipFile(file) as package:
            members = package.infolist()
            names = {member.filename for member in members}
            if any(member.flag_bits & 1 for member in members):
                raise refusals.encrypted(name)
            found = _office_kind(names, name)
            _refuse_bomb(members, name, unpacked_limit)
            _refuse_entities(package, members, name)
            return found
    except DAMAGE as error:
        raise refusals.damaged(name, "Office文書", "an Office file") from error


def _office_kind(names: set[str], name: str) -> str:
    if "word/document.xml" in names or any(re.fullmatch(r"word/document\d*\.xml", part) for part in names):
        return WORD
    if "xl/workbook.xml" in names:
        return EXCEL
    if "ppt/presentation.xml" in names:
        return POWERPOINT
    if "xl/workbook.bin" in names:
        raise refusals.old_format(
            name, "バイナリ形式のExcel（.xlsb）", "a binary Excel workbook (.xlsb)", ".xlsx"
        )
    if "content.xml" in names and "mimetype" in names:
        raise refusals.old_format(
            name,
            "OpenDocument形式（.odt、.ods、.odp）",
            "an OpenDocument file",
            ".docx / .xlsx / .pptx / .pdf",
        )
    if "[Content_Types].xml" in names:
        raise refusals.damaged(name, "Office文書", "an Office file")
    raise refusals.archive(name)


_RATIO = 250  # deflate reaches 1,032; XML of real sheets stays under 100
_RATIO_FROM = 30_000_000  # bytes: small parts may be as repetitive as they like
_MAX_MEMBERS = 20_000


def _refuse_bomb(members: list[zipfile.ZipInfo], name: str, limit: int) -> None:
    """Declared sizes can be believed: zipfile never yields more than a member declares."""
    swollen = any(
        member.file_size > _RATIO_FROM and member.file_size > _RATIO * max(1, member.compress_size)
        for member in members
    )
    if swollen or len(members) > _MAX_MEMBERS or sum(member.file_size for member in members) > limit:
        raise refusals.swells(name, limit // 1_000_000)


def _refuse_entities(package: zipfile.ZipFile, members: list[zipfile.ZipInfo], name: str) -> None:
    """Office parts never carry a DTD: one is an attack (billion laughs, external entities)."""
    for member in members:
        if member.filename.endswith((".xml", ".rels", ".vml")):
            with package.open(member) as part:
                start = part.read(_HEAD).replace(b"\x00", b"")
            if b"<!DOCTYPE" in start or b"<!ENTITY" in start:
                raise refusals.entities(name)


def _ole(file: Path, name: str) -> str:
    """Kinds of OLE compound files, told by their streams."""
    import olefile

    try:
        with olefile.OleFileIO(str(file)) as container:
            streams = {"/".join(path) for path in container.listdir()}
    except DAMAGE as error:
        raise refusals.damaged(name, "Office文書", "an Office file") from error
    if "EncryptedPackage" in streams:
        raise refusals.encrypted(name)
    if "__properties_version1.0" in streams:
        return OUTLOOK
    if streams & {"Workbook", "Book"}:
        return EXCEL_97
    if "WordDocument" in streams:
        raise refusals.old_format(name, "古い形式のWord文書（.doc）", "an old Word file (.doc)", ".docx")
    if "PowerPoint Document" in streams:
        raise refusals.old_format(
            name, "古い形式のPowerPoint（.ppt）", "an old PowerPoint file (.ppt)", ".pptx"
        )
    if any("DocumentText" in stream for stream in streams):
        raise refusals.old_format(name, "一太郎の文書", "an Ichitaro document", ".docx / .pdf")
    raise refusals.unknown(name)


def _text(file: Path, name: str) -> str:
    suffix = PurePath(name).suffix.lower()
    with file.open("rb") as stream:
        text = decode(stream.read(_TEXT_HEAD))
    if text is None:
        raise refusals.unknown(name)
    start = text[:_HEAD].lstrip("\ufeff")
    if _HTML_START.match(start) or (
        suffix in (".html", ".htm", ".xhtml") and re.search(r"<[a-zA-Z!/]", start)
    ):
        return HTML
    headers = start.partition("\n\n")[0].replace("\r\n", "\n").partition("\n\n")[0]
    if _MAIL_HEADER.match(headers) and (
        suffix in (".eml", ".mht") or len(_MAIL_HEADER.findall(headers)) >= 3
    ):
        return MAIL
    return _BY_SUFFIX.get(suffix, PLAIN)
