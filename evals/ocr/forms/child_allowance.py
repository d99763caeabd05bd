"""児童手当認定請求書: who claims, the spouse, up to four children, the account."""

from evals.ocr.forms.parts import ERAS, SEX, heading, office, person_number
from evals.ocr.sheet import THICK, Drawn, Sheet
from ocr_service.models.fields import Box, Characters, FieldType
from ocr_service.models.forms import Check, CheckKind

NAME, TITLE = "jido_teate", "児童手当認定請求書"
DESCRIPTION = (
    "児童手当を新しく受けるための請求書のサンプルです。請求者・配偶者・児童4人・振込口座を読み取ります。"
)
LEFT, WIDTH = 14.0, 182.0


def draw() -> Drawn:
    sheet = Sheet(TITLE)
    heading(sheet, "児童手当　認定請求書", "様式第２号（サンプル）")
    sheet.text(LEFT, 31.0, "（宛先）サンプル区長", 9.5)
    sheet.text(LEFT, 37.0, "次のとおり児童手当の受給資格及び額の認定を請求します。", 8.0)
    sheet.text(140.0, 31.0, "請求日", 8.5)
    sheet.date("claim_date", "請求日", 152.0, 27.6, 44.0, 7.0, era="令和", required=True)
    _claimant(sheet)
    _spouse(sheet)
    _children(sheet)
    _account(sheet)
    sheet.box(LEFT, 41.0, WIDTH, 216.0, THICK)
    office(sheet, 260.0, ("認定", "却下"), ("番号確認", "本人確認", "所得照会", "入力", "照合"))
    for row in range(1, 5):
        sheet.check_rule(
            Check(
                CheckKind.DATE_ORDER,
                (f"children[{row}].birth_date", "claim_date"),
                message_ja="児童の生年月日が請求日より後になっています。",
                message_en="A child's date of birth is later than the claim.",
            )
        )
    sheet.check_rule(Check(CheckKind.POSTAL_FITS_ADDRESS, ("postal_code", "address")))
    sheet.check_rule(Check(CheckKind.DATE_ORDER, ("birth_date", "claim_date")))
    return sheet.finish()


def _claimant(sheet: Sheet) -> None:
    top = 41.0
    sheet.upright(LEFT, top, 7.0, 62.0, "請求者")
    x = LEFT + 7.0
    sheet.head(x, top, 20.0, 6.5, "フリガナ", 7.0)
    sheet.room("claimant_kana", "請求者のフリガナ", FieldType.KANA, x + 20, top, 78.0, 6.5, required=True)
    sheet.head(x, top + 6.5, 20.0, 11.5, "氏　名")
    sheet.room("claimant_name", "請求者の氏名", FieldType.NAME, x + 20, top + 6.5, 78.0, 11.5, required=True)
    sheet.head(x + 98, top, 18.0, 9.0, "生年月日")
    sheet.box(x + 116, top, 59.0, 9.0)
    end = sheet.choices("birth_era", "生年月日の元号", x + 118, top + 4.5, ERAS[1:4], gap=2.4)
    sheet.date(
        "birth_date", "生年月日", end + 1.5, top, x + 172.5 - end, 9.0, era_field="birth_era", required=True
    )
    sheet.head(x + 98, top + 9.0, 18.0, 9.0, "性　別")
    sheet.box(x + 116, top + 9.0, 20.0, 9.0)
    sheet.choices("sex", "性別", x + 119, top + 13.5, SEX, gap=4.0, size=9.0)
    sheet.head(x + 136, top + 9.0, 14.0, 9.0, "配偶者")
    sheet.box(x + 150, top + 9.0, 25.0, 9.0)
    sheet.choices(
        "married", "配偶者の有無", x + 155, top + 13.5, (("有", "有"), ("無", "無")), gap=5.0, size=9.0
    )
    top += 18.0
    sheet.head(x, top, 20.0, 16.0, "住　所\n（住民票の\n住所）", 7.5)
    sheet.box(x + 20, top, 155.0, 16.0)
    sheet.text(x + 21.5, top + 3.4, "〒", 8.5)
    sheet.field(
        "postal_code", "郵便番号", FieldType.POSTAL_CODE, Box(x + 25.5, top + 0.6, 32.0, 5.6), required=True
    )
    sheet.text(x + 120.0, top + 3.4, "※アパート名・部屋番号まで記入してください。", 6.0)
    sheet.field("address", "住所", FieldType.ADDRESS, Box(x + 21, top + 6.4, 153.0, 9.2), required=True)
    top += 16.0
    sheet.head(x, top, 20.0, 9.0, "電話番号")
    sheet.room("phone", "電話番号", FieldType.PHONE, x + 20, top, 58.0, 9.0)
    sheet.head(x + 78, top, 20.0, 9.0, "個人番号\n（マイナンバー）", 6.5)
    person_number(sheet, "my_number", "請求者の個人番号", x + 98, top, 77.0, 9.0)
    top += 9.0
    sheet.head(x, top, 20.0, 9.0, "職　業")
    sheet.box(x + 20, top, 78.0, 9.0)
    words = tuple((word, word) for word in ("会社員", "公務員", "自営業", "無職", "その他"))
    sheet.choices("occupation", "職業", x + 22.5, top + 4.5, words, gap=3.4)
    sheet.head(x + 98, top, 20.0, 9.0, "加入している\n年金", 7.0)
    sheet.box(x + 118, top, 57.0, 9.0)
    words = tuple((word, word) for word in ("国民年金", "厚生年金", "未加入"))
    sheet.choices("pension", "加入している年金", x + 120.5, top + 4.5, words, gap=3.4)
    top += 9.0
    sheet.head(x, top, 20.0, 10.0, "勤務先の\n名称", 7.5)
    sheet.room("employer", "勤務先の名称", FieldType.TEXT, x + 20, top, 78.0, 10.0)
    sheet.head(x + 98, top, 20.0, 10.0, "１月１日の\n住所", 7.5)
    sheet.box(x + 118, top, 57.0, 10.0)
    sheet.check(
        "lived_elsewhere",
        "1月1日は区外に住んでいた",
        x + 120.5,
        top + 5.0,
        "今年の１月１日は区外に住んでいた",
        7.0,
    )


