"""python -m evals.ocr.generate OUT --split held --pages 200 --seed 1: filled-in forms with their truth.

One folder for each form, in the format that `chienowa eval ocr` takes (form.json, pages/, truth.csv), and beside
it meta.csv (file, page, field, writing, source, note), pages.csv (how each page was spoilt) and places.csv (where
each field's corners lie on the picture, in pixels). The same seed gives the same pages, whatever is asked beside."""

import argparse
import csv
import json
import zlib
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from evals.ocr import marks
from evals.ocr.filling import Entry, fill
from evals.ocr.forms import DESIGNS, picture
from evals.ocr.hands import hand_of
from evals.ocr.paper import Paper
from evals.ocr.scanning import Geometry, Scan, scan_of, scanned
from evals.ocr.sheet import HEIGHT, WIDTH
from evals.ocr.sources import Kind, Source, Split, sources
from evals.ocr.writing import Carelessness, Writer, ink
from ocr_service.models.fields import MARK_TYPES, Box, FieldType
from ocr_service.schemas.forms import write_file

_DPI = 250  # of the sheet before it is scanned
_PRINTED, _BRUSH = 0.25, 0.06  # shares of pages
_STAMPED = 0.5


@dataclass(frozen=True, slots=True)
class Made:
    """One page: the picture as a file, its truth, and how it came about."""

    name: str
    data: bytes
    entries: dict[str, Entry]
    places: dict[str, NDArray[np.float64]]  # corners in pixels of the picture, clockwise from the upper left
    on_page: frozenset[str]
    kind: Kind
    source: str
    notes: dict[str, str]
    scan: Scan


@dataclass(frozen=True, slots=True)
class Order:
    """What to draw."""

    form: str
    split: Split
    seed: int
    number: int
    hardness: float | None = None  # None = as it comes
    kind: Kind | None = None


def draw(order: Order) -> Made:
    """One filled-in page. The same order gives the same page."""
    seed = [order.seed, order.number, zlib.crc32(order.form.encode()), zlib.crc32(order.split.encode())]
    random = np.random.default_rng(seed)
    words = Random(int(random.integers(0, 2**62)))
    design = DESIGNS[order.form]
    drawn, form = design.drawn(), design.form()
    hardness = float(random.beta(1.2, 3.4)) if order.hardness is None else order.hardness
    chance = random.random()
    kind = order.kind or (
        Kind.PRINTED if chance < _PRINTED else Kind.BRUSH if chance < _PRINTED + _BRUSH else Kind.HANDWRITTEN
    )
    source = _chosen(sources(order.split, kind), random)
    spares = tuple(
        each
        for each in sources(order.split, Kind.HANDWRITTEN if kind is not Kind.PRINTED else kind)
        if each.files
    )
    if kind is not Kind.PRINTED:
        spares += sources(order.split, Kind.PRINTED)
    printed = kind is Kind.PRINTED
    entries = fill(form, {name: len(places) for name, places in drawn.slots.items()}, words)
    paper = Paper(_blank(order.form), _DPI)
    care = Carelessness(0.10 * hardness, 0.025 * hardness, 0.5, 0.12 * hardness)
    writer = Writer(
        paper,
        hand_of(source, spares, random, hardness),
        ink(random, printed, hardness),
        printed,
        random,
        care,
    )
    surname = next(
        (entry.value[:2] for entry in entries.values() if entry.field.type is FieldType.NAME and entry.value),
        "印",
    )
    for name, entry in entries.items():
        sealed = entry.field.type is FieldType.SEAL and entry.value
        writer.write(replace(entry, written=(surname,)) if sealed else entry, drawn.slots.get(name, ()))
    _stamps(paper, random, hardness)
    scan = scan_of(random, hardness)
    geometry = Geometry(scan, WIDTH, HEIGHT)
    pixels = scanned(paper.pixels, _DPI, scan, geometry, random)
    places = {
        name: geometry.turned(geometry.pixels(_corners(entry.field.box))) for name, entry in entries.items()
    }
    inside = frozenset(name for name, corners in places.items() if _inside(corners, pixels))
    suffix, data = _encoded(pixels, scan)
    return Made(
        f"{order.number:04}{suffix}", data, entries, places, inside, kind, source.name, writer.notes, scan
    )


