"""国民健康保険資格取得届: the household's head, why and since when, up to four people insured."""

from evals.ocr.forms.parts import ERAS, SEX, heading, office, person_number, words
from evals.ocr.sheet import THICK, Drawn, Sheet
from ocr_service.models.fields import Box, Characters, FieldType
from ocr_service.models.forms import Check, CheckKind

NAME, TITLE = "kokuho_shutoku", "国民健康保険資格取得届"
DESCRIPTION = "国民健康保険に加入する届出のサンプルです。世帯主、加入の理由、前の健康保険、加入する人4人までを読み取ります。"
LEFT, WIDTH = 14.0, 182.0


def draw() -> Drawn:
    sheet = Sheet(TITLE)
    heading(sheet, "国民健康保険　資格取得届", "第３号様式（サンプル）")
    sheet.text(LEFT, 30.0, "（宛先）サンプル区長", 9.5)
    sheet.text(LEFT, 36.0, "次のとおり、国民健康保険の資格を取得したので届け出ます。", 8.0)
    sheet.text(141.0, 30.0, "届出日", 8.5)
    sheet.date("report_date", "届出日", 153.0, 26.6, 43.0, 7.0, era="令和", required=True)
    _head(sheet)
    _reason(sheet)
    _people(sheet)
    _rest(sheet)
    sheet.box(LEFT, 40.0, WIDTH, 216.0, THICK)
    office(sheet, 259.0, ("決定", "保留"), ("資格入力", "番号確認", "証交付", "賦課", "照合"))
    sheet.check_rule(Check(CheckKind.POSTAL_FITS_ADDRESS, ("postal_code", "address")))
    sheet.check_rule(
        Check(
            CheckKind.REQUIRED_IF,
            ("lost_date", "reason"),
            "社保離脱",
            "社会保険をやめたときは、資格を失った日が要ります。",
            "The day on which the former insurance ended is needed.",
        )
    )
    sheet.check_rule(Check(CheckKind.DATE_ORDER, ("lost_date", "report_date")))
    for row in range(1, 5):
        sheet.check_rule(
            Check(
                CheckKind.AGE_FITS_DATE, (f"insured[{row}].age", f"insured[{row}].birth_date", "report_date")
            )
        )
    return sheet.finish()


def _head(sheet: Sheet) -> None:
    y, x = 40.0, LEFT + 7.0
    sheet.upright(LEFT, y, 7.0, 41.0, "世帯主")
    sheet.head(x, y, 20.0, 6.0, "フリガナ", 7.0)
    sheet.room("head_kana", "世帯主のフリガナ", FieldType.KANA, x + 20, y, 72.0, 6.0, required=True)
    sheet.head(x, y + 6.0, 20.0, 11.0, "氏　名")
    sheet.room("head_name", "世帯主の氏名", FieldType.NAME, x + 20, y + 6.0, 72.0, 11.0, required=True)
    sheet.head(x + 92, y, 20.0, 8.0, "電話番号")
    sheet.room("phone", "電話番号", FieldType.PHONE, x + 112, y, 63.0, 8.0)
    sheet.head(x + 92, y + 8.0, 20.0, 9.0, "個人番号")
    person_number(sheet, "head_my_number", "世帯主の個人番号", x + 112, y + 8.0, 63.0, 9.0)
    y += 17.0
    sheet.head(x, y, 20.0, 15.0, "住　所")
    sheet.box(x + 20, y, 155.0, 15.0)
    sheet.text(x + 21.5, y + 3.6, "〒", 8.5)
    sheet.cells("postal_code", "郵便番号", FieldType.POSTAL_CODE, x + 26.0, y + 0.9, 4.6, 5.4, (3, 4), 3.0)
    sheet.text(x + 26.0 + 3 * 4.6 + 1.5, y + 3.6, "-", 9.0, anchor="middle")
    sheet.field("address", "住所", FieldType.ADDRESS, Box(x + 21, y + 6.6, 153.0, 8.0), required=True)
    y += 15.0
    sheet.head(x, y, 20.0, 9.0, "届出人", 8.0)
    sheet.box(x + 20, y, 48.0, 9.0)
    sheet.choices("reporter_is", "届出人", x + 23, y + 4.5, words("世帯主", "世帯員", "代理人"), gap=3.6)
    sheet.head(x + 68, y, 24.0, 9.0, "届出人の氏名\n（世帯主以外）", 6.3)
    sheet.room("reporter_name", "届出人の氏名", FieldType.NAME, x + 92, y, 63.0, 9.0)
    sheet.box(x + 155, y, 20.0, 9.0)
    sheet.seal("seal", "届出人の印", x + 165, y + 4.5, 3.6)


