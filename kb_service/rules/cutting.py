"""Cutting text into stretches that a person can read at a glance and an index can point at.

Pure. No letter or digit is lost or moved: only layout (markup, line breaks, spaces) is dropped."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

LONGEST = 600  # characters; a piece is never longer
ENOUGH = 200  # a piece this long ends at the next paragraph
PLENTY = 400  # a piece this long ends at the next sentence
SHORTEST = 100  # a shorter rest joins the piece before it, when both have the same heading

LONGEST_LINE = 500  # characters; a longer line is text, never a heading, a rule or a table's border
WRAPPED = 20  # characters; a shorter line was ended on purpose, a longer one perhaps by the edge of a page

SENTENCE = re.compile(
    r"(?<=[。！？])(?![。！？」』）】〉》”’])|(?<=[。！？][」』）】〉》”’])|(?<=[.!?][ \n])|(?<=\n)"
)
CLAUSE = re.compile(r"(?<=[、，,;；\s])")
HEADING = re.compile(r" {0,3}#{1,6}[ \t]+(\S.*)$")
NUMBERED = re.compile(
    r"(第 ?[0-9０-９一二三四五六七八九十百]{1,4} ?[章節部編回]\s*"
    r"|[1-9１-９][0-9０-９]?([.．][1-9１-９][0-9０-９]?){1,3}[.．]?\s+"
    r"|[1-9１-９][0-9０-９]?[.．]\s*(?![0-9０-９])"
    r"|[（(][0-9０-９]{1,2}[)）]\s*"
    r"|[■◆●◎▼【]\s*)\S.{0,50}$"
)
SENTENCE_END = ("。", "、", "，", ".", "？", "！")
FENCE = re.compile(r" *(```|~~~)")
BORDER = re.compile(r"[-*_=|:\s]{3,}$")
ITEM = re.compile(r"\s*([-*+・※○●◎■◆▶►▼|]|[（(]?[0-9０-９]{1,3}[.．)）]|[①-⑳])")
LINK = re.compile(r"!?\[([^\[\]\n]{0,1000})\]\(([^()\n]{0,1000})\)")
EMPHASIS = re.compile(r"(\*{1,3}|~~|`+)(?=\S)(.{1,300}?)(?<=\S)\1")
QUOTED = re.compile(r"\s*(>\s?)+")
CJK = re.compile("[々〆〇ぁ-ヿ㐀-鿿豈-龎ｦ-ﾟ、，]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text, at most LONGEST characters, and the heading under which it begins."""

    text: str
    heading: str = ""


def cut(text: str, markdown: bool = False) -> tuple[Piece, ...]:
    """Pieces in the order of the text: cut at headings, else at paragraphs, else at sentences."""
    pile = _Pile()
    for heading, paragraphs in _sections(text, markdown):
        pile.section(heading)
        for paragraph in paragraphs:
            for number, unit in enumerate(_units(paragraph)):
                pile.add(unit, begins_paragraph=number == 0)
    pile.flush()
    return tuple(pile.pieces)


def plain(line: str) -> str:
    """One line of Markdown as it is read: no emphasis, marks of quotes, cell borders or link brackets."""
    line = QUOTED.sub("", line, count=1) if QUOTED.match(line) else line
    if line.lstrip().startswith("|"):
        line = "　".join(cell.strip() for cell in line.strip().strip("|").split("|"))
    line = LINK.sub(lambda found: " ".join(part for part in found.groups() if part), line)
    return EMPHASIS.sub(r"\2", line)


class _Pile:
    """Gathers units into pieces of a readable length."""

    def __init__(self) -> None:
        self.pieces: list[Piece] = []
        self._text = self._heading = self._begun_under = ""

    def section(self, heading: str) -> None:
        """A new heading: what was gathered ends here unless it is too short to stand alone."""
        if len(self._text) < SHORTEST and self.pieces and self.pieces[-1].heading == self._begun_under:
            self._join_last()
        if len(self._text) >= SHORTEST:
            self.flush()
        self._heading = heading

    def add(self, unit: str, begins_paragraph: bool) -> None:
        glue = "\n" if begins_paragraph and self._text else ""
        full = len(self._text) + len(glue) + len(unit) > LONGEST
        if full or len(self._text) >= (ENOUGH if begins_paragraph else PLENTY):
            self.flush()
            glue = ""
        if not self._text:
            self._begun_under = self._heading
        self._text += glue + unit

    def flush(self) -> None:
        """Ends the piece; a short rest joins the one before it."""
        if len(self._text) < SHORTEST and self.pieces and self.pieces[-1].heading == self._begun_under:
            self._join_last()
        if text := self._text.strip():
            self.pieces.append(Piece(text, self._begun_under))
        self._text = ""

    def _join_last(self) -> None:
        joined = f"{self.pieces[-1].text}\n{self._text.strip()}"
        if len(joined) <= LONGEST:
            self.pieces[-1] = Piece(joined.strip(), self._begun_under)
            self._text = ""


