"""Readings that the engine did not see but often mistakes: one digit for another."""

from collections.abc import Sequence
from math import log

from ocr_service.rules.decoding.beam import Found
from ocr_service.rules.decoding.grammars import Grammar

# How often a digit was meant where another was seen: pairs (seen, meant) on lines of the training sources.
_SHARES = {
    "71": 0.05, "56": 0.05, "17": 0.02, "65": 0.02, "38": 0.015, "31": 0.012, "90": 0.012, "97": 0.012, "49": 0.01,
    "04": 0.008, "53": 0.006, "21": 0.006, "50": 0.006, "68": 0.006, "86": 0.006, "28": 0.006, "12": 0.006,
    "06": 0.006, "60": 0.006, "80": 0.006, "79": 0.006, "94": 0.005, "27": 0.005, "39": 0.005, "58": 0.005,
}  # fmt: skip
_ANY = 0.003  # of any other pair
_WEAK = 0.04  # how much more readily a digit is replaced that was seen weakly
_MOST = 40  # neighbours of one reading
_DIGITS = "0123456789"


def neighbours(found: Sequence[Found], grammar: Grammar, most: int = _MOST) -> list[Found]:
    """The best reading with one digit replaced, each less probable by how rarely that mistake happens."""
    best = found[0]
    known = {each.text for each in found}
    shares = []
    for at, (character, probability) in enumerate(zip(best.text, best.characters, strict=True)):
        if character in _DIGITS:
            readily = _WEAK * (1.0 - probability)
            shares += [
                (_SHARES.get(character + other, _ANY) + readily, at, other)
                for other in _DIGITS
                if best.text[:at] + other + best.text[at + 1 :] not in known
            ]
    made = []
    for share, at, other in sorted(shares, reverse=True)[:most]:
        text = best.text[:at] + other + best.text[at + 1 :]
        weighed = _weighed(text, grammar)
        if weighed is not None:
            peaks = (*best.characters[:at], share, *best.characters[at + 1 :])
            made.append(Found(text, best.seen + log(share), weighed, peaks))
    return made


def _weighed(text: str, grammar: Grammar) -> float | None:
    state, total = grammar.start, 0.0
    for character in text:
        stepped = grammar.step(state, character)
        if stepped is None:
            return None
        state, total = stepped[0], total + stepped[1]
    end = grammar.finish(state)
    return None if end is None else total + end
