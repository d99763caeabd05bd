"""施設利用申込書: an organisation asks for rooms and equipment; typed as often as written."""

from evals.ocr.forms.parts import heading, office, words
from evals.ocr.sheet import THICK, Drawn, Sheet
from ocr_service.models.fields import Box, Characters, FieldType
from ocr_service.models.forms import Check, CheckKind

NAME, TITLE = "shisetsu_riyo", "施設利用申込書"
DESCRIPTION = (
    "区の施設を使う申込みのサンプルです。団体、利用の希望4件まで、備品5件まで、利用料を読み取ります。"
)
LEFT, WIDTH = 14.0, 182.0


def draw() -> Drawn:
    sheet = Sheet(TITLE)
    heading(sheet, "施 設 利 用 申 込 書", "別記第１号様式（サンプル）")
    sheet.text(LEFT, 30.0, "サンプル区立文化センター　館長　様", 9.5)
    sheet.text(LEFT, 36.2, "施設の利用について、次のとおり申し込みます。利用の規則を守ります。", 8.0)
    sheet.text(126.0, 30.0, "申込日", 8.5)
    sheet.field("apply_date", "申込日", FieldType.DATE, Box(139.0, 26.0, 57.0, 7.6), required=True)
    sheet.line(138.0, 34.0, 196.0, 34.0)
    _organization(sheet)
    _wishes(sheet)
    _items(sheet)
    _rest(sheet)
    office(sheet, 260.0, ("承認", "不承認"), ("受付", "抽選", "入力", "入金確認", "鍵"))
    sheet.check_rule(Check(CheckKind.TOTAL_IS_SUM, ("total", "room_fee", "items[].amount")))
    sheet.check_rule(Check(CheckKind.POSTAL_FITS_ADDRESS, ("postal_code", "address")))
    sheet.check_rule(Check(CheckKind.ONE_OF, ("phone", "email")))
    sheet.check_rule(Check(CheckKind.SAME, ("email", "email_again")))
    return sheet.finish()


def _organization(sheet: Sheet) -> None:
    y, x = 40.0, LEFT + 7.0
    sheet.upright(LEFT, y, 7.0, 61.0, "申込者")
    sheet.head(x, y, 22.0, 10.0, "団体の名称")
    sheet.room("organization", "団体の名称", FieldType.TEXT, x + 22, y, 92.0, 10.0, required=True)
    sheet.head(x + 114, y, 19.0, 10.0, "団体区分", 7.5)
    sheet.box(x + 133, y, 42.0, 10.0)
    sheet.choices(
        "organization_kind",
        "団体区分",
        x + 136,
        y + 5.0,
        words("登録", "一般", "営利"),
        gap=4.2,
        required=True,
    )
    y += 10.0
    sheet.head(x, y, 22.0, 9.5, "法人番号\n（ある場合）", 6.8)
    sheet.box(x + 22, y, 92.0, 9.5)
    sheet.cells(
        "corporate_number",
        "法人番号",
        FieldType.CORPORATE_NUMBER,
        x + 24,
        y + 1.1,
        6.2,
        7.3,
        (1, 4, 4, 4),
        1.8,
    )
    sheet.head(x + 114, y, 19.0, 9.5, "登録番号", 7.5)
    sheet.box(x + 133, y, 42.0, 9.5)
    sheet.cells(
        "register_number",
        "登録番号",
        FieldType.TEXT,
        x + 136,
        y + 1.1,
        6.0,
        7.3,
        (6,),
        characters=frozenset({Characters.DIGITS}),
        pattern="[0-9]{6}",
        most=6,
    )
    y += 9.5
    sheet.head(x, y, 22.0, 6.0, "フリガナ", 7.0)
    sheet.room("leader_kana", "代表者のフリガナ", FieldType.KANA, x + 22, y, 70.0, 6.0)
    sheet.head(x, y + 6.0, 22.0, 10.0, "代表者の氏名", 7.5)
    sheet.room("leader_name", "代表者の氏名", FieldType.NAME, x + 22, y + 6.0, 70.0, 10.0, required=True)
    sheet.head(x + 92, y, 22.0, 8.0, "役　職")
    sheet.room("position", "代表者の役職", FieldType.TEXT, x + 114, y, 61.0, 8.0)
    sheet.head(x + 92, y + 8.0, 22.0, 8.0, "電　話")
    sheet.room("phone", "電話番号", FieldType.PHONE, x + 114, y + 8.0, 61.0, 8.0)
    y += 16.0
    sheet.head(x, y, 22.0, 16.5, "住　所")
    sheet.box(x + 22, y, 153.0, 16.5)
    sheet.text(x + 23.5, y + 3.6, "〒", 8.5)
    sheet.field("postal_code", "郵便番号", FieldType.POSTAL_CODE, Box(x + 28, y + 0.6, 34.0, 6.0))
    sheet.field("address", "住所", FieldType.ADDRESS, Box(x + 23, y + 6.8, 151.0, 9.2), required=True)
    y += 16.5
    for number, (name, label) in enumerate(
        (("email", "電子メール"), ("email_again", "電子メール\n（確認用）"))
    ):
        left = x + number * 87.5
        sheet.head(left, y, 22.0, 9.0, label, 7.5 if number == 0 else 6.5)
        characters = frozenset({Characters.LATIN, Characters.DIGITS, Characters.SIGNS})
        sheet.room(
            name, label.replace("\n", ""), FieldType.TEXT, left + 22, y, 65.5, 9.0, characters=characters
        )
    sheet.box(LEFT, 40.0, WIDTH, 61.0, THICK)


