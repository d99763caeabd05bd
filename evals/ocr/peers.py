"""Other engines over whole pages: rapidocr's own pipeline, tesseract. Their lines go to the fields that they lie
in, once the page lies over the blank form; marks are not theirs to read."""

import csv
import io
import shutil
import subprocess
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from PIL import Image

from evals.ocr.answers import Answer, Answers, cpu_seconds
from evals.ocr.cases import Case, Key
from evals.ocr.naive import NaivePipeline, Pixels
from ocr_service.models.fields import MARK_TYPES, FieldType
from ocr_service.rules.values import context_of, normal

_DPI = 200
Line = tuple[float, float, str]  # the middle of a line in pixels of the blank form, its text
Whole = Callable[[Pixels], list[Line]]


def rapidocr() -> tuple[str, Whole]:
    """rapidocr as its documentation uses it, one thread a stage."""
    from rapidocr import RapidOCR

    engine: Any = RapidOCR(
        params={
            "Global.log_level": "critical",
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
    )

    def read(page: Pixels) -> list[Line]:
        found = engine(page[..., ::-1])
        if found.boxes is None:
            return []
        return [
            (float(box[:, 0].mean()), float(box[:, 1].mean()), text)
            for box, text in zip(np.asarray(found.boxes), found.txts, strict=True)
        ]

    return "rapidocr", read


def tesseract() -> tuple[str, Whole] | None:
    """tesseract with its Japanese data; None when it is not installed."""
    program = shutil.which("tesseract")
    if program is None:
        return None

    def read(page: Pixels) -> list[Line]:
        stream = io.BytesIO()
        Image.fromarray(page).save(stream, "PNG", compress_level=1)
        done = subprocess.run(
            [program, "-", "-", "-l", "jpn", "--psm", "11", "tsv"],
            input=stream.getvalue(),
            capture_output=True,
            check=True,
            env={"OMP_THREAD_LIMIT": "1", "PATH": "/usr/bin:/bin"},
        )
        rows = csv.DictReader(io.StringIO(done.stdout.decode()), delimiter="\t", quoting=csv.QUOTE_NONE)
        return [
            (
                float(row["left"]) + float(row["width"]) / 2,
                float(row["top"]) + float(row["height"]) / 2,
                row["text"],
            )
            for row in rows
            if (row["text"] or "").strip()
        ]

    return "tesseract", read


def run(case: Case, naive: NaivePipeline, engine: Whole, files: int) -> Answers:
    """The first pages of a case. The time is the engine's alone, without laying the page over the form."""
    found: dict[Key, Answer] = {}
    seconds = spent = 0.0
    for file in case.files[:files]:
        pixels = np.asarray(Image.open(file).convert("RGB"))
        flat = naive.flattened(pixels)
        started, before = time.monotonic(), cpu_seconds()
        lines = engine(flat)
        seconds += time.monotonic() - started
        spent += cpu_seconds() - before
        for name, value in _values(case, lines).items():
            found[file.name, 1, name] = Answer(value)
    return Answers(found, seconds, cpu_s=spent)


def _values(case: Case, lines: Sequence[Line]) -> dict[str, str]:
    scale = _DPI / 25.4
    values: dict[str, str] = {}
    for field in case.form.pages[0].every_field():
        if field.type in MARK_TYPES or field.type is FieldType.BARCODE:
            continue
        box = field.box
        inside = [
            line
            for line in lines
            if box.x * scale <= line[0] <= box.right * scale
            and box.y * scale <= line[1] <= box.bottom * scale
        ]
        inside.sort(key=lambda line: (round(line[1] / 30), line[0]))
        values[field.name] = normal(field, "".join(line[2] for line in inside), context_of(field, {}))
    return values
