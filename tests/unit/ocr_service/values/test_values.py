"""Normal forms, how they are shown, and when two entries mean the same."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr_service.models.fields import Box, Choice, Field, FieldType
from ocr_service.rules.values import Context, normal, same, shown, typed

BOX = Box(10, 10, 50, 10)
ERAS = tuple(Choice(value, value[0], BOX) for value in ("明治", "大正", "昭和", "平成", "令和"))


def field(kind: FieldType, **changes: object) -> Field:
    return Field("f", "項目", kind, BOX, choices=ERAS if kind is FieldType.CHOICE else (), **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        (FieldType.NUMBER, "１２，３４５", "12345"),
        (FieldType.NUMBER, "三十二歳", "32"),
        (FieldType.NUMBER, "3人", "3"),
        (FieldType.NUMBER, "007", "7"),
        (FieldType.NUMBER, "－3.50", "-3.5"),
        (FieldType.NUMBER, "▲3", "-3"),
        (FieldType.NUMBER, "0", "0"),
        (FieldType.NUMBER, "3ばん", "3ばん"),
        (FieldType.NUMBER, "1,23", "1,23"),
        (FieldType.MONEY, "¥12,345－", "12345"),
        (FieldType.MONEY, "￥ 12,345 円", "12345"),
        (FieldType.MONEY, "金壱万弐千円也", "12000"),
        (FieldType.MONEY, "1万2千円", "12000"),
        (FieldType.MONEY, "1.5万円", "15000"),
        (FieldType.MONEY, "３億２０００万円", "320000000"),
        (FieldType.MONEY, "百五十", "150"),
        (FieldType.MONEY, "O", "0"),
        (FieldType.POSTAL_CODE, "〒１００－０００１", "100-0001"),
        (FieldType.POSTAL_CODE, "1000001", "100-0001"),
        (FieldType.POSTAL_CODE, "1OO ー OOOl", "100-0001"),
        (FieldType.POSTAL_CODE, "100-001", "100-001"),
        (FieldType.PHONE, "０３（１２３４）５６７８", "03-1234-5678"),
        (FieldType.PHONE, "(03)1234-5678", "03-1234-5678"),
        (FieldType.PHONE, "03 1234 5678", "03-1234-5678"),
        (FieldType.PHONE, "090－1234ー5678", "090-1234-5678"),
        (FieldType.PHONE, "+81 3 1234 5678", "03-1234-5678"),
        (FieldType.PHONE, "+81-(0)3-1234-5678", "03-1234-5678"),
        (FieldType.PHONE, "TEL 0312345678", "0312345678"),
        (FieldType.PHONE, "03-1234-5678 内線12", "03-1234-5678 内線12"),
        (FieldType.MY_NUMBER, "１２３４ ５６７８ ９０１８", "123456789018"),
        (FieldType.MY_NUMBER, "1234 5678 901", "1234 5678 901"),
        (FieldType.CORPORATE_NUMBER, "T 7000012050002", "7000012050002"),
        (FieldType.CORPORATE_NUMBER, "7-0000-1205-0002", "7000012050002"),
        (FieldType.BANK_ACCOUNT, "12345", "0012345"),
        (FieldType.BANK_ACCOUNT, "０１２３４５６", "0123456"),
        (FieldType.BANK_ACCOUNT, "123456789", "123456789"),
        (FieldType.NAME, " 髙﨑   太郎 ", "髙﨑\u3000太郎"),
        (FieldType.NAME, "渡邊　　花子\n", "渡邊\u3000花子"),
        (FieldType.NAME, "John  Smith", "John Smith"),
        (FieldType.NAME, "吉\U00020bb7 次郎", "吉\U00020bb7\u3000次郎"),
        (FieldType.KANA, "ｻｲﾄｳ ｼﾞﾛｳ", "サイトウ\u3000ジロウ"),
        (FieldType.KANA, "さいとう　きょうこ", "サイトウ\u3000キョウコ"),
        (FieldType.KANA, "サ-バ－力口", "サーバーカロ"),
        (FieldType.KANA, "は゛ら ぱ", "バラ\u3000パ"),
        (FieldType.ADDRESS, "千代田区霞が関１－２－３", "千代田区霞が関1-2-3"),
        (
            FieldType.ADDRESS,
            "千代田区霞が関１丁目２番３号　ハイツＡ １０１",
            "千代田区霞が関1丁目2番3号\u3000ハイツA\u3000101",
        ),
        (FieldType.ADDRESS, "港区芝1ー2−3‐405", "港区芝1-2-3-405"),
        (FieldType.ADDRESS, "港区芝1一2", "港区芝1-2"),
        (FieldType.ADDRESS, "サーパスタワー1", "サーパスタワー1"),
        (FieldType.TEXT, "  延床 120㎡  ①  ", "延床 120㎡ ①"),
        (FieldType.FREE_TEXT, "一行目 \r\n\r\n 三行目\n", "一行目\n\n三行目"),
        (FieldType.CHOICE, "昭", "昭和"),
        (FieldType.CHOICE, "平成|昭", "昭和|平成"),
        (FieldType.CHOICE, "元禄", "元禄"),
        (FieldType.CHECK_BOX, "✓", "1"),
        (FieldType.CHECK_BOX, "レ", "1"),
        (FieldType.CHECK_BOX, "", ""),
        (FieldType.SEAL, "あり", "1"),
        (FieldType.BARCODE, " 4901234567894 ", "4901234567894"),
    ],
)
def test_normal_forms(kind: FieldType, raw: str, value: str) -> None:
    assert normal(field(kind), raw) == value
    assert normal(field(kind), value) == value


@settings(max_examples=400, deadline=None)
@given(
    st.sampled_from(FieldType),
    st.one_of(
        st.text(max_size=20),
        st.text(
            "0123456789０１一二十百万円年月日-ーｰ－ 　.,/()TRS昭令元アｱﾞ゛カ丁目番地号のO¥▲\n|", max_size=16
        ),
    ),
    st.sampled_from(["", "昭和", "5", "x"]),
)
def test_a_normal_form_is_its_own_normal_form(kind: FieldType, raw: str, era: str) -> None:
    once = normal(field(kind), raw, Context(era))
    assert normal(field(kind), once, Context(era)) == once


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(FieldType), st.text("0123456789-令和昭元年月日 髙あア円✓1|", max_size=12))
def test_what_is_shown_means_the_value(kind: FieldType, raw: str) -> None:
    value = normal(field(kind), raw)
    assert normal(field(kind), shown(field(kind), value)) == value


@given(st.text(st.characters(categories=("Lo",)), min_size=1, max_size=12))
def test_no_kanji_is_changed(text: str) -> None:
    for kind in (FieldType.NAME, FieldType.TEXT, FieldType.FREE_TEXT, FieldType.ADDRESS):
        value = normal(field(kind), text)
        assert [c for c in value if "\u3400" <= c <= "\U0003ffff" and not "\uff00" <= c <= "\uffef"] == [
            c for c in text if "\u3400" <= c <= "\U0003ffff" and not "\uff00" <= c <= "\uffef"
        ]


def test_replacements_come_first_and_only_for_what_was_read() -> None:
    one = field(FieldType.NUMBER, replacements=(("S", "5"), ("B", "8")))
    assert normal(one, "SB") == "58"
    assert typed(one, "SB") == "SB"


def test_shown() -> None:
    assert shown(field(FieldType.DATE), "2019-05-01") == "令和元年5月1日"
    assert shown(field(FieldType.DATE), "2019-05-01", "compact") == "20190501"
    assert shown(field(FieldType.DATE), "2019年") == "2019年"
    assert shown(field(FieldType.MONEY), "1234567") == "1,234,567円"
    assert shown(field(FieldType.MONEY), "二三") == "二三"
    assert shown(field(FieldType.NUMBER), "-1234.5") == "-1,234.5"
    assert shown(field(FieldType.MY_NUMBER), "123456789018") == "1234 5678 9018"
    assert shown(field(FieldType.CHECK_BOX), "1") == "✓"


@pytest.mark.parametrize(
    ("kind", "one", "other", "agree"),
    [
        (FieldType.NAME, "髙﨑　太郎", "髙﨑太郎", True),
        (FieldType.NAME, "髙﨑太郎", "高崎太郎", False),
        (FieldType.NAME, "渡邊花子", "渡辺花子", False),
        (FieldType.KANA, "キヨウコ", "キョウコ", False),
        (FieldType.PHONE, "03-1234-5678", "0312345678", True),
        (FieldType.PHONE, "03-1234-5678", "03-1234-5679", False),
        (FieldType.ADDRESS, "港区芝一丁目2番3号", "港区芝1-2-3", True),
        (FieldType.ADDRESS, "港区芝1丁目2番地の3", "港区芝1-2-3", True),
        (FieldType.ADDRESS, "千代田区三番町5-6", "千代田区三番町5番6号", True),
        (FieldType.ADDRESS, "千代田区三番町5-6", "千代田区四番町5-6", False),
        (FieldType.ADDRESS, "港区芝1-2-3　コーポ 101号室", "港区芝1-2-3コーポ101", True),
        (FieldType.ADDRESS, "港区芝1-23", "港区芝1-2-3", False),
        (FieldType.ADDRESS, "港区芝12-3", "港区芝1-2-3", False),
        (FieldType.TEXT, "Ａ棟 ３階", "A棟3階", True),
        (FieldType.TEXT, "㎡", "m2", False),
        (FieldType.DATE, "2026-11-20", "2026-11-21", False),
        (FieldType.CHOICE, "昭和", "昭和|平成", False),
    ],
)
def test_when_two_entries_mean_the_same(kind: FieldType, one: str, other: str, agree: bool) -> None:
    assert same(field(kind), one, other) is agree
    assert same(field(kind), other, one) is agree
