"""住民異動届: what changes, who reports, where to and from, up to four people who move."""

from evals.ocr.forms.parts import ERAS, SEX, heading, office, person_number, words
from evals.ocr.sheet import THICK, Drawn, Sheet
from ocr_service.models.fields import Box, FieldType
from ocr_service.models.forms import Check, CheckKind

NAME, TITLE = "jumin_ido", "住民異動届"
DESCRIPTION = (
    "転入・転出・転居などの届出のサンプルです。届出人、新旧の住所、異動する人4人までを読み取ります。"
)
LEFT, WIDTH = 14.0, 182.0


def draw() -> Drawn:
    sheet = Sheet(TITLE)
    sheet.corner_marks()
    heading(sheet, "住　民　異　動　届", "住民基本台帳の届出（サンプル）")
    sheet.text(LEFT, 28.0, "（宛先）サンプル区長", 9.5)
    _kind(sheet)
    _reporter(sheet)
    _place(sheet, "new", "新しい住所", 71.0)
    _place(sheet, "old", "今までの住所", 101.0)
    _people(sheet)
    _rest(sheet)
    sheet.box(LEFT, 32.0, WIDTH, 225.0, THICK)
    office(sheet, 260.0, ("受理", "不受理"), ("本人確認", "住記入力", "照合", "国保", "通知"))
    sheet.check_rule(Check(CheckKind.POSTAL_FITS_ADDRESS, ("new_postal_code", "new_address")))
    sheet.check_rule(Check(CheckKind.POSTAL_FITS_ADDRESS, ("old_postal_code", "old_address")))
    sheet.check_rule(
        Check(
            CheckKind.REQUIRED_IF,
            ("reporter_address", "reporter_is"),
            "代理人",
            "代理人が届け出るときは、届出人の住所が要ります。",
            "When an agent reports, the agent's address is needed.",
        )
    )
    return sheet.finish()


def _kind(sheet: Sheet) -> None:
    y = 32.0
    sheet.head(LEFT, y, 22.0, 12.0, "届出の種類")
    sheet.box(LEFT + 22, y, 84.0, 12.0)
    kinds = words("転入", "転出", "転居", "世帯変更", "世帯主変更")
    sheet.choices("kind", "届出の種類", LEFT + 25, y + 6.0, kinds, size=8.5, gap=3.2, required=True)
    for number, (name, label) in enumerate((("report_date", "届出日"), ("move_date", "異動日"))):
        top = y + number * 6.0
        sheet.head(LEFT + 106, top, 20.0, 6.0, label, 7.5)
        sheet.box(LEFT + 126, top, 56.0, 6.0)
        sheet.date(name, label, LEFT + 127, top, 54.0, 6.0, era="令和", size=7.5, required=True)


def _reporter(sheet: Sheet) -> None:
    y, x = 44.0, LEFT + 7.0
    sheet.upright(LEFT, y, 7.0, 27.0, "届出人")
    sheet.head(x, y, 18.0, 9.0, "氏　名")
    sheet.room("reporter_name", "届出人の氏名", FieldType.NAME, x + 18, y, 64.0, 9.0, required=True)
    sheet.head(x + 82, y, 24.0, 9.0, "異動する人\nからみて", 7.0)
    sheet.box(x + 106, y, 69.0, 9.0)
    sheet.choices(
        "reporter_is",
        "届出人の続柄",
        x + 109,
        y + 4.5,
        words("本人", "世帯主", "同じ世帯の人", "代理人"),
        gap=3.0,
    )
    sheet.head(x, y + 9.0, 18.0, 9.0, "電話番号")
    sheet.room("reporter_phone", "届出人の電話番号", FieldType.PHONE, x + 18, y + 9.0, 64.0, 9.0)
    sheet.head(x + 82, y + 9.0, 24.0, 9.0, "本人確認書類", 7.0)
    sheet.box(x + 106, y + 9.0, 69.0, 9.0)
    right = x + 108
    for name, word in (
        ("shown_card", "個人番号カード"),
        ("shown_licence", "免許証"),
        ("shown_passport", "旅券"),
    ):
        right = sheet.check(name, f"本人確認書類：{word}", right, y + 13.5, word, 7.0, 3.2) + 2.4
    sheet.head(x, y + 18.0, 18.0, 9.0, "住　所\n（代理人のみ）", 6.0)
    sheet.room("reporter_address", "届出人の住所", FieldType.ADDRESS, x + 18, y + 18.0, 137.0, 9.0)
    sheet.box(x + 155, y + 18.0, 20.0, 9.0)
    sheet.seal("reporter_seal", "届出人の印", x + 165, y + 22.5, 3.6)


