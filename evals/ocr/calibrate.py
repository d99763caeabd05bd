"""python -m evals.ocr.calibrate TRAIN [--test HELD] [--write]: fits the confidence of read fields.

TRAIN and HELD are folders that evals.ocr.generate made; TRAIN of the split `train` alone, for what ships is fitted
on it. Pages go the whole way (placed, cut, cleaned, read, decoded), so that poor placing and rulings left in a
picture count. Brush pages are left out. --write puts the models where the product reads them."""

import argparse
import csv
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ocr_service.adapters.form_reading.fields import FieldReader
from ocr_service.adapters.form_reading.pages import PageReader
from ocr_service.adapters.imaging.opening import open_scan
from ocr_service.adapters.lexicons.files import CALIBRATION, load_lexicons
from ocr_service.adapters.rapidocr.ctc import RapidOcrCtcReader
from ocr_service.models.fields import Field, Writing
from ocr_service.models.readings import PageOutcome
from ocr_service.ports.form_reading import KnownForm, PageAddress, Wanted
from ocr_service.rules.calibration import (
    FEATURES,
    MARK_FEATURES,
    Calibration,
    MarkEvidence,
    family_of,
    features_of,
    features_of_marks,
)
from ocr_service.rules.decoding.decoder import Evidence
from ocr_service.rules.values import same
from ocr_service.schemas.forms import read_file

_TODAY = date(2026, 11, 20)
_PULL = 4.0  # of every weight towards 0, so that no feature is trusted on a few fields
_PULL_OF_MARKS = 0.1  # few of them are wrong, and these must be heard
_MARK = "mark"
_STEPS = 80
_LONGEST = 0.5  # change of a weight in one step: where nearly all are right the full step leads astray
_BINS = 10


@dataclass(frozen=True, slots=True)
class Row:
    """One field that was read: its features and whether the first candidate was right."""

    family: str
    features: tuple[float, ...]
    right: bool
    among: bool
    """Whether the truth is among the candidates."""


class _Listening(Calibration):
    """Notes the evidence of each field while a page is read."""

    def __init__(self) -> None:
        super().__init__({})
        object.__setattr__(self, "noted", {})
        object.__setattr__(self, "marks", {})

    noted: dict[str, tuple[Field, Evidence]]
    marks: dict[str, tuple[Field, MarkEvidence]]

    def confidence(self, field: Field, evidence: Evidence) -> float:
        self.noted[field.name] = (field, evidence)
        return evidence.probability

    def mark_confidence(self, field: Field, evidence: MarkEvidence) -> float:
        self.marks[field.name] = (field, evidence)
        return evidence.worst


def rows(folder: Path) -> Iterator[Row]:
    """The fields of all forms in a folder, brushes left out."""
    lexicons, engine = load_lexicons(), RapidOcrCtcReader()
    for place in sorted(file.parent for file in folder.glob("*/form.json")):
        known = KnownForm(place.name, "1.0.0", read_file((place / "form.json").read_bytes()).form)
        listening = _Listening()
        reader = PageReader(
            [known], FieldReader(engine, lexicons, listening), lexicons.addresses.of_postal, _TODAY
        )
        truth, writing = _truth(place)
        for name, values in truth.items():
            if "brush" in writing[name].values():
                continue
            listening.noted.clear()
            listening.marks.clear()
            with open_scan(place / "pages" / name, name) as scan:
                address = PageAddress("", 1)
                read = reader.read(scan.page(address), Wanted(address, place.name, 1))
            if read.outcome is not PageOutcome.MATCHED:
                continue
            for each in read.fields:
                if each.field in listening.marks and each.field in values:
                    field, mark = listening.marks[each.field]
                    right = same(field, each.value, values[each.field])
                    yield Row(_MARK, features_of_marks(field, mark), right, right)
                if each.field in listening.noted and each.field in values:
                    field, evidence = listening.noted[each.field]
                    hand = Writing.PRINTED if writing[name][each.field] == "printed" else Writing.HANDWRITTEN
                    told = replace(field, writing=field.writing if hand is Writing.HANDWRITTEN else hand)
                    yield Row(
                        family_of(field),
                        features_of(told, evidence),
                        same(field, each.value, values[each.field]),
                        any(same(field, one.value, values[each.field]) for one in each.candidates),
                    )


