"""How well fields were read: accuracy, straight-through rate, how honest the confidence is, each with its bound."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from zlib import crc32

from evals.ocr.answers import Answer, Answers
from evals.ocr.cases import Case
from ocr_service.models.fields import Field
from ocr_service.rules.values import comparable, same

WRONG_ALLOWED = 0.005
_LEVEL = 0.05  # bounds hold with 95 %
_BINS = 10


@dataclass(frozen=True, slots=True)
class Judged:
    """One field beside its truth."""

    page: str
    field: Field
    writing: str
    truth: str
    answer: Answer
    note: str = ""

    @property
    def right(self) -> bool:
        return same(self.field, self.truth, self.answer.value)

    @property
    def empty(self) -> bool:
        """Blank on the page and read as blank: nothing to win and nothing lost."""
        return not self.truth and not self.answer.value


def judged(case: Case, answers: Answers) -> list[Judged]:
    """Every field that has a truth. One without an answer was read as nothing and is not passed; where it is
    blank too, on a page that was set aside, nothing was claimed and nothing is judged."""
    fields = case.fields
    found = []
    for key, truth in case.truth.items():
        field = fields[key[2]]
        if not truth and key not in answers.fields:
            continue
        answer = answers.fields.get(key, Answer(""))
        about = case.about.get(key)
        page = f"{case.folder.name}/{key[0]}/{key[1]}"
        found.append(
            Judged(page, field, case.writing(key, field), truth, answer, about.note if about else "")
        )
    return found


def figures(every: Sequence[Judged]) -> dict[str, Any]:
    """The keys that every run reports, brushes left out, and the same by kind of writing and type of field."""
    main = [each for each in every if each.writing != "brush"]
    brush = [each for each in every if each.writing == "brush"]
    parts = {
        name: _accuracy([each for each in main if each.writing == name])
        for name in ("printed", "handwritten", "mark")
    }
    types = sorted({str(each.field.type) for each in main})
    notes = sorted({each.note for each in main if each.note})
    return {
        **_headline(main),
        "parts": parts,
        "brush": _accuracy(brush),
        "types": {name: _accuracy([each for each in main if each.field.type == name]) for name in types},
        "handwritten_types": {
            name: _accuracy(
                [each for each in main if each.field.type == name and each.writing == "handwritten"]
            )
            for name in types
        },
        "notes": {name: _accuracy([each for each in main if each.note == name]) for name in notes},
        "confidence": _honesty(main),
        "shown": _shown(main),
    }


def _headline(every: Sequence[Judged]) -> dict[str, Any]:
    whole = _accuracy(every)
    passed = straight_through(every)
    return {
        "field_accuracy": whole["field_accuracy"],
        "blank_accuracy": whole["blank_accuracy"],
        "cer": whole["cer"],
        **passed,
        "fields": len(every),
        "filled": whole["filled"],
        "wrong": whole["wrong"],
        "wrong_upper": whole["wrong_upper"],
        "blanks": whole["blanks"],
        "blanks_wrong": whole["blanks_wrong"],
        "blanks_wrong_upper": whole["blanks_wrong_upper"],
    }


def _accuracy(every: Sequence[Judged]) -> dict[str, Any]:
    """`*_upper`: upper 95 % bounds of the error rates (Clopper–Pearson)."""
    filled = [each for each in every if each.truth]
    blanks = [each for each in every if not each.truth]
    wrong = sum(not each.right for each in filled)
    blanks_wrong = sum(bool(each.answer.value) for each in blanks)
    texts = [each for each in filled if each.writing != "mark"]
    letters = sum(len(comparable(each.field, each.truth)) for each in texts)
    edits = sum(
        distance(comparable(each.field, each.truth), comparable(each.field, each.answer.value))
        for each in texts
    )
    return {
        "field_accuracy": _rate(len(filled) - wrong, len(filled)),
        "filled": len(filled),
        "wrong": wrong,
        "wrong_upper": round(upper_bound(wrong, len(filled)), 5),
        "cer": _rate(edits, letters),
        "blank_accuracy": _rate(len(blanks) - blanks_wrong, len(blanks)),
        "blanks": len(blanks),
        "blanks_wrong": blanks_wrong,
        "blanks_wrong_upper": round(upper_bound(blanks_wrong, len(blanks)), 5),
    }


def straight_through(every: Sequence[Judged]) -> dict[str, Any]:
    """What passes without a person when the confidence that is asked for is chosen on one half of the pages and
    used on the other. Fields that are blank and were read as blank do not count: they would flatter the rate."""
    halves: tuple[list[Judged], list[Judged]] = ([], [])
    for each in every:
        halves[crc32(each.page.encode()) % 2].append(each)
    threshold = chosen_threshold(halves[0])
    counted = [each for each in halves[1] if not each.empty]
    passed = [each for each in counted if each.answer.sure and each.answer.confidence >= threshold]
    wrong = sum(not each.right for each in passed)
    everything = [each for each in halves[1] if each.answer.sure and each.answer.confidence >= threshold]
    return {
        "straight_through": _rate(len(passed), len(counted)),
        "straight_through_error": _rate(wrong, len(passed)),
        "straight_through_error_upper": round(upper_bound(wrong, len(passed)), 5),
        "straight_through_n": len(counted),
        "straight_through_with_blanks": _rate(len(everything), len(halves[1])),
        "threshold": round(threshold, 5),
    }


def chosen_threshold(half: Iterable[Judged]) -> float:
    """The lowest confidence from which on at most 0.5 % are wrong, one more error allowed for."""
    ranked = sorted(
        (each for each in half if each.answer.sure and not each.empty),
        key=lambda each: -each.answer.confidence,
    )
    threshold, wrong = 1.01, 0
    for place, each in enumerate(ranked, 1):
        wrong += not each.right
        last = place == len(ranked) or ranked[place].answer.confidence < each.answer.confidence
        if last and (wrong + 1) / (place + 1) <= WRONG_ALLOWED:
            threshold = each.answer.confidence
    return threshold


def _honesty(every: Sequence[Judged]) -> dict[str, float]:
    """Brier score and expected calibration error over what holds something."""
    held = [each for each in every if not each.empty]
    if not held:
        return {"brier": 0.0, "ece": 0.0}
    brier = sum((each.answer.confidence - each.right) ** 2 for each in held) / len(held)
    gap = 0.0
    for place in range(_BINS):
        some = [each for each in held if min(_BINS - 1, int(each.answer.confidence * _BINS)) == place]
        gap += abs(sum(each.answer.confidence - each.right for each in some))
    return {"brier": round(brier, 5), "ece": round(gap / len(held), 5)}


def _shown(every: Sequence[Judged]) -> dict[str, Any]:
    """Of the fields a person sees: how often the truth is among the readings that are shown."""
    threshold = chosen_threshold(every)
    doubtful = [
        each
        for each in every
        if not (each.answer.sure and each.answer.confidence >= threshold) and not each.empty
    ]
    there = sum(
        any(same(each.field, each.truth, value) for value in ("", *each.answer.shown)) for each in doubtful
    )
    wrong = [each for each in doubtful if not each.right]
    helped = sum(
        any(same(each.field, each.truth, value) for value in ("", *each.answer.shown)) for each in wrong
    )
    return {
        "doubtful": len(doubtful),
        "truth_shown": _rate(there, len(doubtful)),
        "wrong_but_shown": _rate(helped, len(wrong)),
    }


def upper_bound(errors: int, count: int, level: float = _LEVEL) -> float:
    """One-sided upper Clopper–Pearson bound of an error rate; 1 when nothing was counted."""
    if count == 0 or errors >= count:
        return 1.0
    low, high = errors / count, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        if _at_most(errors, count, middle) > level:
            low = middle
        else:
            high = middle
    return high


def _at_most(errors: int, count: int, rate: float) -> float:
    """Probability of at most so many errors (binomial)."""
    if rate >= 1.0:
        return 0.0
    total = 0.0
    for number in range(errors + 1):
        ways = math.lgamma(count + 1) - math.lgamma(number + 1) - math.lgamma(count - number + 1)
        total += math.exp(ways + number * math.log(rate or 1e-300) + (count - number) * math.log1p(-rate))
    return total


def distance(one: str, other: str) -> int:
    """Edits that make one text the other (Levenshtein)."""
    row = list(range(len(other) + 1))
    for place, letter in enumerate(one, 1):
        before, row[0] = row[0], place
        for column, facing in enumerate(other, 1):
            before, row[column] = (
                row[column],
                min(row[column] + 1, row[column - 1] + 1, before + (letter != facing)),
            )
    return row[-1]


def _rate(part: int, whole: int) -> float:
    return round(part / whole, 5) if whole else 1.0
