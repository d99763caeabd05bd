"""Forms on paper: drawn, filled in, and scanned badly, with the truth of where everything lies."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from ocr_service.adapters.imaging.mesh import between
from ocr_service.adapters.imaging.sheets import Sheet
from ocr_service.models.fields import Box, Field, FieldType
from ocr_service.models.forms import Form, FormPage
from ocr_service.ports.form_reading import KnownForm

WIDTH, HEIGHT = 210.0, 297.0
DPI = 200
_PX = DPI / 25.4
_FONT = "/usr/share/fonts/truetype/fonts-japanese-gothic.ttf"
_WORDS = [
    "氏名",
    "フリガナ",
    "住所",
    "電話番号",
    "生年月日",
    "性別",
    "続柄",
    "世帯主",
    "届出日",
    "異動日",
    "転入",
    "転出",
    "勤務先",
    "口座番号",
    "金融機関",
    "支店",
    "申請者",
    "児童の氏名",
    "監護",
    "同居",
    "別居",
    "所得",
    "備考",
    "受付",
    "担当",
    "決裁",
    "保険者",
    "記号番号",
    "資格取得",
    "理由",
    "施設名",
    "利用日",
    "人数",
    "目的",
    "料金",
    "減免",
    "団体名",
    "代表者",
    "連絡先",
    "本籍",
    "筆頭者",
    "通知",
    "交付",
    "枚数",
    "金額",
    "合計",
    "期間",
    "開始",
    "終了",
    "事業所",
    "職業",
    "国籍",
]
_WRITING = (
    "山田太郎佐藤花子東京都千代田区霞が関一丁目二番三号令和平成昭和年月日0123456789アイウエオカキクケコ"
)


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
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
    notes.append((left, y - 12, 3.6, f"{chance.choice(_WORDS)}長　様"))
    for _ in range(int(chance.integers(2, 5))):
        notes.append((left, y - 4.2, 3.2, f"{chance.choice(_WORDS)}・{chance.choice(_WORDS)}欄"))
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
                label = str(chance.choice(_WORDS)) if column % 2 == 0 else ""
                cells.append(Cell(Box(float(edges[column]), y, float(end - edges[column]), height), label))
            y += height
        y += float(chance.uniform(9, 14))
        if y > HEIGHT - 45:
            break
    notes.append((left, HEIGHT - 14, 2.8, f"※ {chance.choice(_WORDS)}は必ず記入してください。"))
    return Drawing(f"{chance.choice(_WORDS)}{chance.choice(_WORDS)}申請書", tuple(cells), tuple(notes))


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
        replace(cell, label=str(chance.choice(_WORDS)) if cell.label else "") for cell in drawing.cells
    )
    return replace(drawing, title=f"{chance.choice(_WORDS)}{chance.choice(_WORDS)}届", cells=cells)


def printed(drawing: Drawing) -> NDArray[np.uint8]:
    """The blank form, grey, 200 dpi."""
    image = Image.new("L", (round(WIDTH * _PX), round(HEIGHT * _PX)), 255)
    pen = ImageDraw.Draw(image)
    pen.text((WIDTH / 2 * _PX, 20 * _PX), drawing.title, fill=0, font=_font(round(6 * _PX)), anchor="mm")
    for x, y, size, words in drawing.notes:
        pen.text((x * _PX, y * _PX), words, fill=20, font=_font(round(size * _PX)))
    for cell in drawing.cells:
        box = cell.box
        pen.rectangle((box.x * _PX, box.y * _PX, box.right * _PX, box.bottom * _PX), outline=30, width=2)
        size = min(3.4, box.width / max(1, len(cell.label)) * 0.9)
        middle = (box.x + box.width / 2) * _PX, (box.y + box.height / 2) * _PX
        pen.text(middle, cell.label, fill=10, font=_font(round(size * _PX)), anchor="mm")
    return np.array(image)


def fields(drawing: Drawing) -> tuple[Field, ...]:
    """The places to write."""
    free = [cell.box for cell in drawing.cells if not cell.label]
    return tuple(Field(f"f{i}", f"欄{i}", FieldType.TEXT, box) for i, box in enumerate(free))


def known_form(seed: int, drawing: Drawing | None = None) -> KnownForm:
    drawing = drawing or design(seed)
    data = cv2.imencode(".png", printed(drawing))[1].tobytes()
    page = FormPage(1, WIDTH, HEIGHT, DPI, data, fields(drawing))
    return KnownForm(f"form-{seed}", "1.0.0", Form(f"form_{seed}", drawing.title, "", (page,)))


def filled(blank: NDArray[np.uint8], drawing: Drawing, chance: np.random.Generator) -> NDArray[np.uint8]:
    """Written on in most of its fields; some writing crosses the lines; now and then a seal."""
    image = Image.fromarray(blank).convert("RGB")
    pen = ImageDraw.Draw(image)
    for field in fields(drawing):
        if chance.random() < 0.25:
            continue
        box, shade = field.box, int(chance.integers(10, 110))
        size = min(box.height * 0.75, 6.0)
        words = "".join(
            chance.choice(list(_WRITING), max(1, int(box.width / size * chance.uniform(0.3, 0.9))))
        )
        at = ((box.x + 1) * _PX, (box.y + chance.uniform(-0.5, box.height - size)) * _PX)
        pen.text(at, words, fill=(shade, shade, shade), font=_font(round(size * _PX)))
    for _ in range(int(chance.integers(0, 3))):
        x, y = chance.uniform(30, 180) * _PX, chance.uniform(30, 260) * _PX
        radius = chance.uniform(4, 12) * _PX
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), outline=(210, 30, 30), width=6)
    return np.array(image)


@dataclass(frozen=True, slots=True)
class Scan:
    """A scanned page and where millimetres of the form lie on it (n × 2 in, n × 2 pixels out)."""

    sheet: Sheet
    where: Callable[[NDArray[np.float64]], NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class Wear:
    """How a page was scanned. `skew` in degrees, `stretch` a share, `shift` in millimetres."""

    skew: float = 0.0
    stretch: float = 0.0
    shift: tuple[float, float] = (0.0, 0.0)
    dpi: int = 200
    turns: int = 0
    blur: float = 0.0
    noise: float = 0.0
    jpeg: int = 95
    fade: float = 0.0
    border: bool = False
    bits: bool = False


def worn(chance: np.random.Generator, shift: float = 40.0, turns: bool = True) -> Wear:
    """Everything that may happen, up to 5 degrees, 3 percent and a shift."""
    by = chance.uniform(-1, 1, 2) * (shift if chance.random() < 0.5 else 8.0)
    return Wear(
        skew=float(chance.uniform(-5, 5)),
        stretch=float(chance.uniform(0, 0.03)),
        shift=(float(by[0]), float(by[1])),
        dpi=int(chance.choice([120, 150, 200, 200, 240, 300])),
        turns=int(chance.integers(0, 4)) if turns else 0,
        blur=float(chance.uniform(0, 1.2)),
        noise=float(chance.uniform(0, 20)),
        jpeg=int(chance.integers(35, 95)),
        fade=float(chance.uniform(0, 0.5)),
        border=bool(chance.random() < 0.2),
        bits=bool(chance.random() < 0.2),
    )


def scanned(paper: NDArray[np.uint8], wear: Wear, chance: np.random.Generator) -> Scan:
    """The paper as a scanner or copier gives it. Lengths change along the page in waves: rollers slip."""
    px = wear.dpi / 25.4
    wave = chance.uniform(0, 2 * np.pi, 2)
    length = chance.uniform(90, 220, 2)
    whole = chance.uniform(-1, 1, 2) * wear.stretch * 0.5
    swing = wear.stretch * 0.5 * length / (2 * np.pi)
    angle = np.deg2rad(wear.skew)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    centre = np.array([WIDTH / 2, HEIGHT / 2])

    def stretched(mm: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(
            centre + (mm - centre) * (1 + whole) + swing * np.sin(2 * np.pi * mm / length + wave)
        )

    def where(mm: NDArray[np.float64]) -> NDArray[np.float64]:
        at = ((stretched(mm) - centre) @ turn.T + centre + np.array(wear.shift)) * px - 0.5
        size = np.array([round(WIDTH * px), round(HEIGHT * px)])
        for _ in range(wear.turns):
            at = np.stack([size[1] - 1 - at[:, 1], at[:, 0]], axis=1)
            size = size[::-1]
        return np.asarray(at)

    size = (round(WIDTH * px), round(HEIGHT * px))
    # where each pixel comes from: solved at some places and filled in between
    ys, xs = np.meshgrid(np.linspace(0, size[1] - 1, 150), np.linspace(0, size[0] - 1, 110), indexing="ij")
    out = (np.stack([xs, ys], axis=-1).reshape(-1, 2) + 0.5) / px - np.array(wear.shift) - centre
    target = out @ turn + centre
    mm = target.copy()
    for _ in range(4):
        mm += target - stretched(mm)
    source = between((mm * _PX - 0.5).reshape(*xs.shape, 2), size)
    shrunk = cv2.GaussianBlur(paper, (0, 0), 0.45 * _PX / px) if px < _PX else paper
    picture = cv2.remap(shrunk, source[0], source[1], cv2.INTER_LINEAR, borderValue=(255, 255, 255))
    return Scan(Sheet(_photographed(picture, wear, chance), float(wear.dpi)), where)


def _photographed(picture: NDArray[Any], wear: Wear, chance: np.random.Generator) -> NDArray[np.uint8]:
    if picture.ndim == 2:
        picture = np.dstack([picture] * 3)
    light = picture.astype(np.float32)
    light = 255 - (255 - light) * (1 - wear.fade)
    if wear.blur:
        light = np.asarray(cv2.GaussianBlur(light, (0, 0), wear.blur), np.float32)
    if wear.border:
        light[:, : light.shape[1] // 40] = 40
        light[-light.shape[0] // 50 :] = 30
    if wear.noise:
        light += chance.standard_normal(light.shape[:2], dtype=np.float32)[..., None] * wear.noise
    if wear.bits:
        dark = cv2.GaussianBlur(light.mean(axis=2), (0, 0), 0.6) < 255 - 90 * (1 - wear.fade)
        light = np.dstack([np.where(dark, 0.0, 255.0)] * 3)
    clean = np.clip(light, 0, 255).astype(np.uint8)
    data = cv2.imencode(".jpg", clean[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, wear.jpeg])[1]
    shown = np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)[..., ::-1]
    return np.ascontiguousarray(np.rot90(shown, -wear.turns))