def _spouse(sheet: Sheet) -> None:
    top, x = 103.0, LEFT + 7.0
    sheet.upright(LEFT, top, 7.0, 27.0, "配偶者")
    sheet.head(x, top, 20.0, 6.5, "フリガナ", 7.0)
    sheet.room("spouse_kana", "配偶者のフリガナ", FieldType.KANA, x + 20, top, 78.0, 6.5)
    sheet.head(x, top + 6.5, 20.0, 11.5, "氏　名")
    sheet.room("spouse_name", "配偶者の氏名", FieldType.NAME, x + 20, top + 6.5, 78.0, 11.5)
    sheet.head(x + 98, top, 18.0, 9.0, "生年月日")
    sheet.box(x + 116, top, 59.0, 9.0)
    end = sheet.choices("spouse_birth_era", "配偶者の生年月日の元号", x + 118, top + 4.5, ERAS[1:4], gap=2.4)
    sheet.date(
        "spouse_birth_date",
        "配偶者の生年月日",
        end + 1.5,
        top,
        x + 172.5 - end,
        9.0,
        era_field="spouse_birth_era",
    )
    sheet.head(x + 98, top + 9.0, 18.0, 9.0, "個人番号\n（配偶者）", 6.5)
    person_number(sheet, "spouse_my_number", "配偶者の個人番号", x + 116, top + 9.0, 59.0, 9.0)
    sheet.head(x, top + 18.0, 20.0, 9.0, "所得の状況", 7.5)
    sheet.box(x + 20, top + 18.0, 155.0, 9.0)
    sheet.text(x + 22, top + 22.5, "前年の所得額　請求者", 7.5)
    sheet.field("income", "請求者の前年の所得額", FieldType.MONEY, Box(x + 50, top + 18.6, 38.0, 7.8))
    sheet.text(x + 89, top + 22.5, "円　　配偶者", 7.5)
    sheet.field("spouse_income", "配偶者の前年の所得額", FieldType.MONEY, Box(x + 106, top + 18.6, 38.0, 7.8))
    sheet.text(x + 145, top + 22.5, "円", 7.5)


