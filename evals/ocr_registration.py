"""python -m evals.ocr_registration: are pages matched with their form and laid over it, are other papers refused?

Right pages come from the generator as offices get them, and at the limits (skew to 5°, uneven stretch to 3 %, a
copy shifted by up to 40 mm, any quarter turn). Wrong pages: the forms with a row more, a row less, a row cut in two
or their words exchanged; one of the forms when it is not known; other forms; letters; photographs and noise."""

import argparse
import json
import time
import zlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from functools import cache
from math import comb
from pathlib import Path
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from evals import random_forms
from evals.ocr.filling import fill
from evals.ocr.forms import DESIGNS, picture
from evals.ocr.hands import hand_of
from evals.ocr.paper import Paper
from evals.ocr.scanning import Geometry, scan_of, scanned
from evals.ocr.sheet import HEIGHT, WIDTH
from evals.ocr.sources import Kind, Split, sources
from evals.ocr.writing import Carelessness, Writer, ink
from ocr_service.adapters.imaging.features import SCALE, moved, turning
from ocr_service.adapters.imaging.layouts import layout_of
from ocr_service.adapters.imaging.matching import KnownPages, Placed
from ocr_service.adapters.imaging.sheets import Sheet
from ocr_service.models.fields import Box
from ocr_service.ports.form_reading import KnownForm

Picture = NDArray[np.uint8]
_DPI = 200
_PX = _DPI / 25.4