def _sections(text: str, markdown: bool) -> Iterator[tuple[str, list[str]]]:
    """(heading, paragraphs) in order; the heading is the first paragraph of its section."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n\n").replace("\x00", " ")
    heading, paragraphs, lines = "", list[str](), list[str]()
    fenced = False
    if not markdown:
        text = _single_spaced(text)
    for line in [*text.split("\n"), ""]:
        if markdown and FENCE.match(line):
            fenced = not fenced
            line = FENCE.sub("", line, count=1)  # noqa: PLW2901  what follows the fence is text too
        if found := "" if fenced else _heading(line, markdown):
            paragraphs.extend(_paragraph(lines))
            yield heading, paragraphs
            heading, paragraphs, lines = found[:100], [found], []
        elif not line.strip() or (markdown and len(line) <= LONGEST_LINE and BORDER.match(line)):
            paragraphs.extend(_paragraph(lines))
            lines = []
        else:
            lines.append(plain(line) if markdown and not fenced else line)
    yield heading, paragraphs


def _single_spaced(text: str) -> str:
    """A text from a page that puts an empty line after every line, without those: there an empty line parts
    no paragraphs. Other texts stay as they are."""
    lines = text.split("\n")
    filled = [number for number, line in enumerate(lines[:-1]) if line.strip()]
    followed = sum(1 for number in filled if not lines[number + 1].strip())
    longest = max((len(lines[number]) for number in filled), default=0)
    if len(filled) < 10 or longest > 80 or followed < len(filled) * 0.9:
        return text
    return "\n".join(line for line in lines if line.strip())


def _heading(line: str, markdown: bool) -> str:
    """The text of a line that is a heading, else "".

    In plain text the form of the number decides (5.1 組織体制について); a line that is taken wrongly costs
    nothing but a shorter passage."""
    bare = line.strip()
    if len(line) > LONGEST_LINE:
        return ""
    if (found := HEADING.match(line)) and "\t" not in bare:
        return plain(found.group(1).rstrip(" \t#")).strip()
    if markdown or len(bare) > 60 or "\t" in bare or bare.endswith(SENTENCE_END):
        return ""
    if not NUMBERED.match(bare):
        return ""
    return bare


def _paragraph(lines: Sequence[str]) -> list[str]:
    """The lines as one paragraph: a Japanese sentence that was broken at the edge of a page is joined, so
    that a word over two lines is found. No lines, no paragraph."""
    if not lines:
        return []
    text = lines[0].strip()
    last = text
    for line in lines[1:]:
        bare = line.strip()
        wrapped = len(last) >= WRAPPED and "\t" not in last and not ITEM.match(bare)
        joined = wrapped and bool(CJK.match(bare)) and bool(CJK.match(last[-1:]))
        text += bare if joined else "\n" + bare
        last = bare
    return [text]


def _units(paragraph: str) -> Iterator[str]:
    """Sentences; one that is too long is cut at clauses, and at last anywhere."""
    for sentence in SENTENCE.split(paragraph):
        if len(sentence) <= LONGEST:
            yield sentence
            continue
        gathered = ""
        for clause in CLAUSE.split(sentence):
            if gathered and len(gathered) + len(clause) > LONGEST:
                yield gathered
                gathered = ""
            gathered += clause
            while len(gathered) > LONGEST:
                end = _boundary(gathered)
                yield gathered[:end]
                gathered = gathered[end:]
        yield gathered


def _boundary(text: str) -> int:
    """Where to cut at or before LONGEST without parting a mark from its letter."""
    for end in range(LONGEST, LONGEST - 20, -1):
        if not unicodedata.combining(text[end]) and unicodedata.category(text[end]) not in ("Mn", "Me", "Cf"):
            return end
    return LONGEST
