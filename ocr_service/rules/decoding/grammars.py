"""What a grammar is: an automaton over characters that weighs what is read, and the simplest ones."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from math import log
from typing import Protocol

State = Hashable


class Grammar(Protocol):
    """Weights are log probabilities (0 or less). States are values; two readings in the same state go on alike."""

    @property
    def start(self) -> State: ...

    def step(self, state: State, character: str) -> tuple[State, float] | None:
        """The state after one more character and its weight; None = cannot go on so."""

    def finish(self, state: State) -> float | None:
        """The weight of ending here; None = cannot end here."""


@dataclass(frozen=True, slots=True)
class AnyText:
    """Everything goes; a letter of another script than its neighbour costs, so that 入カ loses against 入力.
    The state is the script before."""

    change: float = log(0.35)
    start: State = ""

    def step(self, state: State, character: str) -> tuple[State, float] | None:
        script = _script(character)
        if script == "" or state in ("", script):
            return script or state, 0.0
        return script, self.change

    def finish(self, state: State) -> float | None:  # noqa: ARG002  (ends anywhere)
        return 0.0


def _script(character: str) -> str:
    """ "k"atakana, "h"iragana, "c"hinese characters, "l"atin, "d"igits; "" for what stands beside any of them."""
    if "ァ" <= character <= "ヺ" or character == "ー":
        return "k"
    if "ぁ" <= character <= "ゖ":
        return "h"
    if "㐀" <= character <= "鿿" or character == "々":
        return "c"
    if character.isascii() and character.isalpha():
        return "l"
    return "d" if character.isdigit() else ""


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Several grammars side by side with their log shares; a reading counts by the best of them."""

    parts: tuple[tuple[Grammar, float], ...]

    @property
    def start(self) -> State:
        return tuple((number, part.start, share) for number, (part, share) in enumerate(self.parts))

    def step(self, state: State, character: str) -> tuple[State, float] | None:
        assert isinstance(state, tuple)
        found: list[tuple[int, State, float]] = []
        for number, inner, weight in state:
            stepped = self.parts[number][0].step(inner, character)
            if stepped is not None:
                found.append((number, stepped[0], weight + stepped[1]))
        if not found:
            return None
        best = max(weight for _, _, weight in found)
        return tuple((number, inner, round(weight - best, 4)) for number, inner, weight in found), best

    def finish(self, state: State) -> float | None:
        assert isinstance(state, tuple)
        ends: list[float] = []
        for number, inner, weight in state:
            end = self.parts[number][0].finish(inner)
            if end is not None:
                ends.append(weight + end)
        return max(ends, default=None)


@dataclass(frozen=True, slots=True)
class Phrases:
    """One of a few whole texts, or a beginning of one with anything behind it. The state is what is left of
    each text that still fits."""

    phrases: tuple[str, ...]
    then: Grammar | None = None

    @property
    def start(self) -> State:
        return self.phrases, None

    def step(self, state: State, character: str) -> tuple[State, float] | None:
        left, behind = _pair(state)
        fitting = tuple(text[1:] for text in left if text.startswith(character))
        going: State = None
        weight = 0.0
        if self.then is not None:
            entry = self.then.start if "" in left else behind
            stepped = self.then.step(entry, character) if entry is not None else None
            if stepped is not None:
                going, weight = stepped[0], stepped[1]
        if not fitting and going is None:
            return None
        return (fitting, going), 0.0 if fitting else weight

    def finish(self, state: State) -> float | None:
        left, behind = _pair(state)
        if "" in left:
            return 0.0
        return self.then.finish(behind) if self.then is not None and behind is not None else None


def _pair(state: State) -> tuple[Sequence[str], State]:
    assert isinstance(state, tuple)
    left, behind = state
    return left, behind
