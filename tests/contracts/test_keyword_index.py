"""The contract of ports.keyword.KeywordIndex, for every adapter."""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb_service.adapters.tantivy_index import TantivyIndex
from kb_service.models.attachments import Place, PlaceKind
from kb_service.models.passages import IndexedEntry, Passage, PassageSource, Removal
from kb_service.models.searching import Filters, Query, Sort
from kb_service.ports.keyword import KeywordIndex
from kb_service.rules.query import parse
from kernel.errors import Unavailable
from kernel.japanese import Analyser
from kernel.visibility import MEMBERS, PUBLIC, organisation_key, reader_keys

CHIYODA, MINATO = "131016", "131032"
READER = reader_keys(CHIYODA)
NOTHING = Filters()
Open = Callable[[], KeywordIndex]


@pytest.fixture(scope="module")
def analyser() -> Analyser:
    return Analyser()


@pytest.fixture(params=["tantivy"])
def opened(request: pytest.FixtureRequest, tmp_path: Path, analyser: Analyser) -> Open:
    """Opens the adapter over one folder, again and again."""
    adapters: dict[str, Open] = {"tantivy": lambda: TantivyIndex(tmp_path / "index", analyser)}
    return adapters[request.param]


@pytest.fixture
def index(opened: Open) -> Iterator[KeywordIndex]:
    with closing(opened()) as made:
        yield made


def entry(
    entry_id: str,
    title: str,
    *texts: str,
    version: int = 1,
    audience: frozenset[str] = frozenset({MEMBERS}),
    day: int = 0,
    hours: float | None = None,
    period: tuple[date | None, date | None] = (None, None),
    passages: tuple[Passage, ...] = (),
    **facets: str,
) -> IndexedEntry:
    numbered = [Passage(number, PassageSource.BODY, text) for number, text in enumerate(texts, 1)]
    return IndexedEntry(
        entry_id,
        version,
        audience,
        title,
        (Passage(0, PassageSource.TITLE, title), *numbered, *passages),
        {name: tuple(values.split("|")) for name, values in facets.items()},
        datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=day),
        period[0],
        period[1],
        hours,
    )


def found(
    index: KeywordIndex, text: str, keys: frozenset[str] = READER, filters: Filters = NOTHING
) -> list[str]:
    return [hit.entry_id for hit in index.search(parse(text), keys, filters, 20).hits]


# Writing


def test_a_new_index_is_empty(index: KeywordIndex) -> None:
    assert index.sequence() == 0
    assert index.entries() == 0
    assert found(index, "ごみ") == []
    assert index.search(parse(""), READER, NOTHING, 10).total == 0
    assert index.suggest("ご", READER, 5) == ()


def test_what_is_written_is_found_when_write_returns(index: KeywordIndex) -> None:
    index.write([entry("a", "児童手当の現況届")], 7)
    assert found(index, "児童手当") == ["a"]
    assert (index.sequence(), index.entries()) == (7, 1)


def test_a_newer_version_replaces_and_an_older_one_is_ignored(index: KeywordIndex) -> None:
    index.write([entry("a", "粗大ごみ", version=2)], 1)
    index.write([entry("a", "図書館", version=1), entry("a", "保育園", version=2)], 2)
    assert (found(index, "粗大ごみ"), found(index, "図書館"), found(index, "保育園")) == (["a"], [], [])
    index.write([entry("a", "介護保険", version=3)], 3)
    assert (found(index, "粗大ごみ"), found(index, "介護保険")) == ([], ["a"])
    assert index.entries() == 1
    assert index.passage("a", 0, READER) == Passage(0, PassageSource.TITLE, "介護保険")


def test_the_highest_of_several_versions_in_one_write_counts(index: KeywordIndex) -> None:
    index.write(
        [entry("a", "二番", version=2), entry("a", "三番", version=3), entry("a", "一番", version=1)], 1
    )
    assert index.entries() == 1
    assert found(index, "三番") == ["a"]