def write(folder: Path, form: str, orders: Sequence[Order], jobs: int = 1) -> None:
    """One form's folder with its pages, in the order of the numbers."""
    (folder / "pages").mkdir(parents=True, exist_ok=True)
    (folder / "form.json").write_bytes(write_file(DESIGNS[form].form()))
    with (
        _table(folder / "truth.csv", "file page field value") as truth,
        _table(folder / "meta.csv", "file page field writing source note") as meta,
        _table(folder / "pages.csv", "file kind source scan") as pages,
        _table(folder / "places.csv", "file field on_page x1 y1 x2 y2 x3 y3 x4 y4") as places,
    ):
        for made in _drawn(orders, jobs):
            (folder / "pages" / made.name).write_bytes(made.data)
            pages.row(made.name, made.kind, made.source, json.dumps(made.scan.facts()))
            for name, entry in made.entries.items():
                corners = [round(float(value), 1) for value in made.places[name].ravel()]
                places.row(made.name, name, int(name in made.on_page), *corners)
                if name not in made.on_page:
                    continue
                mark = entry.field.type in MARK_TYPES or entry.field.type is FieldType.BARCODE
                truth.row(made.name, 1, name, entry.value)
                writing = "mark" if mark and made.kind is not Kind.BRUSH else made.kind
                meta.row(made.name, 1, name, writing, made.source, made.notes.get(name, ""))


def _drawn(orders: Sequence[Order], jobs: int) -> Any:
    if jobs < 2:
        yield from map(draw, orders)
        return
    with ProcessPoolExecutor(jobs) as pool:
        yield from pool.map(draw, orders, chunksize=2)


class _table:  # noqa: N801 – used as a function
    def __init__(self, file: Path, heading: str) -> None:
        self._stream = file.open("w", encoding="utf-8", newline="")
        self._writer = csv.writer(self._stream)
        self._writer.writerow(heading.split())

    def row(self, *values: object) -> None:
        self._writer.writerow(values)

    def __enter__(self) -> "_table":
        return self

    def __exit__(self, *_error: object) -> None:
        self._stream.close()


def _stamps(paper: Paper, random: np.random.Generator, hardness: float) -> None:
    """The stamp of receipt in its place, or, rarely, over the fields."""
    if random.random() > _STAMPED:
        return
    lines = ("サンプル区", f"8.{random.integers(4, 13)}.{random.integers(1, 29)}", "受付")
    if random.random() < 0.25 * hardness:
        marks.stamp(paper, random.uniform(10, 170), random.uniform(10, 260), lines, random)
    else:
        marks.stamp(paper, random.uniform(135, 165), random.uniform(268, 274), lines, random)


def _chosen(found: tuple[Source, ...], random: np.random.Generator) -> Source:
    weights = np.array([each.weight for each in found])
    return found[int(random.choice(len(found), p=weights / weights.sum()))]


def _corners(box: Box) -> NDArray[np.float64]:
    return np.array([[box.x, box.y], [box.right, box.y], [box.right, box.bottom], [box.x, box.bottom]])


def _inside(corners: NDArray[np.float64], pixels: NDArray[np.uint8]) -> bool:
    rows, columns = pixels.shape[:2]
    return bool(
        (corners >= 0).all() and (corners[:, 0] <= columns - 1).all() and (corners[:, 1] <= rows - 1).all()
    )


def _encoded(pixels: NDArray[np.uint8], scan: Scan) -> tuple[str, bytes]:
    """The file as scanners write them: JPEG, G4 TIFF for two shades, PNG for the rest."""
    import io

    stream, image = io.BytesIO(), Image.fromarray(pixels)
    dots = (scan.dpi, scan.dpi)
    if scan.bilevel:
        image.convert("1", dither=Image.Dither.NONE).save(stream, "TIFF", compression="group4", dpi=dots)
        return ".tif", stream.getvalue()
    if scan.jpeg or pixels.ndim == 3:
        image.save(stream, "JPEG", quality=scan.jpeg or 93, dpi=dots)
        return ".jpg", stream.getvalue()
    image.save(stream, "PNG", compress_level=1, dpi=dots)
    return ".png", stream.getvalue()


@cache
def _blank(form: str) -> NDArray[np.uint8]:
    return picture(DESIGNS[form].drawn().pdf, _DPI)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--split", type=Split, default=Split.HELD, choices=list(Split))
    parser.add_argument("--pages", type=int, default=200, help="pages in all, spread over the forms")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--form", action="append", choices=list(DESIGNS), help="only this form")
    parser.add_argument(
        "--hardness", type=float, help="0 (a good scan of a careful hand) to 1; else as it comes"
    )
    parser.add_argument("--kind", type=Kind, choices=list(Kind), help="only this kind of writing")
    parser.add_argument("--jobs", type=int, default=1)
    wanted = parser.parse_args()
    cv2.setNumThreads(1)
    names = wanted.form or list(DESIGNS)
    for place, name in enumerate(names):
        count = wanted.pages // len(names) + (place < wanted.pages % len(names))
        orders = [
            Order(name, wanted.split, wanted.seed, number, wanted.hardness, wanted.kind)
            for number in range(1, count + 1)
        ]
        write(wanted.out / name, name, orders, wanted.jobs)
        print(f"{wanted.out / name}: {count}", flush=True)


if __name__ == "__main__":
    main()
