"""給付金申請書: sent out with a printed code, confirmed or declined by the household, paid to an account."""

from evals.ocr.forms.parts import ERAS, heading, office, person_number, words
from evals.ocr.sheet import GOTHIC, THICK, Drawn, Sheet
from ocr_service.models.fields import Box, Characters, FieldType
from ocr_service.models.forms import Check, CheckKind

NAME, TITLE = "kyufukin", "給付金申請書"
DESCRIPTION = "給付金の確認と申請のサンプルです。受給を希望しない欄、振込口座、訂正印の余白があります。"
LEFT, WIDTH = 14.0, 182.0


def draw() -> Drawn:
    sheet = Sheet(TITLE)
    sheet.corner_marks(6.0, 4.0)
    heading(sheet, "生活応援給付金　申請書（請求書）", "サンプル区　給付金担当", 15.0)
    sheet.box(164.0, 24.0, 32.0, 26.0)
    sheet.field("code", "整理番号の二次元コード", FieldType.BARCODE, Box(170.5, 26.0, 19.0, 19.0))
    sheet.text(180.0, 47.8, "整理番号（区で使います）", 5.5, anchor="middle")
    sheet.text(LEFT, 29.0, "サンプル区長　あて", 9.5)
    sheet.text(92.0, 29.0, "申請日", 8.5)
    sheet.date("claim_date", "申請日", 104.0, 25.5, 56.0, 7.0, era="令和", required=True)
    sheet.texts(
        LEFT,
        35.5,
        (
            "生活応援給付金の支給を受けたいので、次の事項を確認し、同意した上で申請します。",
            "　①　世帯の全員が支給の要件を満たしています。　②　区が税の資料などを確認することに同意します。",
            "　③　支給の後に要件を満たさないことが分かったときは、給付金を返します。",
        ),
        7.2,
        4.2,
    )
    _decline(sheet)
    _applicant(sheet)
    _household(sheet)
    _account(sheet)
    _correction(sheet)
    office(sheet, 261.0, ("支給", "不支給"), ("受付", "要件確認", "口座確認", "入力", "照合"))
    sheet.check_rule(Check(CheckKind.POSTAL_FITS_ADDRESS, ("postal_code", "address")))
    sheet.check_rule(
        Check(
            CheckKind.EMPTY_IF,
            ("account_number", "decline"),
            "1",
            "「希望しない」にチェックがあるのに、口座が書かれています。",
            "The payment is declined, yet an account is given.",
        )
    )
    sheet.check_rule(Check(CheckKind.TOTAL_IS_SUM, ("total", "household[].amount")))
    return sheet.finish()


def _decline(sheet: Sheet) -> None:
    y = 51.5
    sheet.box(LEFT, y, WIDTH, 9.0, 0.6)
    sheet.check(
        "decline", "給付金の受給を希望しない", LEFT + 4.0, y + 4.5, "給付金の受給を希望しません", 10.0, 4.6
    )
    sheet.text(
        LEFT + 62, y + 4.5, "※　受け取らない場合だけ□にレを付け、氏名を記入して返送してください。", 7.0
    )


