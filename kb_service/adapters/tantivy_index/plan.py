"""A question as the index takes it: units that the person parted by blanks, concepts in them, and for each
concept the ways it may be written in a text."""

from dataclasses import dataclass
from enum import Enum


class Way(Enum):
    """How a concept is looked for."""

    WORD = "word"  # a normalised word
    SOUNDS = "sounds"  # neighbouring words that sound so
    CHARACTERS = "characters"  # these folded characters in a row
    TOGETHER = "together"  # all of these words, anywhere in the entry


@dataclass(frozen=True, slots=True)
class Option:
    """One way. `values`: the word; the sounds in order; the folded characters; the words."""

    way: Way
    values: tuple[str, ...]
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Concept:
    """Something that was asked for, by any of its options. `label` is as typed."""

    label: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Unit:
    """What stood between two blanks. An entry meets it with `need` of its concepts. `rows` are runs of
    several words that count more where they stand together; `exact`, all that was typed, is enough by itself."""

    label: str
    concepts: tuple[Concept, ...]
    need: int
    rows: tuple[str, ...] = ()
    exact: Option | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole question. `sentence`: typed as a sentence, so that weaker matches may fill the list."""

    units: tuple[Unit, ...]
    sentence: bool = False
    corrected: str = ""

    def concepts(self) -> tuple[Concept, ...]:
        return tuple(concept for unit in self.units for concept in unit.concepts)


def majority(count: int) -> int:
    """How many of `count` are enough: one of one, both of two, otherwise more than half."""
    return count // 2 + 1
