"""Makes the attachments of the shipped sample entries, one of every type that the bank reads.

    .venv/bin/python tests/resources/make_samples.py [FOLDER]

FOLDER defaults to kb_service/samples/attachments. Needs Debian's fonts-ipafont and, for `make_samples`
only, reportlab. Running it again gives the same bytes as long as the libraries are the same: dates inside
the files are fixed and the noise of the scan is seeded. What each file is for stands in
kb_service/samples/README.md."""

import io
import re
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import numpy as np
from docx import Document
from openpyxl import Workbook
from PIL import Image, ImageDraw, ImageFont
from pptx import Presentation
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

FOLDER = Path(__file__).resolve().parents[2] / "kb_service" / "samples" / "attachments"
GOTHIC = "/usr/share/fonts/opentype/ipafont-gothic/ipag.ttf"
MINCHO = "/usr/share/fonts/opentype/ipafont-mincho/ipam.ttf"
WHEN = datetime(2026, 11, 1, 9, 0, 0)  # every date inside the files, so that the bytes do not change
SEED = 20261101
MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")

PROCUREMENT = [
    (
        "共同調達の進め方",
        [
            "この資料はサンプルです。共同調達を始める前に確かめることをまとめました。",
            "1. 各区が同じ物を買っているか、品目の表を並べて比べます。",
            "2. 単価、数量、契約の終わる月を一つの表にそろえます。",
            "3. 手を挙げる区が三つ以上集まったら始めます。",
            "4. 代表の区は一年ごとに交代します。",
        ],
    ),
    (
        "品目ごとの向き・不向き",
        [
            "向いている：コピー用紙、封筒、研修、クラウドのライセンス、災害用の備蓄品",
            "様子を見る：複合機の賃貸借、庁舎の電力、清掃",
            "向いていない：急ぎの修繕、区ごとに仕様が違う工事",
            "備蓄品は、アルファ化米と液体ミルクの入替えの時期をそろえると単価が下がります。",
        ],
    ),
    (
        "始める前の確認の表",
        [
            "□ 参加する区の予算の担当と話しましたか",
            "□ 検収と支払いを各区が行うことを確かめましたか",
            "□ 途中で抜けるときの決まり（脱退の三か月前に申し出る）がありますか",
            "□ 地元の事業者の受注の機会に配慮しましたか",
            "□ 翌年度の幹事の区が決まっていますか",
        ],
    ),
]
SCAN = [
    (
        "児童手当現況届 読取り試行の報告",
        [
            "サンプル資料　子育て支援課",
            "",
            "1 読み取った枚数　5,200枚",
            "2 そのまま使えた欄　91パーセント",
            "3 直した欄の内訳",
            "　　氏名のふりがな　　　312件",
            "　　口座番号　　　　　　 84件",
            "　　配偶者の所得　　　　146件",
            "",
            "裏写りのある用紙は、黒い下敷きを",
            "当てて取り込むと読みやすくなりました。",
        ],
    ),
    (
        "今後の予定",
        [
            "来年度は、就学援助の申請書でも試します。",
            "枠の色を青から薄い橙色に替えます。",
            "記入例には赤いボールペンを使いません。",
            "",
            "担当　手当係　内線は庁内電話帳を参照",
        ],
    ),
]


def at(font: str, size: int) -> ImageFont.FreeTypeFont:
    """The font at a pixel size."""
    return ImageFont.truetype(font, size)


@contextmanager
def fixed_zip(path: Path) -> Iterator[io.BytesIO]:
    """Collects an Office file and writes it with one date for every member."""
    made = io.BytesIO()
    yield made
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "docProps/core.xml":  # openpyxl writes the time of saving, whatever was set
                content = MODIFIED.sub(rb"\g<1>" + WHEN.strftime("%Y-%m-%dT%H:%M:%SZ").encode(), content)
            target.writestr(zipfile.ZipInfo(name, WHEN.timetuple()[:6]), content, zipfile.ZIP_DEFLATED)