def _place(sheet: Sheet, key: str, title: str, y: float) -> None:
    x = LEFT + 7.0
    sheet.upright(LEFT, y, 7.0, 30.0, title, 7.5)
    sheet.head(x, y, 18.0, 16.0, "住　所")
    sheet.box(x + 18, y, 157.0, 16.0)
    sheet.text(x + 19.5, y + 3.4, "〒", 8.5)
    label = title.replace("の", "")
    sheet.field(
        f"{key}_postal_code", f"{label}の郵便番号", FieldType.POSTAL_CODE, Box(x + 24, y + 0.6, 32.0, 5.6)
    )
    sheet.field(f"{key}_address", label, FieldType.ADDRESS, Box(x + 19, y + 6.6, 155.0, 9.0), required=True)
    sheet.head(x, y + 16.0, 18.0, 14.0, "方　書\n（建物・部屋）", 6.5)
    sheet.room(f"{key}_building", f"{label}の方書", FieldType.TEXT, x + 18, y + 16.0, 62.0, 14.0)
    sheet.head(x + 80, y + 16.0, 18.0, 5.5, "フリガナ", 7.0)
    sheet.room(f"{key}_head_kana", f"{title}の世帯主のフリガナ", FieldType.KANA, x + 98, y + 16.0, 77.0, 5.5)
    sheet.head(x + 80, y + 21.5, 18.0, 8.5, "世帯主")
    sheet.room(f"{key}_head_name", f"{title}の世帯主", FieldType.NAME, x + 98, y + 21.5, 77.0, 8.5)


def _people(sheet: Sheet) -> None:
    y, x, height = 131.0, LEFT + 7.0, 21.0
    sheet.upright(LEFT, y, 7.0, 90.0, "異動する人")
    columns = (
        (58.0, "フリガナ／氏名"),
        (62.0, "生年月日／個人番号"),
        (17.0, "性別"),
        (18.0, "続柄"),
        (20.0, "番号カード"),
    )
    left = x
    for width, word in columns:
        sheet.head(left, y, width, 6.0, word, 7.0)
        left += width
    tops = [y + 6.0 + height * row for row in range(4)]
    sheet.rows("people", "異動する人", tops)
    top = tops[0]
    for number, down in enumerate(sheet.downs(), 1):
        left = x
        for width, _word in columns:
            sheet.box(left, top + down, width, height)
            left += width
        sheet.text(x + 1.0, top + down + 3.2, f"{number}", 7.0)
        sheet.line(x, top + 6.5 + down, x + 58.0, top + 6.5 + down, dash=True)
    sheet.field("kana", "フリガナ", FieldType.KANA, Box(x + 5.0, top + 0.5, 52.5, 5.7))
    sheet.field("name", "氏名", FieldType.NAME, Box(x + 0.5, top + 7.0, 57.0, 13.4))
    end = sheet.choices("birth_era", "生年月日の元号", x + 59.5, top + 4.8, ERAS[1:], size=7.5, gap=2.0)
    sheet.date(
        "birth_date", "生年月日", end + 0.8, top + 0.6, x + 118.0 - end, 8.6, size=7.0, era_field="birth_era"
    )
    person_number(sheet, "my_number", "個人番号", x + 58.0, top + 10.5, 62.0, 10.5)
    sheet.choices("sex", "性別", x + 123.5, top + 10.5, SEX, size=9.0, gap=4.0)
    sheet.field("relation", "続柄", FieldType.TEXT, Box(x + 137.6, top + 0.8, 16.8, 19.4), most=4)
    sheet.choices("card", "個人番号カードの有無", x + 159.0, top + 10.5, words("有", "無"), size=9.0, gap=5.0)
    sheet.end_rows()


def _rest(sheet: Sheet) -> None:
    y, x = 221.0, LEFT
    sheet.head(x, y, 25.0, 9.0, "本　籍")
    sheet.room("domicile", "本籍", FieldType.TEXT, x + 25, y, 87.0, 9.0)
    sheet.head(x + 112, y, 18.0, 9.0, "筆頭者")
    sheet.room("registrant_name", "筆頭者", FieldType.NAME, x + 130, y, 52.0, 9.0)
    y += 9.0
    sheet.head(x, y, 25.0, 9.0, "異動の理由")
    sheet.room("reason", "異動の理由", FieldType.TEXT, x + 25, y, 62.0, 9.0)
    sheet.head(x + 87, y, 25.0, 9.0, "必要な手続", 7.5)
    sheet.box(x + 112, y, 70.0, 9.0)
    right = x + 114
    for name, word in (
        ("with_insurance", "国保"),
        ("with_pension", "年金"),
        ("with_school", "転校"),
        ("with_care", "介護"),
    ):
        right = sheet.check(name, f"必要な手続：{word}", right, y + 4.5, word, 7.5) + 3.0
    y += 9.0
    sheet.box(x, y, 182.0, 18.0)
    sheet.texts(
        x + 2.0,
        y + 3.0,
        (
            "※　太枠の中を記入し、あてはまるものを○で囲むか、□にレを付けてください。",
            "※　届出は、住み始めた日から14日以内に行ってください。届出の際は本人確認書類をお持ちください。",
            "※　訂正するときは二重線で消して訂正印を押すか署名をしてください。修正液は使えません。",
            "※　代理人が届け出るときは、委任状が必要です。この用紙はサンプルです。実際の届出には使えません。",
        ),
        6.3,
        3.9,
    )
