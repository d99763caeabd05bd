"""Which characters a field may hold, and what a forbidden character that was seen stands for."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ocr_service.models.fields import Characters
from ocr_service.rules.characters import classes_of

# Of each line the first character is meant, the others are what engines see in its place.
_DIGIT_TWINS = (
    "0OoD〇○◯Q０Ｏ口Ｄ", "1lI|｜i!丨亅１Ｉｌ丿ノ/ｌ[]）)（(イι", "2Zz乙２己ㄥ", "3３ヨョろう", "4４午牛半ﾁ千Hч千斗H",
    "5S５ｓsら与", "6６bGｂら", "7７フワクㄱツっＴT7つりηｱアヮケ？?", "8８B&＆♂", "9９qgｑっタ夕g？",
)  # fmt: skip
_SIGN_TWINS = (
    "-ー−－‐–—一―~_〜",
    "/／",
    ",、，.．・'`",
    "..。．･・",
    "¥￥Ｙ",
    "円丹用内",
    "年手午",
    "月用目日肩",
    "日曰目白口田",
    "元ﾆ无",
    "令今会合全命第爷节",
    "平早半乎",
    "昭招照沼",
    "和秋积利知",
    "明朋",
    "大犬",
    "正王止",
    "成戚戒",
)
_KANA_TWINS = (
    "カ力か刀", "ロ口日", "ニ二こ", "タ夕", "ト卜と", "エ工", "ハ八は", "オ才", "チ千手干ち", "ー一―-−－‐–—丨|｜~", "ヘへ", "リりﾘ刂川",
    "ミ三彡", "ク7久", "フ7", "ノ/丿", "セ七せ也ゼ", "ヒ匕ひ", "ル儿", "レしL∠", "ム4厶", "メ×乂X", "モも毛", "ヤや", "ナ十", "イ亻1",
    "ソン", "ンソん", "シツ", "ツシ", "ヌ又", "ネ礼ね", "キき", "サ廿さ", "コこ", "ユ1", "ヨョ3", "ワ7", "ヲを", "ウう", "マ了", "ア了",
    "テて", "スす", "ホ木", "ケけ个", "ラう", "ッツっ", "ャヤゃ", "ュユゅ", "ョヨょ", "ァア", "ィイ", "ゥウ", "ェエ", "ォオ", "ヤャ", "ユュ", "イィ",
)  # fmt: skip
# Pairs of which either may be meant where both are allowed.
_MUTUAL = (
    "カ力", "ロ口", "ニ二", "タ夕", "トト卜", "エ工", "ハ八", "オ才", "チ千", "ー一-", "ヘへ", "リり", "ミ三", "0O〇○", "1lI7", "71", "56", "65", "ヶケ", "ッツ",
    "ャヤ", "ュユ", "ョヨ", "ソン", "シツ", "未末", "土士", "日曰", "己已巳", "瀬潮", "斉斎", "崎埼", "助肋", "候侯", "間問", "太大犬", "田由甲",
    "千干", "天夫", "午牛", "入人", "王玉", "今令", "幸辛", "宇字", "鳥島", "待侍", "石右", "木本", "衣依", "治冶", "科料", "緑縁", "微徴",
    "萩荻", "遣遺", "網綱", "坂板", "枝技", "村材", "住往", "佳住", "孝考", "季李", "辺込", "栄采", "真直", "恵惠", "高髙", "崎﨑", "谷各",
)  # fmt: skip
_FORBIDDEN = 0.9  # share of a forbidden twin's probability that its character takes over
_RARE = 0.3  # share that is left to characters beyond JIS X 0208
_ALLOWED = 0.02  # share that a character gets of a twin that is allowed as well


def _pairs(rows: Iterable[str]) -> Iterator[tuple[str, str]]:
    for row in rows:
        for seen in row[1:]:
            if seen != row[0]:
                yield seen, row[0]


def _meanings(*tables: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for table in tables:
        for seen, meant in _pairs(table):
            if meant not in found.get(seen, ""):
                found[seen] = found.get(seen, "") + meant
    return found


_FOLDED = _meanings(_DIGIT_TWINS, _SIGN_TWINS, _KANA_TWINS)
_EITHER = _meanings(row[at:] + row[:at] for row in _MUTUAL for at in range(len(row)))


@dataclass(frozen=True, slots=True)
class Alphabet:
    """The characters a field may hold: whole classes, and single ones. No class at all = all that is
    written in Japan."""

    classes: frozenset[Characters] = frozenset()
    single: frozenset[str] = frozenset()

    def __contains__(self, character: str) -> bool:
        if character in self.single:
            return True
        if self.single and not self.classes:
            return False
        return _rarity(character) > 0 and (
            not self.classes or not classes_of(character).isdisjoint(self.classes)
        )

    def meanings(self, seen: str) -> tuple[tuple[str, float], ...]:
        """What may be meant by a character that the engine saw, each with its share of the probability."""
        if seen in self:
            twins = _EITHER.get(seen, "")
            return ((seen, _rarity(seen)), *((twin, _ALLOWED) for twin in twins if twin in self))
        plain = _plain(seen)
        if plain != seen and plain in self:
            return ((plain, 1.0),)
        kana = _katakana(seen)
        if kana != seen and kana in self:
            return ((kana, 1.0),)
        meant = [twin for twin in _FOLDED.get(seen, "") if twin in self]
        return tuple((twin, _FORBIDDEN / len(meant)) for twin in meant)


def _rarity(character: str) -> float:
    """1 for the characters of JIS X 0208 and Windows, less for the others of JIS X 0213, 0 for what no Japanese
    office writes (simplified Chinese, Thai, emoji)."""
    for encoding, share in (("cp932", 1.0), ("euc_jis_2004", _RARE)):
        try:
            character.encode(encoding)
        except UnicodeEncodeError:
            continue
        return share
    return 0.0


def _plain(character: str) -> str:
    """Half width of a full-width Latin letter, digit or sign."""
    code = ord(character)
    return chr(code - 0xFEE0) if 0xFF01 <= code <= 0xFF5E else character


def _katakana(character: str) -> str:
    return chr(ord(character) + 0x60) if "ぁ" <= character <= "ゖ" else character