def text_pdf(path: Path) -> None:
    """Three pages with a text layer."""
    pdfmetrics.registerFont(TTFont("gothic", GOTHIC))
    canvas = Canvas(str(path), pagesize=A4, invariant=True)
    canvas.setTitle("共同調達の進め方（サンプル）")
    for number, (title, lines) in enumerate(PROCUREMENT, start=1):
        canvas.setFont("gothic", 20)
        canvas.drawString(60, 770, title)
        canvas.setFont("gothic", 12)
        for row, line in enumerate(lines):
            canvas.drawString(60, 720 - row * 28, line)
        canvas.drawCentredString(A4[0] / 2, 40, str(number))
        canvas.showPage()
    canvas.save()


def scanned_pdf(path: Path) -> None:
    """Two pages at 200 dpi that are images only: a little skew, grey paper and noise."""
    noise = np.random.default_rng(SEED)
    pages = []
    for number, (title, lines) in enumerate(SCAN):
        page = Image.new("L", (1654, 2339), 246)
        draw = ImageDraw.Draw(page)
        draw.text((160, 200), title, font=at(MINCHO, 62), fill=25)
        draw.line((160, 300, 1490, 300), fill=60, width=4)
        for row, line in enumerate(lines):
            draw.text((180, 380 + row * 92), line, font=at(MINCHO, 44), fill=30)
        page = page.rotate(0.6 if number == 0 else -0.4, resample=Image.Resampling.BICUBIC, fillcolor=246)
        grain = np.asarray(page, dtype=np.float32) + noise.normal(0, 5, (2339, 1654))
        pages.append(Image.fromarray(np.clip(grain, 0, 255).astype(np.uint8)))
    moment = WHEN.timetuple()
    pages[0].save(
        path,
        save_all=True,
        append_images=pages[1:],
        resolution=200,
        quality=50,
        creationDate=moment,
        modDate=moment,
    )


def word(path: Path) -> None:
    """Headings, paragraphs and a table."""
    document = Document()
    document.core_properties.created = document.core_properties.modified = WHEN
    document.add_heading("書かない窓口の試行 中間の報告（サンプル）", level=1)
    document.add_paragraph("聞き取りの席を三つ設け、転入の方を案内しました。")
    document.add_heading("待ち時間", level=2)
    table = document.add_table(rows=1, cols=3)
    table.style = "Table Grid"
    rows = [
        ("時期", "席の数", "最長の待ち時間"),
        ("一月", "3", "28分"),
        ("三月", "3", "95分"),
        ("六月", "5", "31分"),
    ]
    for cell, text in zip(table.rows[0].cells, rows[0], strict=True):
        cell.text = text
    for values in rows[1:]:
        for cell, text in zip(table.add_row().cells, values, strict=True):
            cell.text = text
    document.add_heading("職員の声", level=2)
    document.add_paragraph(
        "「聞き取りの順番を、引っ越した日、前の住所、家族の順に替えたら、会話が自然になった」"
    )
    document.add_paragraph("「在留カードの見方を書いた下敷きが役に立った」")
    with fixed_zip(path) as made:
        document.save(made)


def sheets(path: Path) -> None:
    """Two sheets with figures, and a third with notes."""
    book = Workbook()
    book.properties.created = book.properties.modified = WHEN
    book.remove(book.worksheets[0])
    monthly = book.create_sheet("月別の件数")
    for row in (
        ("月", "光熱水費", "電話料金", "複写機", "止まった回数"),
        ("10月", 512, 388, 431, 9),
        ("11月", 498, 391, 440, 4),
        ("12月", 530, 379, 447, 3),
    ):
        monthly.append(row)
    stops = book.create_sheet("止まった理由")
    for reason in (
        ("理由", "回数", "直し方"),
        ("口座の名義が違う", 7, "登録の名義を半角カナにそろえる"),
        ("請求書の番号が空", 5, "番号のない請求書は日付を入れる"),
        ("夜間の保守と重なった", 4, "第三水曜の夜は動かさない"),
    ):
        stops.append(reason)
    notes = book.create_sheet("覚え書き")
    notes.append(("水道の検針は隔月なので、奇数月は件数が少なくなります。",))
    with fixed_zip(path) as made:
        book.save(made)


