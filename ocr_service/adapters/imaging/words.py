"""The words of a blank form around its ruled places."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from ocr_service.adapters.imaging.patches import Rect

_UNITS = re.compile(
    r"^[\s年月日時分円〒ー\-‐−－〜~()（）「」『』・,，.。:：/／様印㊞号番人第歳才午前後%％〇○□口¥￥]*$"
)
_LIST = re.compile(r"[^\s・･·/／()（）:：]{1,5}(?:\s*[・･·/／]\s*[^\s・･·/／()（）:：]{1,5})+")
_SEPARATOR = re.compile(r"\s*[・･·/／]\s*")
_KNOWN = frozenset(
    [
        "男",
        "女",
        "有",
        "無",
        "はい",
        "いいえ",
        "普通",
        "当座",
        "貯蓄",
        "同居",
        "別居",
        "可",
        "否",
        "本人",
        "代理人",
        "世帯主",
        "妻",
        "夫",
        "子",
        "父",
        "母",
        "明治",
        "大正",
        "昭和",
        "平成",
        "令和",
        "西暦",
        "明",
        "大",
        "昭",
        "平",
        "令",
        "する",
        "しない",
        "あり",
        "なし",
        "午前",
        "午後",
        "自宅",
        "携帯",
        "勤務先",
        "常勤",
        "非常勤",
        "正",
        "副",
        "転入",
        "転出",
        "転居",
        "銀行",
        "信用金庫",
        "信用組合",
        "農協",
        "本店",
        "支店",
        "出張所",
        "続柄",
        "既婚",
        "未婚",
        "国内",
        "国外",
        "要",
        "不要",
    ]
)


@dataclass(frozen=True, slots=True)
class Words:
    """One line of print and where it stands."""

    text: str
    place: Rect

    def between(self, start: int, end: int) -> Rect:
        """Where the characters from `start` to `end` stand, by their widths."""
        widths = [0.55 if unicodedata.east_asian_width(sign) in "NaH" else 1.0 for sign in self.text]
        whole = sum(widths) or 1.0
        before, until = sum(widths[:start]) / whole, sum(widths[:end]) / whole
        left = self.place.left + before * self.place.width
        right = self.place.left + until * self.place.width
        return Rect(round(left), self.place.top, max(round(left) + 1, round(right)), self.place.bottom)


def is_unit(text: str) -> bool:
    """Print that belongs to a place for writing rather than naming one: 年 月 日, 〒, 円."""
    return bool(_UNITS.match(text))


def choices(words: Words) -> list[Words]:
    """The words of a printed list such as 明・大・昭・平・令; none when the line holds no such list."""
    found: list[Words] = []
    for match in _LIST.finditer(words.text):
        pieces: list[tuple[int, int]] = []
        start = match.start()
        for separator in _SEPARATOR.finditer(match.group()):
            pieces.append((start, match.start() + separator.start()))
            start = match.start() + separator.end()
        pieces.append((start, match.end()))
        texts = [words.text[a:b].strip("□口☐ ") for a, b in pieces]
        known = sum(text in _KNOWN for text in texts)
        if known >= 2 or (known and len(texts) == 2) or all(len(text) == 1 for text in texts):
            found += [
                Words(text, words.between(a, b)) for text, (a, b) in zip(texts, pieces, strict=True) if text
            ]
    return found


def inside(place: Rect, lines: Sequence[Words]) -> list[Words]:
    """The lines whose middle lies in the place."""
    return [
        line
        for line in lines
        if place.left <= (line.place.left + line.place.right) / 2 <= place.right
        and place.top <= (line.place.top + line.place.bottom) / 2 <= place.bottom
    ]


def beside(place: Rect, lines: Sequence[Words], scale: float) -> str:
    """The nearest words to the left on the same height, or close above; "" when there are none."""
    best: tuple[float, str] = (float("inf"), "")
    middle = (place.top + place.bottom) / 2
    for line in lines:
        if is_unit(line.text):
            continue
        at = line.place
        level = min(at.bottom, place.bottom) - max(at.top, place.top) > 0.4 * at.height
        if level and at.left < place.left and at.right < place.left + 2 * scale:
            distance = place.left - at.right + 0.3 * abs((at.top + at.bottom) / 2 - middle)
        elif at.bottom <= place.top + scale and at.right > place.left - scale and at.left < place.right:
            distance = 1.6 * (place.top - at.bottom) + 0.2 * abs(at.left - place.left) + 2 * scale
        else:
            continue
        if distance < best[0]:
            best = (distance, line.text)
    return tidy(best[1]) if best[0] < 35 * scale else ""


def right_of(place: Rect, until: int, lines: Sequence[Words], scale: float) -> str:
    """The words directly to the right of a check square, up to `until`."""
    for line in sorted(lines, key=lambda each: each.place.left):
        at = line.place
        middle = (place.top + place.bottom) / 2
        if not at.top - 0.3 * at.height <= middle <= at.bottom + 0.3 * at.height:
            continue
        if at.right < place.right + scale or at.left > place.right + 4 * scale:
            continue
        kept = [
            sign
            for number, sign in enumerate(line.text)
            if place.right - 0.3 * scale
            <= (where := line.between(number, number + 1)).left + where.width / 2
            < until
        ]
        text = tidy("".join(kept))
        if text:
            return text
    return ""


def tidy(text: str) -> str:
    """Words as a label: without squares, brackets that stand alone, and colons at the end."""
    return re.sub(r"^[□口☐・:：\s]+|[□☐・:：\s]+$", "", text).replace("\u3000", " ").strip()
