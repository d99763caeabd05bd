"""python -m evals.ocr.wrong OUT --pages 3000 --seed 1: pages that belong to none of the five forms.

Other forms of a dozen layouts, letters, tables, photographs, noise, and forms that are nearly one of the five:
with a row more, with two parts exchanged, another year's edition. pages/ holds the pictures, kinds.csv says which
is which. A page that a reader lays to one of the five forms is a false match."""

import argparse
import csv
from collections.abc import Callable, Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from evals.ocr.forms import DESIGNS, picture
from evals.ocr.paper import Paper
from evals.ocr.scanning import Geometry, scan_of, scanned
from evals.ocr.sheet import HEIGHT, WIDTH
from evals.ocr.sources import font

Pixels = NDArray[np.uint8]
Random = np.random.Generator
_DPI = 110  # enough for layouts: matching looks at reduced pictures anyway
_FONT = "opentype/ipafont-mincho/ipam.ttf"
_WORDS = [
    "申請者",
    "氏名",
    "フリガナ",
    "住所",
    "電話番号",
    "生年月日",
    "届出日",
    "理由",
    "備考",
    "続柄",
    "性別",
    "世帯主",
    "添付書類",
    "金額",
    "合計",
    "期間",
    "場所",
    "用途",
    "数量",
    "単価",
    "担当",
    "決裁",
    "受付",
    "番号",
    "区分",
    "内容",
    "承認",
    "年度",
    "会場",
    "人数",
]
_SENTENCES = (
    "日ごろから区政に御理解と御協力をいただき、ありがとうございます。",
    "さて、標記の件について、次のとおりお知らせします。",
    "御不明な点がありましたら、担当までお問い合わせください。",
    "なお、期日までにお申し出がない場合は、御了承いただいたものとします。",
    "この書類は大切に保管してください。",
    "手続には、本人を確認できる書類が必要です。",
)


def _canvas() -> tuple[Image.Image, ImageDraw.ImageDraw, float]:
    scale = _DPI / 25.4
    image = Image.new("L", (round(WIDTH * scale), round(HEIGHT * scale)), 255)
    return image, ImageDraw.Draw(image), scale


def _print(pen: ImageDraw.ImageDraw, scale: float, x: float, y: float, text: str, points: float) -> None:  # noqa: PLR0917
    pen.text(
        (x * scale, y * scale), text, font=font(_FONT, max(6, round(points * scale * 25.4 / 72))), fill=20
    )


def other_form(random: Random) -> Pixels:
    """A ruled form of a random layout: blocks of rows, each row cut into labels and rooms."""
    image, pen, scale = _canvas()
    left, right = float(random.uniform(10, 22)), float(WIDTH - random.uniform(10, 22))
    y = float(random.uniform(24, 45))
    title = "".join(random.choice(_WORDS, 2)) + str(
        random.choice(["届", "申請書", "申込書", "報告書", "請求書", "調査票"])
    )
    _print(pen, scale, WIDTH / 2 - len(title) * 2.6, float(random.uniform(12, 20)), title, 15)
    while y < HEIGHT - 40:
        height = float(random.uniform(6, 16))
        rows = int(random.integers(1, 5))
        columns = np.sort(random.uniform(left, right, int(random.integers(1, 6))))
        edges = [left, *(float(each) for each in columns), right]
        for row in range(rows):
            top = y + row * height
            for start, end in pairwise(edges):
                if end - start < 7:
                    continue
                shade = 225 if random.random() < 0.3 else None
                pen.rectangle(
                    (start * scale, top * scale, end * scale, (top + height) * scale), outline=20, fill=shade
                )
                if random.random() < 0.5:
                    _print(pen, scale, start + 1, top + height / 2 - 1.6, str(random.choice(_WORDS)), 8)
        y += rows * height + (float(random.uniform(0, 8)) if random.random() < 0.5 else 0.0)
    return np.asarray(image)


def letter(random: Random) -> Pixels:
    """Running text."""
    image, pen, scale = _canvas()
    y, points = float(random.uniform(20, 40)), float(random.uniform(9, 12))
    left = float(random.uniform(18, 30))
    while y < HEIGHT - 30:
        text = "".join(str(each) for each in random.choice(_SENTENCES, 2))
        _print(pen, scale, left, y, text[: int((WIDTH - 2 * left) / (points * 0.36))], points)
        y += points * 0.6 * (1 if random.random() < 0.85 else 2.2)
    return np.asarray(image)


def table(random: Random) -> Pixels:
    """A list with even rows and columns and figures."""
    image, pen, scale = _canvas()
    top, left = float(random.uniform(20, 40)), float(random.uniform(12, 25))
    height, count = float(random.uniform(5, 9)), int(random.integers(3, 8))
    wide = (WIDTH - 2 * left) / count
    for row in range(int((HEIGHT - top - 25) / height)):
        for column in range(count):
            x, y = left + column * wide, top + row * height
            pen.rectangle((x * scale, y * scale, (x + wide) * scale, (y + height) * scale), outline=20)
            if random.random() < 0.7:
                _print(pen, scale, x + 2, y + height / 2 - 1.6, f"{random.integers(0, 99999):,}", 8)
    return np.asarray(image)