def slides(path: Path) -> None:
    """Four slides, the last with a speaker's note."""
    deck = Presentation()
    deck.core_properties.created = deck.core_properties.modified = WHEN
    for title, body in (
        ("会議録の作り方（サンプル）", "新しく担当になった方へ"),
        ("録音の準備", "予備の録音機を必ず一台置きます\n電池は会議の前に新しくします"),
        ("聞き直しの速さ", "再生は1.3倍が疲れにくい\n聞き取れない所は三回までにして先へ進む"),
        ("公開までの日程", "閉会の翌日から数えて20日で公開\n確認の期間は10日"),
    ):
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        slide.shapes.title.text = title
        slide.placeholders[1].text = body
    slide.notes_slide.notes_text_frame.text = "年度末は臨時会があるので日程に余裕を見ます。"
    with fixed_zip(path) as made:
        deck.save(made)


def screen_png(path: Path) -> None:
    """A phone's screen on which a resident reports a hole in the road."""
    page = Image.new("RGB", (720, 1080), "#f4f7f4")
    draw = ImageDraw.Draw(page)
    draw.rectangle((0, 0, 720, 110), fill="#1b6e4f")
    draw.text((40, 34), "道路の通報（サンプル）", font=at(GOTHIC, 40), fill="white")
    for row, line in enumerate(
        (
            "どこが傷んでいますか",
            "・道路の穴",
            "・段差",
            "・街路灯が点かない",
            "・側溝のふたが割れた",
            "・カーブミラーの向き",
        )
    ):
        draw.text((50, 170 + row * 80), line, font=at(GOTHIC, 36), fill="#1a1a1a")
    draw.rectangle((50, 700, 670, 920), outline="#1b6e4f", width=4)
    draw.text((90, 780), "地図を指でさしてください", font=at(GOTHIC, 40), fill="#1b6e4f")
    draw.text((50, 970), "受付番号 000123", font=at(GOTHIC, 34), fill="#1a1a1a")
    page.save(path, optimize=True)


def notice_jpeg(path: Path) -> None:
    """A notice beside the scanner."""
    page = Image.new("RGB", (1200, 800), "#fffdf2")
    draw = ImageDraw.Draw(page)
    draw.rectangle((20, 20, 1180, 780), outline="#b34700", width=8)
    draw.text((80, 70), "スキャナーの手入れ", font=at(GOTHIC, 72), fill="#b34700")
    for row, line in enumerate(
        (
            "朝：読取り面を乾いた布で拭く",
            "500枚ごと：ローラーを拭く",
            "のりの付いた紙は透明な袋に入れない",
            "変な音がしたら止めて総務へ連絡",
            "消耗品の棚：二階の給湯室のとなり",
        )
    ):
        draw.text((90, 210 + row * 105), line, font=at(GOTHIC, 52), fill="#222222")
    page.save(path, quality=82)


