"""How likely the first candidate is right: a logistic model of the decoder's evidence, one for each family of
field types, and of a mark's ink, fitted by evals/ocr/calibrate.py on the training sources alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, log

from ocr_service.models.fields import Field, FieldType, Writing
from ocr_service.rules.decoding.decoder import Evidence

FEATURES = (
    "one",
    "probability",
    "margin",
    "worst",
    "mean",
    "fit",
    "weighed",
    "length",
    "known",
    "implausible",
    "same",
    "handwritten",
    "worst_and_same",
    "seen_again",
    "other",
)
MARK_FEATURES = ("one", "worst", "tail", "stray", "unclear", "alone")
_LEAST, _MOST = 0.001, 0.9995  # nobody is ever quite sure
_MOST_OF_MARKS = 0.9985  # what some thousand marks can vouch for
_MARK = "mark"
_PLAIN_TAIL = 0.15
_FAMILIES = {
    FieldType.NAME: "name",
    FieldType.KANA: "kana",
    FieldType.ADDRESS: "address",
    FieldType.DATE: "date",
    FieldType.MY_NUMBER: "checked",
    FieldType.CORPORATE_NUMBER: "checked",
    FieldType.POSTAL_CODE: "digits",
    FieldType.PHONE: "digits",
    FieldType.NUMBER: "digits",
    FieldType.MONEY: "digits",
    FieldType.BANK_ACCOUNT: "digits",
}


def family_of(field: Field) -> str:
    """The fields that share a model; "text" for all that is neither name nor number."""
    return _FAMILIES.get(field.type, "text")


def features_of(field: Field, evidence: Evidence) -> tuple[float, ...]:
    """One number for each of FEATURES, all within about -10 and 10. Field types count by their model, the hand
    by what the template says."""
    worst = _logit(evidence.worst)
    return (
        1.0,
        _logit(evidence.probability),
        _logit(0.5 + evidence.margin / 2),
        worst,
        _logit(evidence.mean),
        max(-6.0, evidence.fit * 4),
        max(-10.0, evidence.weighed),
        log(evidence.length + 1),
        float(evidence.known),
        float(evidence.plausible < 1.0),
        float(evidence.same),
        float(field.writing is Writing.HANDWRITTEN),
        worst * evidence.same,
        float(evidence.other >= 0),
        _logit(evidence.other) if evidence.other >= 0 else 0.0,
    )


@dataclass(frozen=True, slots=True)
class MarkEvidence:
    """What the picture says of choices, a check box or a seal. `worst`: the probability (0.5 to 1) of what is least
    sure among them; `tail`: share of a mark's ink that lies nearer to another choice, where it does not surround
    its own; `stray`: mm² of ink near by that was counted for nothing; `unclear`: several marks, or one taken back."""

    worst: float
    tail: float = 0.0
    stray: float = 0.0
    unclear: bool = False


def features_of_marks(field: Field, evidence: MarkEvidence) -> tuple[float, ...]:
    """One number for each of MARK_FEATURES."""
    beyond = max(0.0, evidence.tail - _PLAIN_TAIL)
    return (
        1.0,
        # much ink is no comfort where it is not plain whose it is
        min(_logit(evidence.worst), 2.0 if beyond else 5.0),
        20 * beyond,
        log(evidence.stray + 1),
        float(evidence.unclear),
        float(field.type is not FieldType.CHOICE),
    )


@dataclass(frozen=True, slots=True)
class Calibration:
    """`models`: for each family one weight for each of FEATURES; for "mark" one for each of MARK_FEATURES."""

    models: Mapping[str, Sequence[float]]

    def confidence(self, field: Field, evidence: Evidence) -> float:
        """Probability that the first candidate's value is right, by its evidence alone."""
        return _chance(self.models[family_of(field)], features_of(field, evidence), _MOST)

    def mark_confidence(self, field: Field, evidence: MarkEvidence) -> float:
        """Probability that a field of marks is read right as a whole."""
        return _chance(self.models[_MARK], features_of_marks(field, evidence), _MOST_OF_MARKS)


def _chance(weights: Sequence[float], features: Sequence[float], most: float) -> float:
    total = sum(weight * feature for weight, feature in zip(weights, features, strict=True))
    return min(most, max(_LEAST, 1.0 / (1.0 + exp(-max(-30.0, min(30.0, total))))))


def _logit(probability: float) -> float:
    kept = min(1.0 - 1e-4, max(1e-4, probability))
    return log(kept / (1.0 - kept))