def photograph(random: Random) -> Pixels:
    """Soft shapes and shadows, as a photograph has them, with an animal's two eyes."""
    rows, columns = round(HEIGHT * _DPI / 25.4), round(WIDTH * _DPI / 25.4)
    small = random.integers(0, 256, (int(random.integers(6, 30)), int(random.integers(6, 24)))).astype(
        np.uint8
    )
    soft = np.array(cv2.resize(small, (columns, rows), interpolation=cv2.INTER_CUBIC), np.uint8)
    for shift in (-1, 1):
        middle = (columns // 2 + shift * columns // 8, rows // 3)
        cv2.ellipse(soft, middle, (columns // 18, rows // 40), 0, 0, 360, 20, -1)
    return soft


def noise(random: Random) -> Pixels:
    """Nothing but grain, lines of a broken scanner, or a sheet that is almost blank."""
    rows, columns = round(HEIGHT * _DPI / 25.4), round(WIDTH * _DPI / 25.4)
    page = np.clip(random.normal(225, random.uniform(5, 50), (rows, columns)), 0, 255).astype(np.uint8)
    for y in random.integers(0, rows, int(random.integers(0, 12))):
        page[y : y + 2] = 40
    return page


def near_form(random: Random) -> Pixels:
    """One of the five after a change of edition: a band of it moved down, left out, or exchanged with another."""
    first, second = (str(name) for name in random.choice(list(DESIGNS), 2, replace=False))
    page = _blank(first).copy()
    rows = page.shape[0]
    scale = _DPI / 25.4
    kind = int(random.integers(0, 4))
    at = int(rows * random.uniform(0.2, 0.45))
    thick = int(random.uniform(16, 40) * scale)
    if kind == 0:  # a row more
        page[at + thick :] = page[at : rows - thick].copy()
    elif kind == 1:  # a row less
        page[at : rows - thick] = page[at + thick :].copy()
    elif kind == 2:  # two parts exchanged
        other = int(rows * random.uniform(0.55, 0.7))
        both = page[at : at + 2 * thick].copy(), page[other : other + 2 * thick].copy()
        page[at : at + 2 * thick], page[other : other + 2 * thick] = both[1], both[0]
    else:  # the upper half of one form above the lower half of another
        page[rows // 2 :] = _blank(second)[rows // 2 :]
    return page


KINDS: dict[str, tuple[float, Callable[[Random], Pixels]]] = {
    "other_form": (0.45, other_form),
    "near_form": (0.2, near_form),
    "table": (0.1, table),
    "letter": (0.1, letter),
    "photograph": (0.1, photograph),
    "noise": (0.05, noise),
}


def pages(count: int, seed: int) -> Iterator[tuple[str, Pixels, int]]:
    """Kind, the scanned page, its resolution; the same seed gives the same pages."""
    shares = np.array([share for share, _draw in KINDS.values()])
    for number in range(count):
        random = np.random.default_rng([seed, number, 77])
        kind = str(random.choice(list(KINDS), p=shares / shares.sum()))
        sheet = Paper(KINDS[kind][1](random), _DPI)
        _scribble(sheet, random)
        scan = scan_of(random, float(random.beta(1.2, 2.5)))
        scan = type(scan)(**{**scan.facts(), "dpi": 150, "shift": tuple(each / 3 for each in scan.shift)})
        yield kind, scanned(sheet.pixels, _DPI, scan, Geometry(scan, WIDTH, HEIGHT), random), scan.dpi


def _scribble(sheet: Paper, random: Random) -> None:
    """Somebody filled it in."""
    for _ in range(int(random.integers(0, 25))):
        start = random.uniform([15, 30], [150, 270])
        steps = np.cumsum(random.normal([1.2, 0], [0.8, 1.2], (int(random.integers(6, 25)), 2)), axis=0)
        sheet.paths([(start + steps).astype(np.float32)], (30, 30, 40), 0.4, 0.9)


@cache
def _blank(name: str) -> Pixels:
    return picture(DESIGNS[name].drawn().pdf, _DPI)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--pages", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()
    cv2.setNumThreads(1)
    folder = wanted.out / "pages"
    folder.mkdir(parents=True, exist_ok=True)
    with (wanted.out / "kinds.csv").open("w", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(["file", "kind"])
        for number, (kind, page, dpi) in enumerate(pages(wanted.pages, wanted.seed), 1):
            name = f"{number:05}.jpg"
            Image.fromarray(page).save(folder / name, "JPEG", quality=80, dpi=(dpi, dpi))
            rows.writerow([name, kind])


if __name__ == "__main__":
    main()