TEXTS = {
    "rpa-teishi-memo.txt": """RPAが止まったときの覚え書き（サンプル）

一、砂時計の印が10分消えないときは、夜間の保守と重なっている。
二、「警告：未保存」の窓が出たら、必ず「いいえ」を選ぶ。
三、予備のロボットは「てつだい二号」。使う前に台帳に名前を書く。
四、年度切替えの三月三十一日は動かさない。
""",
    "faq-koushin-tejun.md": """# 答えを足すときの書き方（サンプル）

- 一つの答えは三文まで
- 電話番号は課の代表だけを書く
- 「〜してください」で終える

## 言い換えの例

| 見出しの言葉 | 足す言葉 |
|---|---|
| 粗大ごみ | 大型ごみ、そだいゴミ、不用品 |
| モバイルバッテリー | 充電池、リチウムイオン電池 |
| 乳母車 | ベビーカー、バギー |
""",
    "shinsei-form-kaisetsu.html": """<!doctype html>
<html lang="ja">
<head><meta charset="utf-8"><title>申請フォームの部品の解説（サンプル）</title>
<style>body { font-family: sans-serif }</style></head>
<body>
<h1>申請フォームの部品の解説（サンプル）</h1>
<p>部品は「氏名」「住所」「日付」「選択」「添付」「同意」の六つです。</p>
<h2>住所の部品</h2>
<p>郵便番号を入れると町名まで表示します。<strong>方書（かたがき）</strong>は別の欄に分けます。</p>
<h2>添付の部品</h2>
<table><tr><th>種類</th><th>上限</th></tr><tr><td>写真</td><td>10メガバイト</td></tr></table>
<script>document.title += "";</script>
</body>
</html>
""",
}
RUBBISH = """品目,読み,分け方,ひとこと
モバイルバッテリー,もばいるばってりー,回収箱,端子にテープを貼ってください
傘,かさ,燃やさないごみ,柄が長いときは粗大ごみになりません
乳母車,うばぐるま,粗大ごみ,手数料は400円です
土,つち,収集しません,園芸店に相談してください
蛍光灯,けいこうとう,有害ごみ,割らずに箱へ入れてください
"""
ACCOUNTS = """節,細節,使う場面,間違えやすい例
需用費,光熱水費,電気・ガス・水道,下水道の使用料も同じ
需用費,消耗品費,トナー・用紙,三万円以上は備品
役務費,通信運搬費,郵便・電話・宅配,切手は前渡しで買う
使用料及び賃借料,機器借上料,複写機・パソコン,保守だけなら委託料
"""


def mail(path: Path) -> None:
    """A reply with a small text file attached."""
    message = EmailMessage(policy=SMTP)
    message["From"] = "データ係 <data@example.jp>"
    message["To"] = "税務課 <zei@example.jp>"
    message["Subject"] = "Re: CSVの先頭の0が消える件（サンプル）"
    message["Date"] = WHEN.strftime("%a, %d %b %Y %H:%M:%S +0900")
    message["Message-ID"] = "<sample-csv-1@example.jp>"
    message.set_content(
        "お問い合わせの件です。\n郵便番号の列だけ「文字列」にして取り込み直してください。\n"
        "宛名番号は8桁にそろえてあります。件数は1,248件、最後の行は中央図書館です。\n"
    )
    message.add_attachment(
        "列の名前の一覧：宛名番号、氏名カナ、郵便番号、町丁目コード、返戻区分\n".encode(),
        maintype="text",
        subtype="plain",
        filename="retsu-ichiran.txt",
    )
    message.set_boundary("==sample-boundary==")
    path.write_bytes(message.as_bytes())


def make(folder: Path) -> None:
    """Write every attachment into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    text_pdf(folder / "kyodo-chotatsu-susumekata.pdf")
    scanned_pdf(folder / "scan-jidoteate-kekka.pdf")
    word(folder / "kakanai-madoguchi-hokoku.docx")
    sheets(folder / "rpa-kaikei-shukei.xlsx")
    slides(folder / "gijiroku-setsumei.pptx")
    screen_png(folder / "douro-tsuuhou-gamen.png")
    notice_jpeg(folder / "scanner-teire.jpg")
    for name, text in TEXTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "gomi-faq.csv").write_bytes(RUBBISH.replace("\n", "\r\n").encode("utf-8-sig"))
    (folder / "kamoku-ichiran.csv").write_bytes(ACCOUNTS.replace("\n", "\r\n").encode("cp932"))
    mail(folder / "toiawase-kaitou.eml")


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