def test_a_removal_takes_entry_and_passages_away(index: KeywordIndex) -> None:
    index.write([entry("a", "粗大ごみ", "回収の申し込み"), entry("b", "粗大ごみの手引き")], 1)
    index.write(
        [Removal("a"), Removal("unknown"), Removal("b"), entry("b", "粗大ごみの手引き", version=2)], 2
    )
    assert found(index, "粗大ごみ") == ["b"]
    assert index.passage("a", 1, READER) is None
    assert index.entries() == 1


def test_the_same_changes_twice_change_nothing(index: KeywordIndex) -> None:
    changes = [entry("a", "粗大ごみ", "回収"), entry("b", "粗大ごみの料金")]
    index.write(changes, 5)
    before = index.search(parse("粗大ごみ"), READER, NOTHING, 10)
    index.write(changes, 5)
    after = index.search(parse("粗大ごみ"), READER, NOTHING, 10)
    assert [(hit.entry_id, hit.version, hit.matched) for hit in after.hits] == [
        (hit.entry_id, hit.version, hit.matched) for hit in before.hits
    ]
    assert (after.total, after.facets) == (before.total, before.facets)
    assert (index.entries(), index.sequence()) == (2, 5)


def test_an_empty_write_moves_the_sequence_and_it_never_goes_back(index: KeywordIndex) -> None:
    index.write([], 9)
    index.write([], 3)
    assert index.sequence() == 9
    assert index.search(parse(""), READER, NOTHING, 10).total == 0


def test_everything_is_there_after_opening_again(opened: Open) -> None:
    with closing(opened()) as first:
        first.write([entry("a", "印鑑登録", "証明書の交付")], 12)
    with closing(opened()) as second:
        assert (found(second, "印鑑 証明書"), second.sequence(), second.entries()) == (["a"], 12, 1)


def test_a_second_writer_is_refused_with_a_reason(opened: Open, index: KeywordIndex) -> None:
    with pytest.raises(Unavailable) as refused:
        opened()
    assert "書き込み中" in refused.value.text.ja


def test_searching_goes_on_while_another_thread_writes(index: KeywordIndex) -> None:
    index.write([entry("a", "粗大ごみの回収")], 1)
    stop, errors = threading.Event(), []

    def search() -> None:
        while not stop.is_set():
            try:
                assert "a" in found(index, "粗大ごみ")
            except Exception as error:
                errors.append(error)
                return

    readers = [threading.Thread(target=search) for _ in range(3)]
    for reader in readers:
        reader.start()
    for number in range(20):
        index.write([entry(f"n{number}", f"第{number}号の粗大ごみ")], number + 2)
    stop.set()
    for reader in readers:
        reader.join()
    assert errors == []
    assert index.entries() == 21


# Rights


def test_a_reader_without_a_key_learns_nothing_of_an_entry(index: KeywordIndex) -> None:
    secret = entry(
        "secret",
        "碧水台出張所の移転",
        "マイナンバーカードの交付",
        audience=frozenset({organisation_key(MINATO)}),
        tag="極秘案件",
    )
    index.write([secret, entry("open", "出張所の一覧")], 1)
    other = reader_keys(MINATO)
    assert set(found(index, "出張所", other)) == {"secret", "open"}
    assert index.suggest("碧水", other, 5) == ("碧水台出張所の移転",)
    answer = index.search(parse("出張所"), READER, NOTHING, 10)
    assert (answer.total, [hit.entry_id for hit in answer.hits]) == (1, ["open"])
    assert "tag" not in {name for name, counts in answer.facets.items() if counts}
    assert found(index, "碧水台") == []
    assert index.suggest("碧水", READER, 5) == index.suggest("極秘", READER, 5) == ()
    assert index.search(parse("マイナンバーガード"), READER, NOTHING, 10).corrected == ""
    assert index.search(parse("マイナンバーガード"), other, NOTHING, 10).corrected == "マイナンバーカード"
    assert index.passage("secret", 0, READER) is None
    assert index.passages(parse("出張所"), ["secret", "open"], READER, 2).keys() == {"open"}
    assert not any(index.count(["secret"], READER, NOTHING).values())
    assert index.search(parse(""), READER, NOTHING, 10, only=["secret", "open"]).total == 1


