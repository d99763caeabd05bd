"""Makes one good file of every family, each with a sentence that only it holds."""

import datetime as dt
import zipfile
from email.message import EmailMessage
from pathlib import Path

import docx
import openpyxl
import pptx
from docx.oxml import parse_xml
from openpyxl.comments import Comment
from PIL import Image, ImageDraw, ImageFont
from pptx.util import Inches
from reportlab.lib import pdfencrypt
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from tests.resources.compound_file import outlook_message

FONT = Path("/usr/share/fonts/opentype/ipafont-mincho/ipam.ttf")  # Debian's fonts-ipafont-mincho
MINCHO = "IPAMincho"
PROSE = (
    "特別区では、住民から受け付けた申請書を職員が一枚ずつ見ながら業務システムへ入力している。"
    "この入力作業をＡＩ－ＯＣＲとＲＰＡに置き換えたところ、年間でおよそ千二百時間の削減につながった。"
    "一方で、手書きの崩れた文字や複写の濃淡によって読み違いが起こるため、確認の手順を残している。"
)


def wrapped(text: str, width: int) -> list[str]:
    """Lines of `width` characters, broken wherever they are full, as a page breaks them."""
    return [text[start : start + width] for start in range(0, len(text), width)]


def picture(lines: list[str], size: int = 32, width: int = 1_400) -> Image.Image:
    """Printed lines on white; size in pixels a character."""
    image = Image.new("RGB", (width, size * 2 * (len(lines) + 2)), "white")
    draw = ImageDraw.Draw(image)
    font = ImageFont.truetype(str(FONT), size)
    for number, line in enumerate(lines, 1):
        draw.text((size * 2, size * 2 * number), line, font=font, fill="black")
    return image


def canvas(file: Path, password: str = "") -> Canvas:
    """A PDF in the making, with an embedded Japanese font."""
    if MINCHO not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont(MINCHO, str(FONT)))
    encryption = pdfencrypt.StandardEncryption(password) if password else None
    return Canvas(str(file), encrypt=encryption)


def text_page(page: Canvas, lines: list[str]) -> None:
    """One page of printed lines."""
    page.setFont(MINCHO, 11)
    for number, line in enumerate(lines):
        page.drawString(70, 760 - number * 20, line)
    page.showPage()


def pdf(file: Path) -> None:
    """Three pages: wrapped prose, nothing, and a scan without a text layer."""
    page = canvas(file)
    page.setTitle("申請書入力の自動化")
    text_page(page, ["１　入力作業の削減", *wrapped(PROSE, 40), "・対象業務は十二業務", "－ 1 －"])
    page.showPage()
    scan = file.with_suffix(".scan.png")
    picture(["走査した紙の頁です", "受付番号は八千二百四十六"], size=48).save(scan)
    page.drawImage(str(scan), 50, 300, width=500, height=150)
    page.showPage()
    page.save()


_TEXT_BOX = (
    '<w:r xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape">'
    '<mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wps:txbx><w:txbxContent><w:p><w:r>'
    "<w:t>囲みの中の注意書き</w:t></w:r></w:p></w:txbxContent></wps:txbx></w:drawing></mc:Choice>"
    "<mc:Fallback><w:pict><v:textbox><w:txbxContent><w:p><w:r><w:t>囲みの中の注意書き</w:t></w:r></w:p>"
    "</w:txbxContent></v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
)


def word(file: Path) -> None:
    """Headings, a table with a merged cell, a text box (kept twice), a header and a footer."""
    document = docx.Document()
    document.core_properties.title = "窓口改善の報告"
    document.add_heading("はじめに", 1)
    document.add_paragraph(PROSE)
    document.paragraphs[-1]._p.append(parse_xml(_TEXT_BOX))
    document.add_heading("結果", 1)
    table = document.add_table(2, 3)
    for cell, text in zip(table.rows[0].cells, ("業務", "件数", "時間"), strict=True):
        cell.text = text
    table.cell(1, 0).text = "転入届"
    table.cell(1, 1).merge(table.cell(1, 2)).text = "集計中"
    document.sections[0].header.paragraphs[0].text = "区内限りの資料"
    document.sections[0].footer.paragraphs[0].text = "企画課"
    document.save(str(file))


def excel(file: Path) -> None:
    """Two sheets with shown values of every kind, an empty one between, a comment."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "実績"
    sheet.append(["業務", "処理件数", "削減率", "開始日", "可否"])
    sheet.append(["保育園の入園申込", 12_480, 0.354, dt.date(2026, 4, 1), True])
    sheet["B2"].number_format, sheet["C2"].number_format = "#,##0", "0.0%"
    sheet["A2"].comment = Comment("聞き取りによる", "担当")
    book.create_sheet("空")
    book.create_sheet("覚え書き")["C7"] = "検算は会計課\nが行う"
    book.save(file)


def powerpoint(file: Path) -> None:
    """Two slides: a title, a grouped shape, a table and the speaker's notes."""
    show = pptx.Presentation()
    slide = show.slides.add_slide(show.slide_layouts[5])
    slide.shapes.title.text = "共同調達のねらい"
    group = slide.shapes.add_group_shape()
    group.shapes.add_textbox(Inches(1), Inches(2), Inches(4), Inches(1)).text_frame.text = "まとめた図形の中"
    slide.notes_slide.notes_text_frame.text = "ここで質問を受ける"
    second = show.slides.add_slide(show.slide_layouts[6])
    table = second.shapes.add_table(1, 2, Inches(1), Inches(1), Inches(5), Inches(1)).table
    table.cell(0, 0).text, table.cell(0, 1).text = "参加区", "五区"
    show.save(str(file))


HTML = """<!doctype html><html><head><meta charset="{charset}"><title>手続きの
案内</title><style>.x{{}}</style></head><body><h1>転出の届出</h1><p>届出は<b>十四日</b>以内に<br>行います。</p>
<script>隠れた文字()</script><table><tr><th>窓口</th><td>二階</td></tr></table><img alt="庁舎の地図"></body></html>"""


def mail(file: Path, attached: tuple[str, bytes]) -> None:
    """A letter in ISO-2022-JP, as Japanese mailers write it, with one attachment."""
    message = EmailMessage()
    message["Subject"] = "照会への回答（帳票の件）"
    message["From"] = "情報政策課 <joho@example.jp>"
    message["To"] = "税務課 <zeimu@example.jp>"
    message.set_content("お尋ねの帳票は来月から差し替えます。\n", charset="iso-2022-jp")
    message.add_attachment(attached[1], maintype="application", subtype="octet-stream", filename=attached[0])
    file.write_bytes(message.as_bytes())


def outlook(file: Path, attached: tuple[str, bytes]) -> None:
    """The like as Outlook saves it."""
    outlook_message(
        file, "打合せの日程", "高田", ("小笠原", "o@example.jp"), "会場は第二会議室です。\r\n", attached
    )


def zip_with(file: Path, members: dict[str, bytes]) -> None:
    """A deflated package of the given members."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in members.items():
            package.writestr(name, data)