def _children(sheet: Sheet) -> None:
    top, x, height = 130.0, LEFT + 7.0, 16.5
    sheet.upright(LEFT, top, 7.0, 73.0, "児童")
    columns = (
        (62.0, "フリガナ／氏名"),
        (16.0, "続柄"),
        (59.0, "生年月日"),
        (18.0, "同居・別居"),
        (20.0, "監護の有無"),
    )
    left = x
    for width, word in columns:
        sheet.head(left, top, width, 7.0, word, 7.0)
        left += width
    tops = [top + 7.0 + height * row for row in range(4)]
    sheet.rows("children", "児童", tops)
    y = tops[0]
    for down in sheet.downs():
        for place, (width, _word) in enumerate(columns):
            sheet.box(x + sum(each[0] for each in columns[:place]), y + down, width, height)
        sheet.line(x, y + 6.0 + down, x + 62.0, y + 6.0 + down, dash=True)
        sheet.text(x + 1.0, y + 3.0 + down, "ﾌﾘｶﾞﾅ", 5.0)
    sheet.field("kana", "児童のフリガナ", FieldType.KANA, Box(x + 8.0, y + 0.4, 53.6, 5.4))
    sheet.field("name", "児童の氏名", FieldType.NAME, Box(x + 0.4, y + 6.3, 61.2, 9.9))
    sheet.field("relation", "続柄", FieldType.TEXT, Box(x + 62.4, y + 0.6, 15.2, 15.3), most=4)
    end = sheet.choices("birth_era", "児童の生年月日の元号", x + 80.5, y + 4.2, ERAS[3:], gap=3.4)
    for down in sheet.downs():
        sheet.text(end + 4.0, y + 4.2 + down, "（西暦では書かないでください）", 5.0)
    sheet.date("birth_date", "児童の生年月日", x + 80.0, y + 7.5, 55.0, 8.5, size=7.5, era_field="birth_era")
    sheet.choices(
        "living", "同居・別居", x + 140.0, y + 8.2, (("同居", "同"), ("別居", "別")), gap=5.0, size=9.0
    )
    sheet.choices(
        "custody", "監護の有無", x + 159.0, y + 8.2, (("有", "有"), ("無", "無")), gap=5.0, size=9.0
    )
    sheet.end_rows()


def _account(sheet: Sheet) -> None:
    top, x = 203.0, LEFT + 7.0
    sheet.upright(LEFT, top, 7.0, 36.0, "振込口座", 8.0)
    sheet.head(x, top, 24.0, 10.0, "金融機関名")
    sheet.room("bank", "金融機関名", FieldType.TEXT, x + 24, top, 66.0, 10.0, required=True)
    sheet.head(x + 90, top, 18.0, 10.0, "支店名")
    sheet.room("branch", "支店名", FieldType.TEXT, x + 108, top, 67.0, 10.0, required=True)
    top += 10.0
    sheet.head(x, top, 24.0, 10.0, "口座の種類")
    sheet.box(x + 24, top, 30.0, 10.0)
    sheet.choices(
        "account_type", "口座の種類", x + 28, top + 5.0, (("普通", "普通"), ("当座", "当座")), gap=4.0
    )
    sheet.head(x + 54, top, 36.0, 10.0, "口座番号\n（右づめで記入）", 7.5)
    sheet.box(x + 90, top, 85.0, 10.0)
    sheet.cells("account_number", "口座番号", FieldType.BANK_ACCOUNT, x + 93, top + 1.0, 7.5, 8.0, (7,))
    top += 10.0
    sheet.head(x, top, 24.0, 8.0, "口座名義\n（カタカナ）", 6.5)
    sheet.room(
        "account_holder",
        "口座名義",
        FieldType.KANA,
        x + 24,
        top,
        151.0,
        8.0,
        characters=frozenset({Characters.KATAKANA}),
        required=True,
    )
    top += 8.0
    sheet.head(x, top, 24.0, 8.0, "添付書類")
    sheet.box(x + 24, top, 151.0, 8.0)
    right = x + 26.0
    for name, word in (
        ("with_insurance", "健康保険証の写し"),
        ("with_passbook", "通帳の写し"),
        ("with_consent", "同意書"),
        ("with_other", "その他"),
    ):
        right = sheet.check(name, word, right, top + 4.0, word, 7.5) + 5.0
    top += 8.0
    sheet.box(LEFT, top, WIDTH, 18.0)
    sheet.texts(
        LEFT + 2.0,
        top + 3.4,
        (
            "※　太枠の中を黒のボールペンで記入してください。消せるペンは使わないでください。",
            "※　訂正するときは二重線で消し、正しい内容を余白に記入してください。",
            "※　公金受取口座を利用するときは、口座の記入はいりません。",
            "※　この用紙はサンプルです。実際の手続には使えません。",
        ),
        6.5,
        3.6,
    )
    sheet.check(
        "public_account", "公金受取口座を利用する", LEFT + 108.0, top + 10.6, "公金受取口座を利用します", 8.0
    )
    sheet.seal("seal", "請求者の印", LEFT + 172.0, top + 9.0)