def _applicant(sheet: Sheet) -> None:
    y, x = 63.5, LEFT + 7.0
    sheet.box(LEFT, y, WIDTH, 46.0, THICK)
    sheet.upright(LEFT, y, 7.0, 46.0, "申請者（世帯主）", 8.0)
    sheet.head(x, y, 20.0, 6.5, "フリガナ", 7.0)
    sheet.room("applicant_kana", "申請者のフリガナ", FieldType.KANA, x + 20, y, 82.0, 6.5, required=True)
    sheet.head(x, y + 6.5, 20.0, 12.0, "氏　名\n（署名又は\n記名押印）", 6.5)
    sheet.room("applicant_name", "申請者の氏名", FieldType.NAME, x + 20, y + 6.5, 66.0, 12.0, required=True)
    sheet.box(x + 86, y + 6.5, 16.0, 12.0)
    sheet.seal("seal", "申請者の印", x + 94, y + 12.5, 4.6)
    sheet.head(x + 102, y, 16.0, 9.0, "生年月日", 7.5)
    sheet.box(x + 118, y, 57.0, 9.0)
    end = sheet.choices(
        "applicant_birth_era", "生年月日の元号", x + 119.5, y + 4.5, ERAS[:4], size=7.5, gap=2.0
    )
    sheet.date(
        "applicant_birth_date",
        "生年月日",
        end + 0.8,
        y,
        x + 173.6 - end,
        9.0,
        size=7.0,
        era_field="applicant_birth_era",
        required=True,
    )
    sheet.head(x + 102, y + 9.0, 16.0, 9.5, "個人番号", 7.5)
    person_number(sheet, "applicant_my_number", "申請者の個人番号", x + 118, y + 9.0, 57.0, 9.5)
    y += 18.5
    sheet.head(x, y, 20.0, 16.5, "現住所")
    sheet.box(x + 20, y, 155.0, 16.5)
    sheet.text(x + 21.5, y + 3.6, "〒", 8.5)
    sheet.field(
        "postal_code", "郵便番号", FieldType.POSTAL_CODE, Box(x + 26, y + 0.6, 34.0, 6.0), required=True
    )
    sheet.field("address", "現住所", FieldType.ADDRESS, Box(x + 21, y + 6.8, 153.0, 9.2), required=True)
    y += 16.5
    sheet.head(x, y, 20.0, 11.0, "日中の\n電話番号", 7.5)
    sheet.room("phone", "日中の電話番号", FieldType.PHONE, x + 20, y, 60.0, 11.0, required=True)
    sheet.head(x + 80, y, 22.0, 11.0, "１月１日の\n住民票", 7.5)
    sheet.box(x + 102, y, 73.0, 11.0)
    sheet.choices(
        "resident", "1月1日の住民票", x + 107, y + 5.5, words("サンプル区内", "他の市区町村", "国外"), gap=4.2
    )


def _household(sheet: Sheet) -> None:
    y, x, height = 112.5, LEFT, 11.0
    columns = ((8.0, ""), (58.0, "世帯員の氏名"), (20.0, "続柄"), (58.0, "生年月日"), (38.0, "給付額"))
    left = x
    for width, word in columns:
        sheet.head(left, y, width, 6.0, word, 7.5)
        left += width
    tops = [y + 6.0 + height * row for row in range(5)]
    sheet.rows("household", "世帯員", tops)
    top = tops[0]
    for number, down in enumerate(sheet.downs(), 1):
        left = x
        for width, _word in columns:
            sheet.box(left, top + down, width, height)
            left += width
        sheet.text(x + 4.0, top + height / 2 + down, f"{number}", 8.0, anchor="middle")
        sheet.text(x + 181.0, top + height / 2 + down, "円", 7.5, anchor="right")
    sheet.field("name", "世帯員の氏名", FieldType.NAME, Box(x + 8.5, top + 0.5, 57.0, 10.0))
    sheet.field("relation", "続柄", FieldType.TEXT, Box(x + 66.5, top + 0.5, 19.0, 10.0), most=4)
    end = sheet.choices("birth_era", "生年月日の元号", x + 87.5, top + 5.5, ERAS[1:], size=7.5, gap=2.0)
    sheet.date(
        "birth_date", "生年月日", end + 0.8, top + 0.8, x + 142.6 - end, 9.4, size=7.0, era_field="birth_era"
    )
    sheet.field("amount", "給付額", FieldType.MONEY, Box(x + 144.6, top + 0.6, 31.6, 9.8))
    sheet.end_rows()
    y = tops[-1] + height
    sheet.box(x, y, 86.0, 10.0)
    sheet.text(x + 2.0, y + 5.0, "給付の対象になる人数", 8.0)
    sheet.field("count", "対象の人数", FieldType.NUMBER, Box(x + 45.0, y + 0.6, 20.0, 8.8), most=20)
    sheet.text(x + 67.0, y + 5.0, "人", 8.0)
    sheet.head(x + 86, y, 58.0, 10.0, "申請額の合計")
    sheet.box(x + 144, y, 38.0, 10.0)
    sheet.field("total", "申請額の合計", FieldType.MONEY, Box(x + 144.6, y + 0.6, 31.6, 8.8))
    sheet.text(x + 181.0, y + 5.0, "円", 7.5, anchor="right")
    sheet.box(x, 112.5, WIDTH, y + 10.0 - 112.5, THICK)