def test_a_key_more_or_less_takes_effect_with_the_next_version(index: KeywordIndex) -> None:
    index.write([entry("a", "入札の手引き")], 1)
    index.write([entry("a", "入札の手引き", version=2, audience=frozenset({organisation_key(MINATO)}))], 2)
    assert found(index, "入札") == []
    assert index.passage("a", 0, READER) is None
    assert found(index, "入札", frozenset({PUBLIC})) == []
    assert found(index, "入札", reader_keys(MINATO)) == ["a"]


def test_nobody_without_keys_finds_anything(index: KeywordIndex) -> None:
    index.write([entry("a", "入札の手引き", audience=frozenset({PUBLIC}))], 1)
    assert index.search(parse("入札"), frozenset(), NOTHING, 10).total == 0
    assert found(index, "入札", frozenset({PUBLIC})) == ["a"]


# Words


def test_all_words_come_first_most_words_are_kept_and_one_word_is_not_enough(index: KeywordIndex) -> None:
    index.write(
        [
            entry("all", "保育園の入園申請", "電子申請で受け付けた"),
            entry("most", "保育園の入園"),
            entry("one", "保育の歴史"),
            entry("none", "道路の補修"),
        ],
        1,
    )
    answer = index.search(parse("保育 入園 電子申請"), READER, NOTHING, 10)
    assert [hit.entry_id for hit in answer.hits] == ["all", "most"]
    assert answer.total == 2
    assert found(index, "保育 入園") == ["most", "all"] or found(index, "保育 入園") == ["all", "most"]


def test_when_no_entry_has_enough_words_those_with_some_are_found(index: KeywordIndex) -> None:
    index.write([entry("a", "保育園の入園"), entry("b", "道路の補修")], 1)
    assert set(found(index, "保育園 道路")) == {"a", "b"}
    assert found(index, "保育園 鯨") == ["a"]


def test_a_phrase_must_stand_there_word_for_word(index: KeywordIndex) -> None:
    index.write([entry("a", "自治体クラウドの共同利用"), entry("b", "クラウドを自治体が利用")], 1)
    assert set(found(index, "自治体 クラウド")) == {"a", "b"}
    for typed in ('"自治体クラウド"', "「自治体クラウド」", "”自治体クラウド”", '"自治体ｸﾗｳﾄﾞ"'):
        assert found(index, typed) == ["a"]
    assert found(index, '"クラウド自治体"') == []
    assert found(index, '利用 "クラウドを自治体"') == ["b"]


def test_a_phrase_does_not_reach_over_a_full_stop(index: KeywordIndex) -> None:
    index.write([entry("a", "会議", "場所は東京。都庁で開く")], 1)
    assert found(index, '"東京都"') == []


@pytest.mark.parametrize("minus", ["-", "－", "‐"])
def test_excluded_words_are_in_no_hit(index: KeywordIndex, minus: str) -> None:
    index.write([entry("a", "引っ越しの手続き"), entry("b", "転入の手続き"), entry("c", "手続きの電子化")], 1)
    assert set(found(index, f"手続き {minus}引越し")) == {"b", "c"}
    assert set(found(index, f"手続き {minus}引越し {minus}電子化")) == {"b"}
    assert set(found(index, f"{minus}引越し")) == {"b", "c"}
    assert found(index, f"手続き {minus}手続き") == []


def test_an_empty_query_lists_everything_newest_first(index: KeywordIndex) -> None:
    index.write([entry("old", "一", day=1), entry("new", "二", day=9), entry("mid", "三", day=5)], 1)
    assert found(index, "") == ["new", "mid", "old"]
    assert found(index, "？ ！") == []


