"""A title for a document that names none: pure guesses from its first lines."""

import re

LONGEST = 100  # characters
LOOKED_AT = 3_000  # characters from the beginning
BRACKETS = re.compile(r"^[「『【〈《\"“]+(.+?)[」』】〉》\"”]+$")
HEADING = re.compile(r"^ {0,3}#\s+(\S.*?)[\s#]*$", re.MULTILINE)
MARKUP = re.compile(r"[*_`\\]{1,3}|^[#>\s]+|^[◆■●○▼▶◎・※\-]+\s*")
SPREAD = re.compile(r"(?<=[ぁ-ん])[ 　]+(?=[一-鿿ァ-ヿぁ-ん])")  # a line was broken there: を 生かした
NUMBERED = re.compile(r"^[0-9０-９]{1,2}\s+\S")  # an item of an agenda: 01 挨拶
KIND_ONLY = re.compile(r"^.{0,16}(報告書|資料|概要|議事録|要綱|計画|手引|マニュアル|次第|議案)$")
MADE_BY = re.compile(r"^(Microsoft (Word|PowerPoint|Excel)\s*-\s*)(?=\S)")
NO_TITLE = re.compile(
    r"(無題|名称未設定|新規|表紙|スライド|プレゼンテーション|文書|ブック|シート"
    r"|untitled|presentation|powerpoint.*|document|title|slide|sheet|book)[\s_\-0-9０-９]*(\.\w{2,4})?",
    re.IGNORECASE,
)
ENDING = re.compile(r"\.(docx?|xlsx?|pptx?|pdf|txt|jtd)$", re.IGNORECASE)
LETTERS = re.compile(r"[^\W\d_]")


def title_of(text: str, declared: str, file_name: str) -> str:
    """The document's own title when it declares one; else its first heading, else the first line that reads
    like a title, else the file's name without its ending."""
    stem = file_name.rpartition(".")[0] or file_name
    own = _tidy(ENDING.sub("", MADE_BY.sub("", declared)))
    if len(_letters(own)) >= 3 and not NO_TITLE.fullmatch(own):
        return own
    start = text[:LOOKED_AT]
    if found := HEADING.search(start):
        return _tidy(found.group(1))
    lines = [tidied for line in start.splitlines() if (tidied := _tidy(line))]
    for number, line in enumerate(lines[:10]):
        if len(_letters(line)) < 3 or line.endswith(("。", "、")) or NUMBERED.match(line):
            continue
        following = lines[number + 1] if number + 1 < len(lines) else ""
        if KIND_ONLY.match(line) and following and len(following) <= 60 and not following.endswith("。"):
            return f"{line} {following}"[:LONGEST]
        return line
    return _tidy(stem) or "名称なし"


def _letters(text: str) -> str:
    return "".join(LETTERS.findall(text))


def _tidy(line: str) -> str:
    """Without markup and brackets around it, spaces as a person would set them, at most LONGEST characters."""
    seen = "".join(letter if letter.isprintable() else " " for letter in line)
    bare = MARKUP.sub("", " ".join(seen.split()))
    bare = SPREAD.sub("", bare).strip()
    if bracketed := BRACKETS.match(bare):
        bare = bracketed.group(1)
    return bare if len(bare) <= LONGEST else bare[: LONGEST - 1].rstrip() + "…"
