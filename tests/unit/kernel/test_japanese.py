"""Japanese text to words, sounds and pairs of characters."""

import re
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.japanese import (
    Analyser,
    bigrams,
    fold,
    fold_with_offsets,
    normalise_with_offsets,
    romaji_to_katakana,
)
from kernel.japanese.kanji import OLD_TO_NEW

ANALYSER = Analyser()
TEXTS = st.text(max_size=80) | st.text(
    st.sampled_from("ごみゴミ収集日ﾊﾞｯﾊﾟー々ヽヾ㈱①ＡＩ-・、。 \n\x00😀é\u0301ヴァティ髙﨑旧舊ヰ"), max_size=40
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ごみの出し方を教えてください", ["ごみ", "出す", "方"]),
        ("引越しの申込み", ["引っ越し", "申し込み"]),
        ("引っ越しの申込", ["引っ越し", "申し込み"]),
        ("ｺﾝﾋﾟｭｰﾀと附属品", ["コンピューター", "付属", "品"]),
        ("廣報の聯絡", ["広報", "連絡"]),
        ("ＡＩ－ＯＣＲ", ["AI", "OCR"]),
        ("こども子供", ["子供", "子供"]),
        ("", []),
        ("。、！\x00\ud800😀", []),
    ],
)
def test_words_are_the_content_in_one_spelling(text: str, words: list[str]) -> None:
    assert ANALYSER.words(text) == words


def test_stop_words_are_left_out_of_questions_only() -> None:
    assert ANALYSER.words("方法を知りたい") == []
    assert ANALYSER.words("方法を知りたい", frozenset()) == ["方法", "知る"]
    assert "方法" in ANALYSER.analyse("方法を知りたい").words


def test_words_joined_of_katakana_keep_their_own_names() -> None:
    # Sudachi numbers all of these alike; words must not be remembered by that number.
    for text in ("コミュニティバス", "ゼロトラスト", "ミチミエール"):
        assert "".join(ANALYSER.analyse(text).words) == text


def test_words_after_analysis_are_the_same_as_before() -> None:
    text = "粗大ごみの収集を申し込む方法"
    before = Analyser().words(text)
    ANALYSER.analyse(text)
    assert ANALYSER.words(text) == before


def test_sounds_go_with_the_words() -> None:
    analysis = ANALYSER.analyse("児童手当のコンピュータ処理")
    assert list(zip(analysis.words, analysis.sounds, strict=True)) == [
        ("児童", "ジドウ"),
        ("手当", "テアテ"),
        ("コンピューター", "コンピユタ"),
        ("処理", "シヨリ"),
    ]


def test_compounds_are_nouns_pairs_and_the_whole_run() -> None:
    assert ANALYSER.analyse("マイナンバーカードを電子申請する").compounds >= {"マイナンバカド", "電子申請"}
    written = ANALYSER.compounds("ﾏｲﾅﾝﾊﾞｰカードとAI-OCR")
    assert written["マイナンバカド"] == "ﾏｲﾅﾝﾊﾞｰカード"
    assert written["aiocr"] == "AI-OCR"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ちゃっとぼっと", "チャットボット"),
        ("ﾁｬｯﾄﾎﾞｯﾄ", "チャットボット"),
        ("サーバー", "サーバ"),
        ("ヴァージョン", "バージョン"),
        ("ヱビス", "えびす"),
        ("みかづき", "ミカズキ"),
        ("プラスティック", "プラスチック"),
        ("ＡＩ－ＯＣＲ", "ai ocr"),
        ("髙﨑", "高崎"),
        ("圖書館", "図書館"),
        ("人々", "人人"),
        ("学問のすゝめ", "学問のすすめ"),
        ("ダイヤル", "ダイアル"),
    ],
)
def test_writings_of_one_word_fold_together(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("かき", "がき"), ("ハハ", "パパ"), ("東京。都", "東京都"), ("保健", "保険"), ("は", "わ")],
)
def test_words_apart_stay_apart(one: str, other: str) -> None:
    assert fold(one) != fold(other)