def _account(sheet: Sheet) -> None:
    y, x = 186.5, LEFT
    sheet.text(x, y + 2.2, "振込先の口座（申請者の名義に限ります）", 8.5, GOTHIC)
    y += 5.0
    sheet.box(x, y, WIDTH, 31.0, THICK)
    sheet.head(x, y, 24.0, 11.0, "金融機関")
    sheet.room("bank", "金融機関名", FieldType.TEXT, x + 24, y, 56.0, 11.0)
    sheet.box(x + 80, y, 24.0, 11.0)
    kinds = words("銀行", "金庫", "組合", "農協")
    sheet.choices(
        "bank_kind", "金融機関の種類", x + 83, y + 3.3, kinds, size=7.0, gap=3.4, dots=False, wrap=2
    )
    sheet.head(x + 104, y, 16.0, 11.0, "支店名", 7.5)
    sheet.room("branch", "支店名", FieldType.TEXT, x + 120, y, 62.0, 11.0)
    y += 11.0
    sheet.head(x, y, 24.0, 10.0, "分類・口座番号", 7.0)
    sheet.box(x + 24, y, 30.0, 10.0)
    sheet.choices("account_type", "口座の種類", x + 28, y + 5.0, words("普通", "当座"), gap=4.0)
    sheet.box(x + 54, y, 66.0, 10.0)
    sheet.cells("account_number", "口座番号", FieldType.BANK_ACCOUNT, x + 58, y + 1.2, 7.6, 7.6, (7,))
    sheet.head(x + 120, y, 22.0, 10.0, "金融機関\nコード", 7.0)
    sheet.box(x + 142, y, 40.0, 10.0)
    sheet.cells(
        "bank_code",
        "金融機関コード",
        FieldType.TEXT,
        x + 147,
        y + 1.2,
        7.4,
        7.6,
        (4,),
        characters=frozenset({Characters.DIGITS}),
        most=4,
    )
    y += 10.0
    sheet.head(x, y, 24.0, 10.0, "口座名義\n（カタカナ）", 7.0)
    sheet.room(
        "account_holder",
        "口座名義",
        FieldType.KANA,
        x + 24,
        y,
        158.0,
        10.0,
        characters=frozenset({Characters.KATAKANA}),
    )


def _correction(sheet: Sheet) -> None:
    y, x = 225.0, LEFT
    sheet.box(x, y, 46.0, 33.0)
    sheet.text(x + 23, y + 3.2, "訂　正　印　欄", 7.5, anchor="middle")
    sheet.seal("correction_seal", "訂正印", x + 23, y + 16.5, 6.5)
    sheet.texts(x + 3.0, y + 27.0, ("訂正したときは、この欄にも印を", "押してください（捨印）。"), 6.0, 3.0)
    sheet.box(x + 48, y, 134.0, 33.0)
    sheet.text(x + 50, y + 3.4, "添付するもの（□にレを付けてください）", 7.5)
    for number, (name, word) in enumerate(
        (
            ("with_identity", "本人確認書類の写し（運転免許証、個人番号カードなど）"),
            ("with_account", "振込先の口座が分かる通帳又はキャッシュカードの写し"),
            ("with_tax", "課税証明書（１月１日に区外に住んでいた人）"),
        )
    ):
        sheet.check(name, word, x + 51, y + 9.2 + number * 5.4, word, 7.2)
    sheet.text(x + 50, y + 25.6, "代理人が申請する場合　氏名", 7.0)
    sheet.field("agent_name", "代理人の氏名", FieldType.NAME, Box(x + 85, y + 22.6, 50.0, 9.2))
    sheet.line(x + 85, y + 31.8, x + 135, y + 31.8)
    sheet.text(x + 138, y + 25.6, "続柄", 7.0)
    sheet.field("agent_relation", "代理人の続柄", FieldType.TEXT, Box(x + 145, y + 22.6, 33.0, 9.2), most=6)
    sheet.line(x + 145, y + 31.8, x + 178, y + 31.8)
