"""chienowa eval ocr: the production path over folders of pages, judged against the truth, beside others."""

import csv
import resource
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.ocr.answers import Answers, ours
from evals.ocr.cases import Case, cases
from evals.ocr.judging import Judged, figures, judged, upper_bound
from kernel.errors import Invalid, Text
from ocr_service.models.fields import MARK_TYPES, FieldType

FILES = ("truth.csv",)


@dataclass(frozen=True, slots=True)
class Options:
    """`peer_pages`: pages of each form that other engines read whole, 0 = none. `errors`: where to write what was
    read wrong (CSV)."""

    model: str = ""
    with_naive: bool = False
    peer_pages: int = 0
    lanes: int = 2
    errors: Path | None = None


def evaluate(
    folder: Path, options: Options | None = None, tell: Callable[[str], None] = lambda _text: None
) -> dict[str, Any]:
    """All figures of a folder (or of the folders in it). Raises NotFound and Invalid for data that is not there
    or is no data."""
    options = options or Options()
    every = cases(folder)
    runs = [ours(case, every, options.lanes, tell) for case in every]
    found = [one for case, run in zip(every, runs, strict=True) for one in judged(case, run)]
    if options.errors is not None:
        _write_errors(options.errors, found)
    pages = sum(len(case.pages()) for case in every)
    unmatched = sum(len(run.unmatched) for run in runs)
    engine = next((run.engine for run in runs if run.engine), "")
    if options.model and options.model not in (engine, engine.replace("/", "@")):
        raise Invalid(
            Text(
                f"モデル「{options.model}」はありません。使えるのは「{engine}」です。",
                f'There is no model "{options.model}". What is here is "{engine}".',
            )
        )
    seconds = sum(run.seconds for run in runs)
    result: dict[str, Any] = {
        **figures(found),
        "s_per_page": round(seconds / max(1, pages), 4),
        "cpu_s_per_page": round(sum(run.cpu_s for run in runs) / max(1, pages), 4),
        "pages": pages,
        "lanes": options.lanes,
        "engine": engine,
        "unmatched": unmatched,
        "unmatched_upper": round(upper_bound(unmatched, pages), 5),
        "peak_rss_mb": round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024, 1),
    }
    if len(every) > 1:
        result["forms"] = {
            case.form.name: {
                "pages": len(case.pages()),
                **{key: value for key, value in figures(judged(case, run)).items() if key in _SHORT},
            }
            for case, run in zip(every, runs, strict=True)
        }
    if options.with_naive:
        result["naive"] = _naive(every, found, tell)
    if options.peer_pages:
        result["peers"] = _peers(every, runs, options, tell)
    return result


_SHORT = (
    "field_accuracy",
    "blank_accuracy",
    "cer",
    "filled",
    "wrong",
    "straight_through",
    "straight_through_error",
)


def _write_errors(target: Path, found: Sequence[Judged]) -> None:
    with target.open("w", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(
            ["page", "field", "type", "writing", "note", "truth", "read", "confidence", "sure", "shown"]
        )
        for one in found:
            if not one.right:
                answer = one.answer
                about = (one.page, one.field.name, one.field.type, one.writing, one.note, one.truth)
                rows.writerow(
                    [
                        *about,
                        answer.value,
                        round(answer.confidence, 4),
                        int(answer.sure),
                        "|".join(answer.shown),
                    ]
                )


def _naive(every: Sequence[Case], found: Sequence[Judged], tell: Callable[[str], None]) -> dict[str, Any]:
    """The naive pipeline on the same pages, and how many of its wrong handwritten fields are left."""
    from evals.ocr.naive import NaivePipeline

    others: list[Judged] = []
    seconds = spent = 0.0
    for case in every:
        tell(f"naive: {case.form.name}")
        run = NaivePipeline(case).run()
        others.extend(judged(case, run))
        seconds, spent = seconds + run.seconds, spent + run.cpu_s
    result = figures(others)
    kept = {
        key: result[key]
        for key in ("field_accuracy", "blank_accuracy", "cer", "filled", "wrong", "parts", "types", "brush")
    }
    theirs = result["parts"]["handwritten"]["wrong"]
    mine = figures(found)["parts"]["handwritten"]["wrong"]
    pages = sum(len(case.pages()) for case in every)
    return {
        **kept,
        "s_per_page": round(seconds / max(1, pages), 4),
        "cpu_s_per_page": round(spent / max(1, pages), 4),
        "handwritten_wrong_left": round(mine / theirs, 4) if theirs else 0.0,
    }


def _peers(
    every: Sequence[Case], runs: Sequence[Answers], options: Options, tell: Callable[[str], None]
) -> dict[str, Any]:
    """Engines over whole pages: processor seconds a page, and accuracy of the text fields on these pages."""
    from evals.ocr import peers
    from evals.ocr.naive import NaivePipeline

    result: dict[str, Any] = {}
    pages = sum(len(case.pages()) for case in every)
    shown = {file.name for case in every for file in case.files[: options.peer_pages]}
    own = [one for case, run in zip(every, runs, strict=True) for one in judged(case, run)]
    result["ours"] = {
        **_texts([one for one in own if one.page.split("/")[1] in shown]),
        "cpu_s_per_page": round(sum(run.cpu_s for run in runs) / max(1, pages), 3),
    }
    for found in (peers.rapidocr(), peers.tesseract()):
        if found is None:
            continue
        name, engine = found
        others: list[Judged] = []
        spent, read = 0.0, 0
        for case in every:
            tell(f"{name}: {case.form.name}")
            run = peers.run(case, NaivePipeline(case), engine, options.peer_pages)
            names = {file.name for file in case.files[: options.peer_pages]}
            others.extend(one for one in judged(case, run) if one.page.split("/")[1] in names)
            spent, read = spent + run.cpu_s, read + len(names)
        result[name] = {**_texts(others), "cpu_s_per_page": round(spent / max(1, read), 3)}
    return result


def _texts(every: Sequence[Judged]) -> dict[str, Any]:
    texts = [
        one for one in every if one.field.type not in MARK_TYPES and one.field.type is not FieldType.BARCODE
    ]
    found = figures(texts)
    return {key: found[key] for key in ("field_accuracy", "cer", "filled", "wrong")}