def test_old_kanji_lead_to_new_ones_in_one_step() -> None:
    assert not {ord(new) for new in OLD_TO_NEW.values()} & OLD_TO_NEW.keys()
    assert all(len(new) == 1 for new in OLD_TO_NEW.values())
    assert len(OLD_TO_NEW) > 400


def test_bigrams_overlap_within_a_run_only() -> None:
    assert bigrams("東京 都 区役所") == ["東京", "都", "区役", "役所"]


def test_offsets_lead_back_to_the_text_as_written() -> None:
    text = "㈱とﾊﾞｰｼﾞｮﾝの、ＡＩ－ＯＣＲ。人々"
    folded, offsets = fold_with_offsets(text)
    assert folded == fold(text)

    def written(part: str) -> str:
        at = folded.index(part)
        return text[offsets[at][0] : offsets[at + len(part) - 1][1]]

    assert written("バジヨン") == "ﾊﾞｰｼﾞｮﾝ"
    assert written("aiocr") == "ＡＩ－ＯＣＲ"
    assert written("人人") == "人々"


def test_places_of_words_and_of_sounds() -> None:
    text = "ﾏｲﾅﾝﾊﾞｰで引越しの手続"
    found = [text[start:end] for start, end in ANALYSER.find(text, {"引っ越し"}, {"マイナンバ"})]
    assert found == ["ﾏｲﾅﾝﾊﾞｰ", "引越し"]


@pytest.mark.parametrize(
    ("typed", "kana"),
    [
        ("gomi", "ゴミ"),
        ("jidouteate", "ジドウテアテ"),
        ("chattobotto", "チャットボット"),
        ("shinsei", "シンセイ"),
        ("kon'yaku", "コンヤク"),
        ("matcha", "マッチャ"),
        ("kannri", "カンリ"),
        ("rpa", None),
        ("xroad", None),
        ("", ""),
    ],
)
def test_romaji(typed: str, kana: str | None) -> None:
    assert romaji_to_katakana(typed) == kana


def test_long_texts_are_cut_at_sentence_ends_and_nothing_is_lost() -> None:
    sentence = "粗大ごみの収集は電話で申し込みます。"
    text = sentence * 2_000
    tokens = ANALYSER.tokens(text)
    assert "".join(text[token.start : token.end] for token in tokens) == text
    assert ANALYSER.analyse(text).words == ANALYSER.analyse(sentence).words * 2_000
    assert len(ANALYSER.words("あ" * 100_000 + "😀" * 20_000)) >= 0


def test_many_threads_share_one_analyser() -> None:
    expected = ANALYSER.analyse("区役所の窓口で児童手当を申請する")
    wrong: list[object] = []

    def work() -> None:
        for number in range(100):
            ANALYSER.analyse(f"第{number}回")
            if ANALYSER.analyse("区役所の窓口で児童手当を申請する") != expected:
                wrong.append(number)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_any_text_is_analysed(text: str) -> None:
    analysis = ANALYSER.analyse(text)
    assert len(analysis.words) == len(analysis.sounds)
    assert not any(" " in each or not each for each in (*analysis.words, *analysis.bigrams))
    assert ANALYSER.words(text, frozenset()) == list(analysis.words)
    for token in ANALYSER.tokens(text):
        assert 0 <= token.start <= token.end <= len(text)


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_folding_settles_and_offsets_fit(text: str) -> None:
    folded, offsets = fold_with_offsets(text)
    assert re.fullmatch(r"(\w+( \w+)*)?", fold(text))
    assert len(folded) == len(offsets)
    assert all(0 <= start < end <= len(text) for start, end in offsets)
    assert [start for start, _ in offsets] == sorted(start for start, _ in offsets)
    plain, places = normalise_with_offsets(text)
    assert len(places) == len(plain) + 1
    assert places[-1] == len(text)