def _reason(sheet: Sheet) -> None:
    y, x = 81.0, LEFT + 7.0
    sheet.upright(LEFT, y, 7.0, 38.0, "取得の理由", 8.0)
    sheet.head(x, y, 20.0, 9.0, "理　由")
    sheet.box(x + 20, y, 97.0, 9.0)
    kinds = words("転入", "社保離脱", "出生", "生活保護廃止", "その他")
    sheet.choices("reason", "取得の理由", x + 23, y + 4.5, kinds, gap=3.4, required=True)
    sheet.head(x + 117, y, 16.0, 9.0, "取得日")
    sheet.box(x + 133, y, 42.0, 9.0)
    sheet.date("acquired_date", "取得日", x + 133.5, y, 41.0, 9.0, era="令和", size=7.5, required=True)
    y += 9.0
    sheet.head(x, y, 20.0, 29.0, "前に加入\nしていた\n健康保険", 7.5)
    sheet.head(x + 20, y, 24.0, 9.5, "保険者名", 7.5)
    sheet.room("former_insurer", "前の保険者名", FieldType.TEXT, x + 44, y, 73.0, 9.5)
    sheet.head(x + 117, y, 16.0, 9.5, "喪失日")
    sheet.box(x + 133, y, 42.0, 9.5)
    sheet.date("lost_date", "資格を失った日", x + 133.5, y, 41.0, 9.5, era="令和", size=7.5)
    sheet.head(x + 20, y + 9.5, 24.0, 9.5, "記号・番号", 7.5)
    sheet.room("former_symbol", "前の記号・番号", FieldType.TEXT, x + 44, y + 9.5, 47.0, 9.5)
    sheet.head(x + 91, y + 9.5, 26.0, 9.5, "加入の区分", 7.5)
    sheet.box(x + 117, y + 9.5, 58.0, 9.5)
    sheet.choices(
        "former_kind",
        "前の加入の区分",
        x + 120,
        y + 14.2,
        words("被保険者本人", "被扶養者", "任意継続"),
        size=7.5,
        gap=3.2,
    )
    sheet.head(x + 20, y + 19.0, 24.0, 10.0, "勤務先の名称", 7.0)
    sheet.room("employer", "勤務先の名称", FieldType.TEXT, x + 44, y + 19.0, 73.0, 10.0)
    sheet.head(x + 117, y + 19.0, 16.0, 10.0, "保険者\n番号", 7.0)
    sheet.box(x + 133, y + 19.0, 42.0, 10.0)
    sheet.cells(
        "insurer_number",
        "保険者番号",
        FieldType.TEXT,
        x + 134.0,
        y + 20.4,
        5.0,
        7.2,
        (8,),
        characters=frozenset({Characters.DIGITS}),
        pattern="[0-9]{8}",
        most=8,
    )


