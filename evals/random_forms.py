"""Forms that nobody has a template of: drawn at random, and variants of them that differ by a row or by words."""

from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from ocr_service.models.fields import Box

WIDTH, HEIGHT = 210.0, 297.0
DPI = 200
PX = DPI / 25.4
_FONT = "/usr/share/fonts/truetype/fonts-japanese-gothic.ttf"
# fmt: off
WORDS = (
    "氏名", "フリガナ", "住所", "電話番号", "生年月日", "性別", "続柄", "世帯主", "届出日",
    "異動日", "転入", "転出", "勤務先", "口座番号", "金融機関", "支店", "申請者", "児童の氏名",
    "監護", "同居", "別居", "所得", "備考", "受付", "担当", "決裁", "保険者",
    "記号番号", "資格取得", "理由", "施設名", "利用日", "人数", "目的", "料金", "減免",
    "団体名", "代表者", "連絡先", "本籍", "筆頭者", "通知", "交付", "枚数", "金額",
    "合計", "期間", "開始", "終了", "事業所", "職業", "国籍",
)
# fmt: on


_WRITING = (
    "山田太郎佐藤花子東京都千代田区霞が関一丁目二番三号令和平成昭和年月日0123456789アイウエオカキクケコ"
)


@cache
def font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(_FONT, size)


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of the drawing in millimetres; `label` is printed, "" is a place to write."""

    box: Box
    label: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """What is printed: a title, cells, and loose lines of text (x, y, height, words)."""

    title: str
    cells: tuple[Cell, ...]
    notes: tuple[tuple[float, float, float, str], ...]

    @property
    def places(self) -> tuple[Box, ...]:
        """Where one writes."""
        return tuple(cell.box for cell in self.cells if not cell.label)

    def moved(self, below: float, by: float) -> "Drawing":
        """Everything that begins below a height is moved down: what a row that is put in does to a form."""
        return replace(
            self,
            cells=tuple(
                replace(cell, box=replace(cell.box, y=cell.box.y + by)) if cell.box.y >= below - 0.1 else cell
                for cell in self.cells
            ),
            notes=tuple((x, y + by if y >= below else y, size, words) for x, y, size, words in self.notes),
        )


def design(seed: int) -> Drawing:
    """A form of two to four tables, different for every seed."""
    chance = np.random.default_rng(seed)
    cells: list[Cell] = []
    notes: list[tuple[float, float, float, str]] = []
    left, right = float(chance.uniform(14, 22)), float(chance.uniform(188, 196))
    y = float(chance.uniform(32, 42))
    notes.append((right - 60, y - 10, 3.0, "令和　　年　　月　　日"))
    notes.append((left, y - 12, 3.6, f"{chance.choice(WORDS)}長　様"))
    for _ in range(int(chance.integers(2, 5))):
        notes.append((left, y - 4.2, 3.2, f"{chance.choice(WORDS)}・{chance.choice(WORDS)}欄"))
        columns = int(chance.integers(1, 4)) * 2
        parts = chance.uniform(0.6, 1.6, columns) * np.where(np.arange(columns) % 2 == 0, 0.6, 1.4)
        edges = left + np.concatenate([[0], np.cumsum(parts / parts.sum())]) * (right - left)
        pitch = float(chance.choice([7.0, 8.0, 9.0, 10.0, 12.0]))
        for _ in range(int(chance.integers(2, 7))):
            height = pitch * float(chance.choice([1, 1, 1, 1.5]))
            if y + height > HEIGHT - 20:
                break
            joined = columns >= 4 and chance.random() < 0.3
            for column in range(columns):
                if joined and column >= 2:
                    continue
                end = edges[-1] if joined and column == 1 else edges[column + 1]
                label = str(chance.choice(WORDS)) if column % 2 == 0 else ""
                cells.append(Cell(Box(float(edges[column]), y, float(end - edges[column]), height), label))
            y += height
        y += float(chance.uniform(9, 14))
        if y > HEIGHT - 45:
            break
    notes.append((left, HEIGHT - 14, 2.8, f"※ {chance.choice(WORDS)}は必ず記入してください。"))
    return Drawing(f"{chance.choice(WORDS)}{chance.choice(WORDS)}申請書", tuple(cells), tuple(notes))


def with_row_added(drawing: Drawing, row: int) -> Drawing:
    """The same form with one row more: what lies below moves down."""
    top = sorted({cell.box.y for cell in drawing.cells})[row]
    added = [cell for cell in drawing.cells if cell.box.y == top]
    moved = drawing.moved(top, added[0].box.height)
    return replace(moved, cells=(*moved.cells, *added))


def with_row_split(drawing: Drawing, row: int) -> Drawing:
    """The same form, one of whose rows is cut in two."""
    top = sorted({cell.box.y for cell in drawing.cells})[row]
    cells: list[Cell] = []
    for cell in drawing.cells:
        if cell.box.y == top:
            half = replace(cell.box, height=cell.box.height / 2)
            cells += [Cell(half, cell.label), Cell(replace(half, y=half.y + half.height), cell.label)]
        else:
            cells.append(cell)
    return replace(drawing, cells=tuple(cells))


def with_other_words(drawing: Drawing, seed: int) -> Drawing:
    """The same lines, other words."""
    chance = np.random.default_rng(seed)
    cells = tuple(
        replace(cell, label=str(chance.choice(WORDS)) if cell.label else "") for cell in drawing.cells
    )
    return replace(drawing, title=f"{chance.choice(WORDS)}{chance.choice(WORDS)}届", cells=cells)


def printed(drawing: Drawing) -> NDArray[np.uint8]:
    """The blank form, grey, 200 dpi."""
    image = Image.new("L", (round(WIDTH * PX), round(HEIGHT * PX)), 255)
    pen = ImageDraw.Draw(image)
    pen.text((WIDTH / 2 * PX, 20 * PX), drawing.title, fill=0, font=font(round(6 * PX)), anchor="mm")
    for x, y, size, words in drawing.notes:
        pen.text((x * PX, y * PX), words, fill=20, font=font(round(size * PX)))
    for cell in drawing.cells:
        box = cell.box
        pen.rectangle((box.x * PX, box.y * PX, box.right * PX, box.bottom * PX), outline=30, width=2)
        size = min(3.4, box.width / max(1, len(cell.label)) * 0.9)
        middle = (box.x + box.width / 2) * PX, (box.y + box.height / 2) * PX
        pen.text(middle, cell.label, fill=10, font=font(round(size * PX)), anchor="mm")
    return np.array(image)


def written(blank: NDArray[np.uint8], drawing: Drawing, chance: np.random.Generator) -> NDArray[np.uint8]:
    """Written on in most of its fields; some writing crosses the lines; now and then a seal."""
    image = Image.fromarray(blank).convert("RGB")
    pen = ImageDraw.Draw(image)
    for box in drawing.places:
        if chance.random() < 0.25:
            continue
        shade = int(chance.integers(10, 110))
        size = min(box.height * 0.75, 6.0)
        words = "".join(
            chance.choice(list(_WRITING), max(1, int(box.width / size * chance.uniform(0.3, 0.9))))
        )
        at = ((box.x + 1) * PX, (box.y + chance.uniform(-0.5, box.height - size)) * PX)
        pen.text(at, words, fill=(shade, shade, shade), font=font(round(size * PX)))
    for _ in range(int(chance.integers(0, 3))):
        x, y = chance.uniform(30, 180) * PX, chance.uniform(30, 260) * PX
        radius = chance.uniform(4, 12) * PX
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), outline=(210, 30, 30), width=6)
    return np.array(image)