def _wishes(sheet: Sheet) -> None:
    y, x, height = 103.0, LEFT, 9.6
    columns = ((14.0, "希望"), (54.0, "利用日"), (40.0, "施設"), (38.0, "時間帯"), (36.0, "利用時間"))
    left = x
    for width, word in columns:
        sheet.head(left, y, width, 6.0, word, 7.5)
        left += width
    tops = [y + 6.0 + height * row for row in range(4)]
    sheet.rows("wishes", "利用の希望", tops)
    top = tops[0]
    for number, down in enumerate(sheet.downs(), 1):
        left = x
        for width, _word in columns:
            sheet.box(left, top + down, width, height)
            left += width
        sheet.text(x + 7.0, top + height / 2 + down, f"第{number}", 8.0, anchor="middle")
    sheet.date("use_date", "利用日", x + 15.0, top + 0.6, 52.0, height - 1.2, era="令和", size=7.5)
    sheet.field("room", "施設", FieldType.TEXT, Box(x + 68.5, top + 0.5, 39.0, height - 1.0))
    sheet.choices(
        "part",
        "時間帯",
        x + 111.0,
        top + height / 2,
        words("午前", "午後", "夜間", "全日"),
        size=7.5,
        gap=2.6,
    )
    sheet.field("hours", "利用時間", FieldType.TEXT, Box(x + 146.5, top + 0.5, 35.0, height - 1.0))
    sheet.end_rows()
    sheet.box(x, y, WIDTH, 6.0 + height * 4, THICK)


def _items(sheet: Sheet) -> None:
    y, x, height = 149.5, LEFT, 9.0
    sheet.head(x, y, 27.0, 15.0, "利用の目的")
    sheet.room("purpose", "利用の目的", FieldType.FREE_TEXT, x + 27, y, 99.0, 15.0, lines=2, required=True)
    sheet.head(x + 126, y, 20.0, 7.5, "利用人数", 7.5)
    sheet.box(x + 146, y, 36.0, 7.5)
    sheet.field("people", "利用人数", FieldType.NUMBER, Box(x + 147, y + 0.5, 25.0, 6.5), most=500)
    sheet.text(x + 181, y + 3.8, "人", 7.5, anchor="right")
    sheet.head(x + 126, y + 7.5, 20.0, 7.5, "うち区民", 7.5)
    sheet.box(x + 146, y + 7.5, 36.0, 7.5)
    sheet.field("locals", "うち区民", FieldType.NUMBER, Box(x + 147, y + 8.0, 25.0, 6.5), most=500)
    sheet.text(x + 181, y + 11.3, "人", 7.5, anchor="right")
    y += 17.0
    columns = ((10.0, ""), (72.0, "備品の名称"), (24.0, "数量"), (36.0, "単価"), (40.0, "金額"))
    left = x
    for width, word in columns:
        sheet.head(left, y, width, 6.0, word, 7.5)
        left += width
    tops = [y + 6.0 + height * row for row in range(5)]
    sheet.rows("items", "備品", tops)
    top = tops[0]
    for number, down in enumerate(sheet.downs(), 1):
        left = x
        for width, _word in columns:
            sheet.box(left, top + down, width, height)
            left += width
        sheet.text(x + 5.0, top + height / 2 + down, f"{number}", 7.5, anchor="middle")
        for right in (142.0, 182.0):
            sheet.text(x + right - 1.0, top + height / 2 + down, "円", 7.0, anchor="right")
    sheet.field("item", "備品の名称", FieldType.TEXT, Box(x + 10.5, top + 0.5, 71.0, height - 1.0))
    sheet.field("quantity", "数量", FieldType.NUMBER, Box(x + 82.5, top + 0.5, 23.0, height - 1.0), most=200)
    sheet.field("price", "単価", FieldType.MONEY, Box(x + 106.5, top + 0.5, 29.5, height - 1.0))
    sheet.field("amount", "金額", FieldType.MONEY, Box(x + 142.5, top + 0.5, 33.5, height - 1.0))
    sheet.end_rows()
    y = tops[-1] + height
    for name, label, left, width in (
        ("room_fee", "施設の利用料", 52.0, 30.0),
        ("total", "合計", 122.0, 20.0),
    ):
        sheet.head(x + left, y, width, 9.0, label)
        sheet.box(x + left + width, y, 40.0, 9.0)
        sheet.field(name, label, FieldType.MONEY, Box(x + left + width + 0.6, y + 0.5, 33.0, 8.0))
        sheet.text(x + left + width + 39.0, y + 4.5, "円", 7.5, anchor="right")
    sheet.box(x, 166.5, WIDTH, y + 9.0 - 166.5, THICK)


def _rest(sheet: Sheet) -> None:
    y, x = 228.5, LEFT
    sheet.head(x, y, 27.0, 9.0, "減免の申請")
    sheet.box(x + 27, y, 155.0, 9.0)
    right = x + 30.0
    for name, word in (
        ("free_welfare", "障害者の団体"),
        ("free_school", "区立の学校"),
        ("free_town", "町会・自治会"),
        ("free_elder", "高齢者の団体"),
        ("free_none", "申請しない"),
    ):
        right = sheet.check(name, f"減免：{word}", right, y + 4.5, word, 7.5) + 4.2
    y += 9.0
    sheet.head(x, y, 27.0, 14.0, "連絡事項")
    sheet.room("note", "連絡事項", FieldType.FREE_TEXT, x + 27, y, 117.0, 14.0, lines=2)
    sheet.head(x + 144, y, 12.0, 14.0, "代表者\nの印", 7.0)
    sheet.box(x + 156, y, 26.0, 14.0)
    sheet.seal("seal", "代表者の印", x + 169, y + 7.0, 5.4)
    sheet.texts(
        x,
        y + 17.6,
        (
            "※　申込日は、令和8年11月20日、2026/11/20のどちらの書き方でもかまいません。この用紙はサンプルです。",
        ),
        6.5,
    )