VARIANTS = {
    "ゴミの収集日": "ごみ|ゴミ|ｺﾞﾐ|gomi|ごみ収集|ゴミ 収集",
    "チャットボットの導入": "ちゃっとぼっと|ﾁｬｯﾄﾎﾞｯﾄ|チャット・ボット|チャットポット|チャトボット|chattobotto",
    "引っ越しの手続き": "引越し|引越|引っ越|ひっこし|ヒッコシ|引越の手続",
    "申し込みの受付": "申込|申込み|もうしこみ",
    "サーバーの更新": "サーバ|さーば|ｻｰﾊﾞｰ",
    "広報誌の編集": "廣報|こうほうし|広報",
    "付属機関の委員": "附属|附属機関",
    "渋谷の再開発": "澁谷|しぶや|シブヤ",
    "ウイルスの対策": "ウヰルス|うぃるす|ウィルス",
    "バージョンの管理": "ヴァージョン|ばーじょん",
    "児童手当の支給": "じどうてあて|ジドウテアテ|児童 手当|児童手等|jidouteate",
    "AI-OCRの試行": "ＡＩ－ＯＣＲ|AIOCR|ai ocr|ai・ocr",
    "マイナンバーカードの交付": "マイナンバカード|マイナンバーガード|まいなんばーかーど|マイナンバー カード",
    "電子申請の拡大": "電子申晴|電予申請|でんししんせい",
    "介護保険の認定": "介護保健|介護|かいごほけん|要介護 保険",
    "コンピューターの入替": "コンピュータ|コンピョーター|こんぴゅーた",
    "碧水台出張所": "碧水台|碧水|碧水台出張所の開設",
    "ワカバスタの試用": "ワカバスタ|わかばすた|ワカパスタ",
    "髙﨑様の事例": "高崎|髙崎",
    "人々の暮らし": "人びと|人々",
    "戸籍の届け出": "戶籍|戸籍|こせき",
}


def test_every_spelling_finds_the_entry(index: KeywordIndex) -> None:
    index.write([entry(title, title) for title in VARIANTS], 1)
    pairs = [(title, typed) for title, every in VARIANTS.items() for typed in every.split("|")]
    assert [(title, typed) for title, typed in pairs if found(index, typed)[:1] != [title]] == []


def test_a_slip_is_mended_and_said_so(index: KeywordIndex) -> None:
    index.write(
        [entry("a", "チャットボットの導入"), entry("b", "電気ポットの貸出"), entry("c", "チャットの記録")], 1
    )
    answer = index.search(parse("チャットポット 導入"), READER, NOTHING, 10)
    assert answer.corrected == "チャットボット 導入"
    assert answer.hits[0].entry_id == "a"
    assert index.search(parse("電気ポット"), READER, NOTHING, 10).corrected == ""


def test_a_question_asked_aloud_is_answered_by_its_telling_words(index: KeywordIndex) -> None:
    texts = ["証明書の発行", "区民の相談", "会議室の予約", "道路の工事", "公園の管理"]
    index.write([entry(f"n{i}", texts[i % 5], "区の窓口で手続きをする") for i in range(40)], 1)
    index.write([entry("a", "粗大ごみの回収", "電話かインターネットで申し込む")], 2)
    assert found(index, "いらなくなった粗大ごみを出すにはどのような手続きをすればよいですか")[0] == "a"


# Facets, order, pages


def several(index: KeywordIndex) -> None:
    index.write(
        [
            entry("a", "RPAの導入", kind="case", tag="RPA|税務", day=1, hours=10.0),
            entry("b", "RPAの製品", kind="product", tag="RPA", day=2, hours=300.5),
            entry("c", "RPAの手引き", kind="runbook", tag="税務", day=3),
            entry("d", "別の話題", kind="case", tag="RPA", day=4),
        ],
        1,
    )


def counts(index: KeywordIndex, text: str, filters: Filters, facet: str) -> dict[str, int]:
    answer = index.search(parse(text), READER, filters, 10)
    return {each.value: each.count for each in answer.facets.get(facet, ())}


def test_facets_count_the_whole_match_set(index: KeywordIndex) -> None:
    several(index)
    answer = index.search(parse("RPA"), READER, NOTHING, 1)
    assert (len(answer.hits), answer.total) == (1, 4)  # a tag counts as a word
    assert counts(index, "RPA", NOTHING, "kind") == {"case": 2, "product": 1, "runbook": 1}
    assert counts(index, "手引き", NOTHING, "tag") == {"税務": 1}


