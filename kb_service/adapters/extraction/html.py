"""Web pages: what a reader would see, without scripts and styles."""

import re

from lxml import etree

from kb_service.adapters.extraction import refusals
from kb_service.adapters.extraction.cleaning import clean
from kb_service.adapters.extraction.encodings import decode
from kb_service.adapters.extraction.sections import sections
from kb_service.adapters.extraction.source import Found, Source
from kernel.errors import Text

_HIDDEN = {"script", "style", "template", "noscript", "head", "svg", "math", "iframe", "object", "select"}
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_BLOCKS = frozenset(
    re.findall(
        r"\w+",
        "h1 h2 h3 h4 h5 h6 address article aside blockquote body caption center dd div dl dt fieldset figcaption "
        "figure footer form header hr legend li main nav ol option p pre section summary table tbody tfoot thead "
        "tr ul details",
    )
)
_CELLS = {"td", "th"}
# Tags that only hold others together; without them a page that is nested too deeply can be read as lines.
_NESTING = re.compile(
    rf"<(?!/?(?:{'|'.join(sorted(_HIDDEN | _HEADINGS))}|html|body|title|img|br)\b)/?[a-z][^<>]*>", re.I
)
_CUT = Text(
    "HTMLの入れ子が深すぎるため、途中までしか読み取れませんでした。",
    "The HTML is nested too deeply; only its beginning was read.",
)
_META = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w-]+)", re.I)
_JAPANESE_NAMES = {"shift_jis": "cp932", "shift-jis": "cp932", "x-sjis": "cp932", "windows-31j": "cp932"}


def read_html(source: Source) -> Found:
    """Text by headings, the page's title, and the alternative texts of images."""
    return html_text(source.head(), source.name)


def html_text(data: bytes, name: str) -> Found:
    """The same for bytes that are at hand, as in an e-mail."""
    text = _decoded(data)
    if text is None:
        raise refusals.unknown(name)
    text = text.replace("\x00", "")
    root, whole = _parsed(text, name)
    if not whole:
        root, whole = _parsed(_NESTING.sub("<br>", text), name)
    notes = [] if whole else [_CUT]
    if root is None:
        return Found([], notes=notes)
    title = clean(" ".join((root.findtext(".//title") or "").split()))
    return Found(sections(_Walk().paragraphs(root)), title, notes)


def _parsed(text: str, name: str) -> tuple[etree._Element | None, bool]:
    """The page, and whether the parser came to its end: it stops where elements lie 2,048 deep."""
    # told the encoding, because the page's own declaration no longer holds
    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=True
    )
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.LxmlError as error:
        raise refusals.damaged(name, "HTML", "HTML") from error
    return root, not any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log)


def _decoded(data: bytes) -> str | None:
    declared = _META.search(data[:4_096])
    if declared:
        name = declared[1].decode("ascii", "replace").lower()
        try:
            return data.decode(_JAPANESE_NAMES.get(name, name))
        except (LookupError, UnicodeDecodeError):
            pass  # declarations are often wrong: the bytes decide
    return decode(data)


class _Walk:
    """Collects (heading, line) pairs; iterative, because pages nest as deeply as they like."""

    def __init__(self) -> None:
        self._heading = ""
        self._line: list[str] = []
        self._found: list[tuple[str, str]] = []

    def paragraphs(self, root: etree._Element) -> list[tuple[str, str]]:
        hidden = 0
        for event, element in etree.iterwalk(root, events=("start", "end")):
            tag = str(element.tag)
            if event == "start":
                hidden += tag in _HIDDEN
                if not hidden:
                    self._open(tag, element)
                    self._line.append(element.text or "")
            else:
                hidden -= tag in _HIDDEN
                if not hidden:
                    self._close(tag)
                    self._line.append(element.tail or "")
        self._end_line()
        return self._found

    def _open(self, tag: str, element: etree._Element) -> None:
        if tag in _BLOCKS or tag == "br":
            self._end_line()
        elif tag in _CELLS and "".join(self._line).strip():
            self._line.append(" | ")
        elif tag == "img":
            self._line.append(element.get("alt") or "")

    def _close(self, tag: str) -> None:
        if tag in _HEADINGS:
            heading = clean(" ".join("".join(self._line).split()))
            self._heading = heading or self._heading
        if tag in _BLOCKS:
            self._end_line()

    def _end_line(self) -> None:
        line = clean(" ".join("".join(self._line).split()))
        self._line = []
        if line:
            self._found.append((self._heading, line))
