"""The grammar of the search box: words, "exact phrases" and -exclusions."""

import re

from kb_service.models.searching import Query
from kernel.errors import Invalid, Problem, Text

LONGEST = 2_000

_UNSAFE = re.compile("[\ud800-\udfff\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")
_QUOTES = re.compile('[「『〝“”„"＂」』〟]')
_PHRASE = re.compile(
    r'"([^"＂“”]*)["＂“”]|＂([^"＂“”]*)["＂“”]|[“”„]([^“”„"＂]*)[“”"＂]|「([^「」]*)」|『([^『』]*)』|〝([^〝〟]*)〟'
)
# The minus of every keyboard; ー is what a Japanese input method makes of it; it counts only where a word begins.
_MINUS = "-－‐‑−–ー"


def parse(raw: str) -> Query:
    """What was typed, taken apart. Lone quotes and signs are blanks. Raises Invalid over LONGEST characters."""
    if len(raw) > LONGEST:
        raise Invalid(
            Text(
                f"検索語が長すぎます({len(raw):,}文字)。{LONGEST:,}文字までに短くして、もう一度検索してください。",
                f"The search text is too long ({len(raw):,} characters). "
                f"Shorten it to {LONGEST:,} characters or fewer and search again.",
            ),
            (Problem("q", Text(f"{LONGEST:,}文字までです。", f"At most {LONGEST:,} characters.")),),
        )
    line = _UNSAFE.sub(" ", raw)
    phrases: list[str] = []
    excluded: list[str] = []
    rest: list[str] = []
    end = 0
    for found in _PHRASE.finditer(line):
        before = line[end : found.start()]
        end = found.end()
        inside = next(group for group in found.groups() if group is not None)
        phrase = " ".join(_QUOTES.sub(" ", inside).split())  # a quote of another kind inside is a blank
        minus = bool(before) and before[-1] in _MINUS and (len(before) == 1 or before[-2].isspace())
        rest.append(before[:-1] if minus else before)
        if phrase and any(map(str.isalnum, phrase)):
            (excluded if minus else phrases).append(phrase)
    rest.append(line[end:])
    words: list[str] = []
    for word in _QUOTES.sub(" ", " ".join(rest)).split():
        if word[0] in _MINUS and any(map(str.isalnum, word[1:2])):
            excluded.append(word[1:])
        elif word.strip(_MINUS):
            words.append(word)
    return Query(" ".join(words), tuple(dict.fromkeys(phrases)), tuple(dict.fromkeys(excluded)), raw)