def test_a_chosen_facet_narrows_all_counts_but_its_own(index: KeywordIndex) -> None:
    several(index)
    chosen = Filters({"kind": ("case",)})
    assert set(found(index, "", filters=chosen)) == {"a", "d"}
    assert counts(index, "", chosen, "kind") == {"case": 2, "product": 1, "runbook": 1}
    assert counts(index, "", chosen, "tag") == {"RPA": 2, "税務": 1}
    assert set(found(index, "", filters=Filters({"kind": ("case", "product")}))) == {"a", "b", "d"}
    assert found(index, "", filters=Filters({"kind": ("case",), "tag": ("税務",)})) == ["a"]
    assert found(index, "", filters=Filters({"kind": ("unheard of",)})) == []


def test_count_is_of_just_these_entries(index: KeywordIndex) -> None:
    several(index)
    answer = index.count(["a", "b", "unknown"], READER, Filters({"kind": ("case",)}))
    assert {each.value: each.count for each in answer["kind"]} == {"case": 1, "product": 1}
    assert {each.value: each.count for each in answer["tag"]} == {"RPA": 1, "税務": 1}


def test_periods_that_touch_the_asked_one_are_found(index: KeywordIndex) -> None:
    index.write(
        [
            entry("past", "一", period=(date(2019, 4, 1), date(2020, 3, 31))),
            entry("now", "二", period=(date(2025, 4, 1), None)),
            entry("none", "三"),
        ],
        1,
    )
    assert found(index, "", filters=Filters(period_from=date(2020, 3, 31), period_to=date(2020, 12, 31))) == [
        "past"
    ]
    assert found(index, "", filters=Filters(period_from=date(2026, 1, 1))) == ["now"]
    assert set(found(index, "", filters=Filters(period_to=date(2025, 4, 1)))) == {"past", "now"}


def test_other_orders_and_pages(index: KeywordIndex) -> None:
    several(index)
    by_effect = index.search(parse("RPA"), READER, NOTHING, 10, Sort.EFFECT)
    assert [hit.entry_id for hit in by_effect.hits][:2] == ["b", "a"]
    by_date = [hit.entry_id for hit in index.search(parse("RPA"), READER, NOTHING, 10, Sort.NEWEST).hits]
    assert by_date == sorted(by_date, reverse=True)
    for offset in range(3):
        page = index.search(parse("RPA"), READER, NOTHING, 1, Sort.NEWEST, offset=offset)
        assert [hit.entry_id for hit in page.hits] == by_date[offset : offset + 1]
    assert index.search(parse("RPA"), READER, NOTHING, 1, Sort.NEWEST, offset=99).hits == ()


def test_only_restricts_to_given_entries(index: KeywordIndex) -> None:
    several(index)
    answer = index.search(parse("RPA"), READER, NOTHING, 10, only=["b", "c", "unknown"])
    assert {hit.entry_id for hit in answer.hits} == {"b", "c"}
    assert index.search(parse("RPA"), READER, NOTHING, 10, facets=False).facets == {}
    passing = index.search(Query("", excluded=("手引き",)), READER, NOTHING, 10, only=["b", "c"])
    assert [hit.entry_id for hit in passing.hits] == ["b"]


def test_a_hit_tells_its_version_words_and_fields(index: KeywordIndex) -> None:
    index.write([entry("a", "議事録の作成", "音声認識の結果を直す", version=3), entry("b", "会議の音声")], 1)
    hit = next(
        hit for hit in index.search(parse("議事録 音声認識"), READER, NOTHING, 5).hits if hit.entry_id == "a"
    )
    assert hit.version == 3
    assert {"title", "body"} <= set(hit.fields)
    assert "議事" in "".join(hit.matched)
    assert "音声" in "".join(hit.matched)


# Passages


