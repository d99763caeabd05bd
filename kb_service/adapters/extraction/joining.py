"""Lines of a page joined to sentences again: a word broken at a line's end could not be found."""

import re
import unicodedata

_JAPANESE = re.compile(r"[\u3001-\u30ff\u3400-\u9fff\uf900-\ufaff\uff01-\uff9f々〇]")
_NEW_ITEM = re.compile(
    r"\s*(?:[・○●◎◇◆□■△▲▽▼※★☆►▶✓◯〇•‣\-–—*]|[①-⑳㉑-㉟❶-❿⑴-⒇ⅰ-ⅹⅠ-Ⅹ]"
    r"|[(（][0-9０-９ア-ンa-zA-Z一二三四五六七八九十]{1,3}[)）]"
    r"|[0-9０-９]{1,3}(?:[.．)）、]|\s|$)|[0-9０-９]+[-－][0-9０-９]+\s|第[0-9０-９一二三四五六七八九十百]+[章節条項]"
    r"|[図表][\s0-9０-９]|[ア-ン][\s　.．)）])"
)
_ENDS_SENTENCE = "。！？!?」』）)】：:"
_FULL = 0.8  # a line of this share of its neighbourhood's width was broken because it was full
_NEIGHBOURS = 4
_MIN_WIDTH = 16  # half-width cells: shorter lines are cells, labels or headings


def join_lines(text: str) -> str:
    """Removes line breaks within Japanese sentences and turns those within Latin ones to spaces. A break stays
    after a line that was not full, before an item of a list, and after the end of a sentence."""
    lines = _stand_up([line.strip() for line in text.split("\n")])
    widths = [_width(line) for line in lines]
    joined: list[str] = []
    open_line = False  # the line before was broken for want of space
    for index, line in enumerate(lines):
        if joined and open_line and line and not _NEW_ITEM.match(line):
            joined[-1] = _join(joined[-1], line)
        else:
            joined.append(line)
        around = max(widths[max(0, index - _NEIGHBOURS) : index + _NEIGHBOURS + 1])
        full = widths[index] >= max(_MIN_WIDTH, _FULL * around)
        open_line = full and not line.endswith(tuple(_ENDS_SENTENCE))
    return "\n".join(joined)


def _join(before: str, after: str) -> str:
    if _JAPANESE.match(before[-1]) or _JAPANESE.match(after[0]):
        return before + after
    if before.endswith("-") and len(before) > 1 and before[-2].isalpha() and after[0].islower():
        return before[:-1] + after
    return f"{before} {after}"


def _width(line: str) -> int:
    """Half-width cells a line takes."""
    return sum(2 if unicodedata.east_asian_width(letter) in "FWA" else 1 for letter in line)


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