def _truth(place: Path) -> tuple[dict[str, dict[str, str]], dict[str, dict[str, str]]]:
    """By page: each field's value, and how it was written."""
    truth: dict[str, dict[str, str]] = defaultdict(dict)
    writing: dict[str, dict[str, str]] = defaultdict(dict)
    for name, found, column in (("truth.csv", truth, "value"), ("meta.csv", writing, "writing")):
        with (place / name).open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                found[row["file"]][row["field"]] = row[column]
    return truth, writing


def fit(known: Sequence[Row]) -> Calibration:
    """Logistic models with a pull towards 0 (towards the model of all fields for each family), by Newton's
    method."""
    texts = [row for row in known if row.family != _MARK]
    common = _fitted(texts, np.zeros(len(FEATURES)))
    families: dict[str, list[Row]] = defaultdict(list)
    for row in texts:
        families[row.family].append(row)
    models = {"text": common.tolist()}
    for family, members in sorted(families.items()):
        models[family] = [round(float(weight), 4) for weight in _fitted(members, common)]
    for family in ("name", "kana", "address", "date", "checked", "digits"):
        models.setdefault(family, [round(float(weight), 4) for weight in common])
    marks = [row for row in known if row.family == _MARK]
    models[_MARK] = fitted_marks(marks)
    return Calibration(models)


def fitted_marks(marks: Sequence[Row]) -> list[float]:
    """The model of marks: their facts are others than those of writing."""
    weights = _fitted(marks, np.zeros(len(MARK_FEATURES)), _PULL_OF_MARKS)
    return [round(float(weight), 4) for weight in weights]


def _fitted(known: Sequence[Row], towards: NDArray[np.float64], pull: float = _PULL) -> NDArray[np.float64]:
    features = np.array([row.features for row in known])
    right = np.array([row.right for row in known], dtype=float)
    weights = towards.copy()
    for _ in range(_STEPS):
        chance = 1.0 / (1.0 + np.exp(-np.clip(features @ weights, -30, 30)))
        slope = features.T @ (chance - right) + pull * (weights - towards)
        bend = (features * (chance * (1 - chance))[:, None]).T @ features + pull * np.eye(len(weights))
        step = np.linalg.solve(bend, slope)
        weights = weights - step * min(1.0, _LONGEST / float(np.abs(step).max() + 1e-12))
    return np.asarray(weights)


def measured(model: Calibration, known: Sequence[Row]) -> dict[str, float]:
    """Brier score and expected calibration error (ten bins), and what could pass at 0.5 % wrong."""
    right = np.array([row.right for row in known], dtype=float)
    totals = np.array([np.dot(row.features, model.models[row.family]) for row in known])
    chance = 1.0 / (1.0 + np.exp(-np.clip(totals, -30, 30)))
    order = np.argsort(-chance)
    wrong = np.cumsum(1 - right[order]) / np.arange(1, len(order) + 1)
    passing = np.flatnonzero(wrong <= 0.005)
    bins = np.minimum((chance * _BINS).astype(int), _BINS - 1)
    error = sum(
        abs(right[bins == each].mean() - chance[bins == each].mean()) * (bins == each).mean()
        for each in np.unique(bins)
    )
    doubtful = order[(passing[-1] + 1 if len(passing) else 0) :]
    return {
        "fields": len(known),
        "right": round(float(right.mean()), 4),
        "brier": round(float(((chance - right) ** 2).mean()), 4),
        "ece": round(float(error), 4),
        "passing_at_0.5_percent_wrong": round(
            float((passing[-1] + 1) / len(order)) if len(passing) else 0.0, 4
        ),
        "among_candidates_of_the_rest": round(
            float(np.mean([known[index].among for index in doubtful])) if len(doubtful) else 1.0, 4
        ),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("train", type=Path)
    parser.add_argument("--test", type=Path, help="pages of the split `held`, to measure on")
    parser.add_argument("--write", action="store_true", help="put the models where the product reads them")
    wanted = parser.parse_args()
    known = list(rows(wanted.train))
    model = fit(known)
    print("train", json.dumps(measured(model, known)))
    if wanted.test:
        held = list(rows(wanted.test))
        print("held", json.dumps(measured(model, held)))
        for family in sorted({row.family for row in held}):
            print(
                f"held {family}", json.dumps(measured(model, [row for row in held if row.family == family]))
            )
    if wanted.write:
        CALIBRATION.write_text(
            json.dumps(
                {"features": FEATURES, "mark_features": MARK_FEATURES, "models": model.models}, indent=1
            )
            + "\n",
            encoding="utf-8",
        )


if __name__ == "__main__":
    main()