def test_passages_keep_their_place_and_mark_the_original_text(index: KeywordIndex) -> None:
    text = "㈱サンプルのＡＩ－ＯＣＲで、ﾏｲﾅﾝﾊﾞｰの申請書を読み取った。引越しの届け出も読めた。"
    place = Place(PlaceKind.PAGE, 12, "集計")
    attached = Passage(
        2, PassageSource.ATTACHMENT, text, attachment_id="f1", attachment_name="報告.pdf", place=place
    )
    index.write([entry("a", "読取りの試行", "関係のない本文", passages=(attached,))], 1)
    for typed, marked in [
        ("AI-OCR", ["ＡＩ", "ＯＣＲ"]),
        ("aiocr", ["ＡＩ－ＯＣＲ"]),
        ("マイナンバー", ["ﾏｲﾅﾝﾊﾞｰ"]),
        ("引っ越し", ["引越し"]),
        ('"読み取った"', ["読み取った"]),
        ("まいなんばー", ["ﾏｲﾅﾝﾊﾞｰ"]),
    ]:
        best = index.passages(parse(typed), ["a"], READER, 1)["a"][0]
        assert best.passage == attached
        marks = [text[start:end] for start, end in best.marks]
        assert "".join(marks).replace("－", "") == "".join(marked).replace("－", ""), typed


def test_the_best_passages_come_first_and_no_more_than_asked(index: KeywordIndex) -> None:
    index.write([entry("a", "報告", "図書館の予約と図書館の返却", "道路", "図書館"), entry("b", "別の話")], 1)
    answer = index.passages(parse("図書館 予約"), ["b", "a", "unknown"], READER, 2)
    assert answer.keys() == {"a"}
    assert [each.passage.number for each in answer["a"]] == [1, 3]
    assert index.passage("a", 3, READER) == Passage(3, PassageSource.BODY, "図書館")
    assert index.passage("a", 9, READER) is None


# Suggestions


def test_suggestions_while_typing(index: KeywordIndex) -> None:
    index.write(
        [
            entry("a", "チャットボットの導入", tag="AI"),
            entry("b", "ごみ分別チャットボット", tag="チャット"),
            entry("c", "児童手当の現況届", tag="子育て"),
        ],
        1,
    )
    assert index.suggest("ちゃ", READER, 5) == ("チャット", "チャットボットの導入", "ごみ分別チャットボット")
    for typed in ("ちゃt", "ﾁｬ", "チャッ"):
        assert index.suggest(typed, READER, 5) == index.suggest("ちゃ", READER, 5)
    for typed in ("じどう", "児", "jid", "手当"):
        assert index.suggest(typed, READER, 5) == ("児童手当の現況届",)
    assert index.suggest("こそだて", READER, 5) == ("子育て",)
    assert index.suggest("ち", READER, 1) == ("チャット",)
    for typed in ("", "\x00", "鯨"):
        assert index.suggest(typed, READER, 5) == ()


# Bad input
@pytest.mark.parametrize(
    "typed",
    ['"', '"""', "-", "- - -", "「", "」", "AND OR NOT", "title:x", "a* b? ~", "(((", "\\", "\x00\x01", "😀🎌", "مرحبا بالعالم", "\u202eabc", "字" * 2000, "a" * 2000, "あ" * 2000, "x " * 1000, "1 2 3", "々", "ー", "ﾞ"],
)  # fmt: skip
def test_odd_queries_have_an_answer(index: KeywordIndex, typed: str) -> None:
    several(index)
    answer = index.search(parse(typed), READER, NOTHING, 5)
    assert answer.total >= len(answer.hits)
    index.passages(parse(typed), ["a", "b"], READER, 2)
    index.suggest(typed, READER, 5)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60))
def test_any_text_can_be_written_searched_and_marked(index: KeywordIndex, text: str) -> None:
    index.write([entry("any", text, text, version=index.sequence() + 1)], index.sequence() + 1)
    answer = index.search(parse(text), READER, NOTHING, 5)
    assert len(answer.hits) <= 1
    for passages in index.passages(parse(text), ["any"], READER, 3).values():
        for each in passages:
            assert all(0 <= start < end <= len(each.passage.text) for start, end in each.marks)
    index.suggest(text, READER, 3)
