"""Lines of a page joined to sentences again: a word broken at a line's end could not be found."""

import re

_JAPANESE = re.compile(r"[\u3001-\u30ff\u3400-\u9fff\uf900-\ufaff\uff01-\uff9f々〇]")
_NEW_ITEM = re.compile(
    r"(?:[・○●◎◇◆□■△▲▽▼※★☆►▶✓◯〇•‣\-–—*#|>＜<【［]|[①-⑳㉑-㉟❶-❿⑴-⒇ⅰ-ⅹⅠ-Ⅹ]"
    r"|[(（][0-9０-９ア-ンa-zA-Z一二三四五六七八九十]{1,3}[)）]"
    r"|[0-9０-９]{1,3}(?:[.．)）、]|\s|$)|[0-9０-９]+[-－][0-9０-９]+\s"
    r"|第[0-9０-９一二三四五六七八九十百]+[章節条項]|[図表][\s0-9０-９]|[ア-ンa-z][\s　.．)）])"
)
_ENDS = tuple("。．.！？!?」』)）】：:；;")
_LEADS_ON = re.compile(r"(?:[、，,「『（(・]|[A-Za-z]-)\Z")
_CANNOT_BEGIN = re.compile(r"[、。，．」』）)ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮー々]")
_SAME_RUN = re.compile(r"(?:[ぁ-ん]\n[ぁ-ん]|[ァ-ヴー]\n[ァ-ヴー]|[A-Za-z]\n[a-z])")
# all but these count two cells; half-width katakana is the only exception beyond Latin that is common
_NARROW = re.compile(r"[\x00-\xa0\uff61-\uff9f]")
_NEIGHBOURS = 8
_SLACK = 0.9  # of the widest neighbour: justification and kinsoku move a line's end by a character or two
_LOOSE = 0.8  # enough when the words themselves show that the sentence goes on
_MIN_WIDTH = 16  # half-width cells; shorter lines are cells, labels or headings
_MAX_WIDTH = 200  # no page is wider: such lines were never broken
_SEEN_TWICE = 3  # this many lines of one width show a margin


def join_lines(text: str, over_blank_lines: bool = False) -> str:
    """Removes line breaks within Japanese sentences and turns those within Latin ones to spaces.

    A break goes when its line was full (several neighbours end at the same width, or the words show that the
    sentence goes on). It stays after the end of a sentence, before an item of a list, and beside a table's cells.
    `over_blank_lines` also joins over one empty line, which some converters put after each line."""
    lines = _stand_up([line.strip() for line in text.split("\n")])
    written = [index for index, line in enumerate(lines) if line]
    widths = [_width(lines[index]) for index in written]
    joined: list[str] = []
    before = -1
    for position, index in enumerate(written):
        gap = index - before
        if (
            joined
            and gap <= (2 if over_blank_lines else 1)
            and _goes_on(position - 1, lines, written, widths)
        ):
            joined[-1] = _join(joined[-1], lines[index])
        else:
            joined.extend([""] * (gap - 1))
            joined.append(lines[index])
        before = index
    return "\n".join(joined)


def _goes_on(position: int, lines: list[str], written: list[int], widths: list[int]) -> bool:
    """Whether the written line at `position` was broken only because it was full."""
    line, after = lines[written[position]], lines[written[position + 1]]
    width = widths[position]
    if not _MIN_WIDTH <= width <= _MAX_WIDTH or "\t" in line + after or " | " in line + after:
        return False
    if line.endswith(_ENDS) or _NEW_ITEM.match(after):
        return False
    around = widths[max(0, position - _NEIGHBOURS) : position + _NEIGHBOURS + 2]
    widest = max(around)
    evident = (
        _LEADS_ON.search(line) or _CANNOT_BEGIN.match(after) or _SAME_RUN.match(f"{line[-1]}\n{after[0]}")
    )
    if evident:
        return width >= _LOOSE * widest
    full = min(_SLACK * widest, widest - 4)
    return width >= full and sum(other >= full for other in around) >= _SEEN_TWICE


def _join(before: str, after: str) -> str:
    if _JAPANESE.match(before[-1]) or _JAPANESE.match(after[0]):
        return before + after
    if before.endswith("-") and len(before) > 1 and before[-2].isalpha() and after[0].islower():
        return before[:-1] + after
    return f"{before} {after}"


def _width(line: str) -> int:
    """Half-width cells a line takes; of one that is too long to count, some number over the limit."""
    if len(line) > _MAX_WIDTH:
        return len(line)
    return len(line) if line.isascii() else len(line) + len(_NARROW.sub("", line))


def _stand_up(lines: list[str]) -> list[str]:
    """Runs of four or more one-character lines are vertical writing: one line again."""
    result: list[str] = []
    run: list[str] = []
    for line in [*lines, ""]:
        if len(line) == 1 and _JAPANESE.match(line):
            run.append(line)
            continue
        result.extend(["".join(run)] if len(run) >= 4 else run)
        run = []
        result.append(line)
    return result[:-1]
