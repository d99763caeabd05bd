"""Lookalikes are settled where the neighbours are certain, and nowhere else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr_service.rules.lookalikes import settle_lookalikes


@pytest.mark.parametrize(
    ("read", "settled"),
    [
        ("サ一バーの更新", "サーバーの更新"),
        ("チャツ卜ボット", "チャツトボット"),
        ("ア力ウント", "アカウント"),
        ("ＡⅠ－〇ＣＲとRＰA", "AI-OCRとRPA"),
        ("A〇CR", "AOCR"),
        ("システムヘ入カし", "システムへ入力し"),
        ("ＡＩ－０ＣＲの導入", "AI-OCRの導入"),
        ("窓ロでロ座を聞き、エ事の施エと統ーを図る", "窓口で口座を聞き、工事の施工と統一を図る"),
        ("令和ニ年", "令和二年"),
        # left alone: words that hold these letters by right
        ("一千八百人の力", "一千八百人の力"),
        ("入口にて", "入口にて"),
        ("二〇二六年", "二〇二六年"),
        ("第Ⅰ期", "第Ⅰ期"),
        ("○印を付ける", "○印を付ける"),
        ("サービス一覧", "サービス一覧"),
        ("三カ月で数カ所を回る", "三カ月で数カ所を回る"),
        ("市民カード", "市民カード"),
        ("新ロボットと全エリア", "新ロボットと全エリア"),
        ("東ヘルスケア", "東ヘルスケア"),
        ("A-0CRX1", "A-0CRX1"),
    ],
)
def test_known_pairs(read: str, settled: str) -> None:
    assert settle_lookalikes(read) == settled


@given(st.text(max_size=60))
def test_it_never_fails_and_is_done_in_one_go(text: str) -> None:
    once = settle_lookalikes(text)
    assert settle_lookalikes(once) == once