_MISPLACED_MM = 0.7
RIGHT = ("usual", "limits")
WRONG = (
    "row added",
    "row removed",
    "row split",
    "words exchanged",
    "form not known",
    "other form",
    "letter",
    "photo",
)


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one page. `errors`: distance of every corner of the fields wholly on the page, in
    millimetres; `lost`: how many of these fields cannot be read."""

    kind: str
    number: int
    form: str
    known: str
    milliseconds: float
    fields: int = 0
    lost: int = 0
    errors: tuple[float, ...] = ()


def right(kind: str, number: int) -> Result:
    """A page of a known form."""
    random = _random(kind, number)
    name = list(DESIGNS)[number % len(DESIGNS)]
    sheet, geometry = _scan(_filled(name, _blank(name), random), random, kind == "limits")
    found, spent = _placed(sheet, None)
    places = {
        field.name: geometry.turned(geometry.pixels(_corners(field.box)))
        for field in _form(name).form.every_field()
    }
    height, width = sheet.pixels.shape[:2]
    inside = {
        field: at
        for field, at in places.items()
        if (at >= 0).all() and (at[:, 0] < width).all() and (at[:, 1] < height).all()
    }
    if found.match is None or found.match.template_id != name or found.registration is None:
        known = found.match.template_id if found.match else ""
        return Result(kind, number, name, known, spent, len(inside), len(inside))
    turn = turning(found.turn // 90, width, height)
    errors: list[float] = []
    lost = 0
    for field in _form(name).form.every_field():
        if field.name in inside:
            away = np.hypot(*(found.registration.quad(field.box) - moved(turn, inside[field.name])).T) / _px(
                sheet
            )
            errors += [round(float(each), 3) for each in away]
            lost += bool(away.max() > _MISPLACED_MM)
    return Result(kind, number, name, name, spent, len(inside), lost, tuple(errors))


def wrong(kind: str, number: int) -> Result:
    """A page of nothing known."""
    random = _random(kind, number)
    name = list(DESIGNS)[number % len(DESIGNS)]
    if kind == "photo":
        sheet = Sheet(_photo(random), 200.0)
    else:
        sheet, _ = _scan(_paper(kind, name, random), random, False, 150)
    found, spent = _placed(sheet, name if kind == "form not known" else None)
    return Result(kind, number, name, found.match.template_id if found.match else "", spent)


def _placed(sheet: Sheet, without: str | None) -> tuple[Placed, float]:
    started = time.process_time()
    found = _known(without).place(sheet)
    return found, (time.process_time() - started) * 1_000


def _paper(kind: str, name: str, random: np.random.Generator) -> Picture:
    if kind == "letter":
        return _letter(random)
    if kind == "other form":
        drawing = random_forms.design(int(random.integers(1_000, 2**40)))
        return random_forms.written(random_forms.printed(drawing), drawing, random)
    blank = _blank(name)
    if kind == "words exchanged":
        blank = _exchanged(name, random)
    elif kind.startswith("row"):
        tops = sorted({(field.box.y, field.box.bottom) for field in _form(name).form.every_field()})
        top, bottom = (round(each * _PX) for each in tops[int(random.integers(0, len(tops)))])
        if kind == "row added":
            blank = np.concatenate([blank[:bottom], blank[top:bottom], blank[bottom:]])[: len(blank)]
        elif kind == "row removed":
            white = np.full((bottom - top, blank.shape[1]), 255, np.uint8)
            blank = np.concatenate([blank[:top], blank[bottom:], white])
        else:
            blank = blank.copy()
            blank[(top + bottom) // 2 :][:2, round(15 * _PX) : round(195 * _PX)] = 40
    return _filled(name, blank, random)


def _exchanged(name: str, random: np.random.Generator) -> Picture:
    """At least every second word changes place with others of about its size."""
    blank = _blank(name).copy()
    form = _form(name)
    boxes = [
        tuple(round(each / SCALE * _PX) for each in box) for box in layout_of(form, form.form.pages[0]).labels
    ]
    share = random.uniform(0.5, 1.0)
    order = sorted(
        (box for box in boxes if random.random() < share), key=lambda box: (box[3], box[2], random.random())
    )
    old = blank.copy()
    for (x, y, wide, high), (left, top, _, _) in zip(order, [*order[3:], *order[:3]], strict=True):
        part = old[top : top + high, left : left + wide]
        blank[y : y + part.shape[0], x : x + part.shape[1]] = part
    return blank


def _letter(random: np.random.Generator) -> Picture:
    image = Image.new("L", (round(WIDTH * _PX), round(HEIGHT * _PX)), 255)
    pen = ImageDraw.Draw(image)
    size = float(random.uniform(3.4, 4.6))
    for row in range(int(random.integers(8, 30))):
        words = "".join(random.choice(random_forms.WORDS, int(random.integers(2, 11))))[:34]
        pen.text(
            (24 * _PX, (30 + row * size * 2) * _PX), words, fill=20, font=random_forms.font(round(size * _PX))
        )
    return np.repeat(np.array(image)[..., None], 3, axis=2)


def _photo(random: np.random.Generator) -> Picture:
    """Clouds of colour with edges, or plain noise."""
    size = (1_654, 2_339)
    if random.random() < 0.2:
        return np.asarray(random.integers(0, 256, (size[1], size[0], 3)), dtype=np.uint8)
    coarse = random.uniform(0, 255, (int(random.integers(4, 60)), int(random.integers(4, 40)), 3))
    clouds = cv2.resize(coarse.astype(np.float32), size, interpolation=cv2.INTER_CUBIC)
    picture = np.clip(clouds, 0, 255).astype(np.uint8)
    for _ in range(int(random.integers(3, 60))):
        at, reach = random.uniform(0, 1_600, 2).astype(int), int(random.integers(5, 300))
        shade = tuple(int(each) for each in random.integers(0, 256, 3))
        cv2.ellipse(
            picture,
            at.tolist(),
            (reach, max(3, reach // 2)),
            float(random.uniform(0, 180)),
            0,
            360,
            shade,
            -1,
        )
    return picture


def _filled(name: str, blank: Picture, random: np.random.Generator) -> Picture:
    """Written on by one hand."""
    hardness = float(random.beta(1.6, 1.5))
    kind = Kind.PRINTED if random.random() < 0.25 else Kind.HANDWRITTEN
    found = [each for each in sources(Split.TRAIN, kind) if each.files]
    paper = Paper(blank, _DPI)
    slots = DESIGNS[name].drawn().slots
    entries = fill(
        _form(name).form,
        {field: len(each) for field, each in slots.items()},
        Random(int(random.integers(2**60))),
    )
    source = found[int(random.integers(len(found)))]
    spares = tuple(each for each in sources(Split.TRAIN, Kind.PRINTED) if each.files)
    writer = Writer(
        paper,
        hand_of(source, spares, random, hardness),
        ink(random, kind is Kind.PRINTED, hardness),
        kind is Kind.PRINTED,
        random,
        Carelessness(0.1, 0.05, 0.5, 0.15),
    )
    for field, entry in entries.items():
        writer.write(replace(entry, written=entry.written or ("印",)), slots.get(field, ()))
    return paper.pixels


def _scan(
    paper: Picture, random: np.random.Generator, limits: bool, most_dpi: int = 200
) -> tuple[Sheet, Geometry]:
    scan = scan_of(random, float(random.uniform(0, 1)))
    scan = replace(scan, dpi=min(scan.dpi, most_dpi))
    if limits:
        scan = replace(
            scan,
            skew=float(random.uniform(3, 5) * random.choice([-1, 1])),
            stretch=0.03,
            shift=_far(random),
            turn=int(random.choice([0, 0, 90, 180, 270])),
        )
    geometry = Geometry(scan, WIDTH, HEIGHT)
    pixels = scanned(paper, _DPI, scan, geometry, random)
    if pixels.ndim == 2:
        pixels = np.repeat(pixels[..., None], 3, axis=2)
    if scan.jpeg:
        data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, scan.jpeg])[1]
        pixels = np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)
    return Sheet(np.ascontiguousarray(pixels), float(scan.dpi)), geometry


def _far(random: np.random.Generator) -> tuple[float, float]:
    """40 mm along one axis, anything up to that along the other."""
    one, other = 40.0 * random.choice([-1, 1]), float(random.uniform(-40, 40))
    return (one, other) if random.random() < 0.5 else (other, one)


def _px(sheet: Sheet) -> float:
    return sheet.dpi / 25.4


def _corners(box: Box) -> NDArray[np.float64]:
    return np.array([[box.x, box.y], [box.right, box.y], [box.right, box.bottom], [box.x, box.bottom]])


def _random(kind: str, number: int) -> np.random.Generator:
    return np.random.default_rng([zlib.crc32(kind.encode()), number])


@cache
def _blank(name: str) -> Picture:
    return picture(DESIGNS[name].drawn().pdf, _DPI)


@cache
def _form(name: str) -> KnownForm:
    return KnownForm(name, "1.0.0", DESIGNS[name].form())


@cache
def _known(without: str | None) -> KnownPages:
    return KnownPages([_form(name) for name in DESIGNS if name != without])


def upper_bound(errors: int, cases: int, sure: float = 0.95) -> float:
    """The largest error rate that would still show so few errors with 5 % probability (Clopper–Pearson)."""
    low, high = 0.0, 1.0
    for _ in range(60):
        rate = (low + high) / 2
        seen = sum(
            comb(cases, each) * rate**each * (1 - rate) ** (cases - each) for each in range(errors + 1)
        )
        low, high = (low, rate) if seen < 1 - sure else (rate, high)
    return high


def _one(case: tuple[str, int]) -> Result:
    cv2.setNumThreads(1)
    kind, number = case
    return right(kind, number) if kind in RIGHT else wrong(kind, number)


def _results(cases: Sequence[tuple[str, int]], jobs: int) -> Iterator[Result]:
    if jobs < 2:
        yield from map(_one, cases)
        return
    with ProcessPoolExecutor(jobs) as pool:
        yield from pool.map(_one, cases, chunksize=4)


def summary(results: Sequence[Result]) -> dict[str, object]:
    """The figures, with n and the upper 95 % bound of every rate."""
    found: dict[str, object] = {}
    for kind in (*RIGHT, *WRONG):
        these = [each for each in results if each.kind == kind]
        if not these:
            continue
        if kind in WRONG:
            false = sum(bool(each.known) for each in these)
            found[kind] = {
                "pages": len(these),
                "matched": false,
                "bound": round(upper_bound(false, len(these)), 5),
            }
            continue
        errors = np.concatenate([np.array(each.errors) for each in these])
        fields, lost = sum(each.fields for each in these), sum(each.lost for each in these)
        unknown = sum(each.known != each.form for each in these)
        found[kind] = {
            "pages": len(these),
            "not matched": unknown,
            "not matched bound": round(upper_bound(unknown, len(these)), 5),
            "fields on the page": fields,
            "fields lost": lost,
            "corner error mm p50": round(float(np.percentile(errors, 50)), 3),
            "corner error mm p99": round(float(np.percentile(errors, 99)), 3),
            "corner error mm max": round(float(errors.max()), 3),
        }
    others = [each for each in results if each.kind in WRONG]
    if others:
        matched = sum(bool(each.known) for each in others)
        found["wrong pages"] = {
            "pages": len(others),
            "matched": matched,
            "bound": round(upper_bound(matched, len(others)), 5),
        }
    for name, kinds in (("ms a right page", RIGHT), ("ms a wrong page", WRONG)):
        spent = [each.milliseconds for each in results if each.kind in kinds]
        if spent:
            found[name] = {
                "p50": round(float(np.median(spent))),
                "p95": round(float(np.percentile(spent, 95))),
            }
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--right", type=int, default=400, help="right pages, half of them at the limits")
    parser.add_argument("--wrong", type=int, default=3_200, help="wrong pages, in equal parts of each kind")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--json", type=Path)
    parser.add_argument(
        "--log", type=Path, help="results so far, a JSON line each: what is there is not done again"
    )
    wanted = parser.parse_args()
    cases = [(kind, number) for number in range(wanted.right // len(RIGHT)) for kind in RIGHT]
    cases += [(kind, number) for number in range(wanted.wrong // len(WRONG)) for kind in WRONG]
    results = [
        Result(**{**json.loads(line), "errors": tuple(json.loads(line)["errors"])})
        for line in (wanted.log.read_text("utf-8").splitlines() if wanted.log and wanted.log.exists() else ())
    ]
    done = {(each.kind, each.number) for each in results}
    for result in _results([case for case in cases if case not in done], wanted.jobs):
        results.append(result)
        if wanted.log:
            with wanted.log.open("a", encoding="utf-8") as log:
                log.write(json.dumps(asdict(result)) + "\n")
    text = json.dumps(summary(results), ensure_ascii=False, indent=1)
    print(text)
    for each in results:
        if (each.kind in RIGHT and each.lost) or (each.kind in WRONG and each.known):
            print(
                each.kind, each.number, each.form, "->", each.known or "unknown", f"{each.lost}/{each.fields}"
            )
    if wanted.json:
        wanted.json.write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main()