def _people(sheet: Sheet) -> None:
    y, x, height = 119.0, LEFT + 7.0, 22.0
    sheet.upright(LEFT, y, 7.0, 94.5, "加入する人")
    columns = (
        (56.0, "フリガナ／氏名"),
        (63.0, "生年月日／個人番号"),
        (14.0, "年齢"),
        (20.0, "性別・続柄"),
        (22.0, "前年の所得"),
    )
    left = x
    for width, word in columns:
        sheet.head(left, y, width, 6.5, word, 7.0)
        left += width
    tops = [y + 6.5 + height * row for row in range(4)]
    sheet.rows("insured", "加入する人", tops)
    top = tops[0]
    for number, down in enumerate(sheet.downs(), 1):
        left = x
        for width, _word in columns:
            sheet.box(left, top + down, width, height)
            left += width
        sheet.text(x + 1.0, top + down + 3.2, f"{number}", 7.0)
        sheet.line(x, top + 6.8 + down, x + 56.0, top + 6.8 + down, dash=True)
        sheet.text(x + 132.0, top + 18.6 + down, "歳", 6.5, anchor="right")
        sheet.line(x + 133, top + 10.0 + down, x + 153, top + 10.0 + down)
        sheet.text(x + 174.0, top + 18.6 + down, "万円", 6.5, anchor="right")
    sheet.field("kana", "フリガナ", FieldType.KANA, Box(x + 5.0, top + 0.5, 50.5, 6.0))
    sheet.field("name", "氏名", FieldType.NAME, Box(x + 0.5, top + 7.3, 55.0, 14.2))
    end = sheet.choices("birth_era", "生年月日の元号", x + 57.5, top + 5.0, ERAS[1:], size=7.5, gap=2.0)
    sheet.date(
        "birth_date", "生年月日", end + 0.8, top + 0.6, x + 117.0 - end, 9.0, size=7.0, era_field="birth_era"
    )
    person_number(sheet, "my_number", "個人番号", x + 56.0, top + 11.0, 63.0, 11.0)
    sheet.field("age", "年齢", FieldType.NUMBER, Box(x + 119.6, top + 2.0, 12.8, 13.0), most=120)
    sheet.choices("sex", "性別", x + 138.5, top + 5.0, SEX, size=9.0, gap=4.0)
    sheet.field("relation", "続柄", FieldType.TEXT, Box(x + 133.6, top + 10.6, 18.8, 10.8), most=4)
    sheet.field(
        "income_10k", "前年の所得（万円）", FieldType.NUMBER, Box(x + 153.6, top + 2.0, 20.8, 13.0), most=999
    )
    sheet.end_rows()


def _rest(sheet: Sheet) -> None:
    y, x = 213.5, LEFT
    sheet.head(x, y, 27.0, 9.0, "添付書類")
    sheet.box(x + 27, y, 155.0, 9.0)
    right = x + 29
    for name, word in (
        ("with_loss", "資格喪失証明書"),
        ("with_transfer", "転出証明書"),
        ("with_licence", "本人確認書類"),
        ("with_letter", "委任状"),
        ("with_other", "その他"),
    ):
        right = sheet.check(name, f"添付書類：{word}", right, y + 4.5, word, 7.5) + 4.0
    y += 9.0
    sheet.head(x, y, 27.0, 12.5, "保険料の\n納め方", 8.0)
    sheet.box(x + 27, y, 82.0, 12.5)
    sheet.choices(
        "payment", "保険料の納め方", x + 31, y + 6.2, words("口座振替", "納付書", "年金から天引き"), gap=4.0
    )
    sheet.head(x + 109, y, 20.0, 12.5, "希望する\n連絡", 7.5)
    sheet.box(x + 129, y, 53.0, 12.5)
    sheet.choices(
        "contact",
        "希望する連絡",
        x + 132,
        y + 6.2,
        words("電話", "郵送", "電子メール"),
        gap=4.0,
        several=True,
    )
    y += 12.5
    sheet.box(x, y, 182.0, 21.0)
    sheet.texts(
        x + 2.0,
        y + 3.6,
        (
            "※　太枠の中を黒のボールペンで記入してください。あてはまるものは○で囲んでください。",
            "※　届出は、資格を取得した日から14日以内に行ってください。遅れても、保険料は資格を取得した月の分からかかります。",
            "※　職場の健康保険をやめた人は、資格喪失証明書を添えてください。",
            "※　保険者番号は8けたで、前の保険証の下に書いてあります。6けたのときは右に詰めて書いてください。",
            "※　この用紙はサンプルです。実際の届出には使えません。",
        ),
        6.3,
        3.8,
    )
