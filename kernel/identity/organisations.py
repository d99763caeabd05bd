"""The members: the 23 special wards, Tokyo, and the body that serves them together."""

from collections.abc import Mapping
from types import MappingProxyType

from kernel.errors import Invalid, Problem, Text
from kernel.identity.models import Organisation, OrganisationKind

TOKYO = "130001"
SHARED_BODY = "shared"

# Code (JIS X 0402 with check digit), name, kana, English, population. Population: final counts of the
# 2020 census (令和2年国勢調査 人口等基本集計, 1 October 2020), persons.
_WARDS = (
    ("131016", "千代田区", "ちよだく", "Chiyoda City", 66_680),
    ("131024", "中央区", "ちゅうおうく", "Chuo City", 169_179),
    ("131032", "港区", "みなとく", "Minato City", 260_486),
    ("131041", "新宿区", "しんじゅくく", "Shinjuku City", 349_385),
    ("131059", "文京区", "ぶんきょうく", "Bunkyo City", 240_069),
    ("131067", "台東区", "たいとうく", "Taito City", 211_444),
    ("131075", "墨田区", "すみだく", "Sumida City", 272_085),
    ("131083", "江東区", "こうとうく", "Koto City", 524_310),
    ("131091", "品川区", "しながわく", "Shinagawa City", 422_488),
    ("131105", "目黒区", "めぐろく", "Meguro City", 288_088),
    ("131113", "大田区", "おおたく", "Ota City", 748_081),
    ("131121", "世田谷区", "せたがやく", "Setagaya City", 943_664),
    ("131130", "渋谷区", "しぶやく", "Shibuya City", 243_883),
    ("131148", "中野区", "なかのく", "Nakano City", 344_880),
    ("131156", "杉並区", "すぎなみく", "Suginami City", 591_108),
    ("131164", "豊島区", "としまく", "Toshima City", 301_599),
    ("131172", "北区", "きたく", "Kita City", 355_213),
    ("131181", "荒川区", "あらかわく", "Arakawa City", 217_475),
    ("131199", "板橋区", "いたばしく", "Itabashi City", 584_483),
    ("131202", "練馬区", "ねりまく", "Nerima City", 752_608),
    ("131211", "足立区", "あだちく", "Adachi City", 695_043),
    ("131229", "葛飾区", "かつしかく", "Katsushika City", 453_093),
    ("131237", "江戸川区", "えどがわく", "Edogawa City", 697_932),
)

ORGANISATIONS: Mapping[str, Organisation] = MappingProxyType(
    {
        **{
            code: Organisation(code, OrganisationKind.WARD, name, kana, english, population)
            for code, name, kana, english, population in _WARDS
        },
        TOKYO: Organisation(
            TOKYO, OrganisationKind.METROPOLIS, "東京都", "とうきょうと", "Tokyo Metropolis", 14_047_594
        ),
        SHARED_BODY: Organisation(
            SHARED_BODY,
            OrganisationKind.SHARED_BODY,
            "共同化実行組織",
            "きょうどうかじっこうそしき",
            "Shared Body",
        ),
    }
)


def organisation(code: str) -> Organisation:
    """The organisation of a code; raises Invalid for an unknown one."""
    found = ORGANISATIONS.get(code)
    if found is None:
        text = Text(
            "この団体コードはありません。一覧から団体を選んでください。",
            "There is no organisation of this code. Choose one from the list.",
        )
        raise Invalid(text, (Problem("organisation", text),))
    return found
