"""The decoder: lattices and an expectation in, candidates and what speaks for them out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import exp, log

import numpy as np
from numpy.typing import NDArray

from ocr_service.models.lattices import Lattice
from ocr_service.models.readings import Candidate
from ocr_service.rules.decoding.alphabets import Alphabet
from ocr_service.rules.decoding.beam import Found, search
from ocr_service.rules.decoding.expectations import Expectation
from ocr_service.rules.decoding.neighbours import neighbours

_MOST = 5  # candidates
_IMPOSSIBLE = 1e-6  # least factor of a value
_CLEAR, _LIKELY = 0.995, 0.8  # of every character and of the whole, from which nothing is seen again
_SURE = 0.98  # of each digit, from which no other is thought of
_NEIGHBOURS, _ALL = 24, 130  # readings with another digit that are thought of: some, or all


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for the first candidate. `probability` among all candidates, `margin` to the second,
    `worst` and `mean` probability of its characters, `fit`: log probability a character that the expectation
    cost against the engine's own reading (0 = nothing), `weighed`: log probability a character under the
    grammar, `length` in characters, `known`: in the lexicon or of the format, `plausible`: factor of its value,
    `same`: the engine alone read the same; `other`: probability of the candidate where the line was seen a
    second time, otherwise stretched, -1 where it was not."""

    probability: float
    margin: float
    worst: float
    mean: float
    fit: float
    weighed: float
    length: int
    known: bool
    plausible: float
    same: bool
    other: float = -1.0


@dataclass(frozen=True, slots=True)
class Decoded:
    """`candidates` best first, at most five, none when nothing is there to read; `plain`: what the engine alone
    read, without any expectation."""

    candidates: tuple[Candidate, ...]
    evidence: Evidence | None
    plain: str


class Decoder:
    """Decodes what one engine saw; keep it, for it remembers what each class may mean in each alphabet."""

    def __init__(self, alphabet: Sequence[str]) -> None:
        """`alphabet` as CtcReader.alphabet: the character of each class, "" for the blank."""
        self._alphabet = alphabet
        self._meanings: dict[Alphabet, dict[int, tuple[tuple[str, float], ...]]] = {}

    def read(self, lattices: Sequence[Lattice], expectation: Expectation) -> Decoded:
        """`lattices`: one for each line of writing, or for each cell of a field of cells, in order."""
        lattices = [lattice for lattice in lattices if lattice.steps]
        plain = "".join(self._greedy(lattice) for lattice in lattices)
        if not lattices:
            return Decoded((), None, "")
        probabilities, characters = self._joined(lattices, expectation)
        found = search(probabilities, characters, expectation.grammar, expectation.beam)
        found = [each for each in found if each.text.strip()]
        if found and expectation.digits:
            plausible = expectation.plausible(expectation.normal(found[0].text)) == 1.0
            if not plausible or min(found[0].characters) < _SURE:
                most = _NEIGHBOURS if plausible else _ALL
                found += neighbours(found, expectation.grammar, most)
        if not found:
            return Decoded(_fallback(plain, expectation), None, plain)
        return self._ranked(found, plain, sum(_loudest(lattice) for lattice in lattices), expectation)

    def _ranked(
        self, found: Sequence[Found], plain: str, loudest: float, expectation: Expectation
    ) -> Decoded:
        """Readings that mean the same count together; the shares of all are the probabilities."""
        groups: dict[str, list[tuple[float, Found, str]]] = {}
        factors: dict[str, float] = {}
        for each in found:
            value = expectation.normal(each.text)
            if value not in factors:
                factors[value] = max(expectation.plausible(value), _IMPOSSIBLE)
            score = each.seen + expectation.beam.score(each.weighed, len(each.text)) + log(factors[value])
            groups.setdefault(expectation.key(value), []).append((score, each, value))
        top = max(score for members in groups.values() for score, _, _ in members)
        shares = {key: sum(exp(score - top) for score, _, _ in members) for key, members in groups.items()}
        total = sum(shares.values())
        chosen = []
        for key in sorted(shares, key=lambda key: -shares[key])[:_MOST]:
            _, best, value = max(groups[key], key=lambda member: member[0])
            chosen.append((best, Candidate(best.text, value, shares[key] / total, best.characters)))
        candidates = tuple(candidate for _, candidate in chosen)
        first = chosen[0][0]
        length = max(1, len(first.text))
        evidence = Evidence(
            probability=candidates[0].probability,
            margin=candidates[0].probability - (candidates[1].probability if len(candidates) > 1 else 0.0),
            worst=min(first.characters, default=0.0),
            mean=sum(first.characters) / length,
            fit=min(0.0, first.seen - loudest) / length,
            weighed=first.weighed / length,
            length=length,
            known=expectation.known(first.text),
            plausible=factors[candidates[0].value],
            same=expectation.key(expectation.normal(plain)) == expectation.key(candidates[0].value),
        )
        return Decoded(candidates, evidence, plain)

    def _greedy(self, lattice: Lattice) -> str:
        best = lattice.probabilities.argmax(axis=1)
        changed = np.concatenate(([True], best[1:] != best[:-1]))
        return "".join(self._alphabet[lattice.classes[index]] for index in best[changed & (best > 0)])

    def _joined(
        self, lattices: Sequence[Lattice], expectation: Expectation
    ) -> tuple[NDArray[np.float32], list[str]]:
        """All lattices behind each other, their columns the characters of the field's alphabet."""
        folded = [self._folded(lattice, expectation.alphabet) for lattice in lattices]
        if expectation.cells and len(lattices) > 1:
            folded = [(_single(rows), characters) for rows, characters in folded]
        names = sorted({character for _, characters in folded for character in characters})
        place = {character: number for number, character in enumerate(names, start=1)}
        parts = []
        for rows, characters in folded:
            part = np.zeros((len(rows) + 1, len(names) + 1), dtype=np.float32)
            part[:-1, 0] = rows[:, 0]
            part[:-1, [place[character] for character in characters]] = rows[:, 1:]
            part[-1, 0] = 1.0
            parts.append(part)
        return np.concatenate(parts), names

    def _folded(self, lattice: Lattice, alphabet: Alphabet) -> tuple[NDArray[np.float32], list[str]]:
        """Steps × (blank, characters of the alphabet): what forbidden twins had goes to what they stand for."""
        known = self._meanings.setdefault(alphabet, {})
        names: dict[str, int] = {}
        sources: list[int] = []
        targets: list[int] = []
        shares: list[float] = []
        for column, number in enumerate(lattice.classes.tolist()):
            if number == 0:
                continue
            meanings = known.get(number)
            if meanings is None:
                meanings = known[number] = alphabet.meanings(self._alphabet[number])
            for character, share in meanings:
                sources.append(column)
                targets.append(names.setdefault(character, len(names) + 1))
                shares.append(share)
        fold = np.zeros((len(lattice.classes), len(names) + 1), dtype=np.float32)
        fold[0, 0] = 1.0
        fold[sources, targets] = shares
        return np.minimum(lattice.probabilities @ fold, 1.0), list(names)


def needs_second_look(decoded: Decoded) -> bool:
    """Whether seeing the line again could change anything: a reading that every character speaks for stays."""
    evidence = decoded.evidence
    return evidence is not None and not (
        evidence.worst > _CLEAR
        and evidence.probability > _LIKELY
        and evidence.same
        and evidence.plausible == 1.0
    )


def together(first: Decoded, second: Decoded, key: Callable[[str], str]) -> Decoded:
    """Two looks at one field: each candidate with the mean of its probabilities (`key`: Expectation.key)."""
    if first.evidence is None or second.evidence is None:
        return first
    known: dict[str, tuple[Candidate, float]] = {}
    for each in (*first.candidates, *second.candidates):
        name = key(each.value)
        candidate, total = known.get(name, (each, 0.0))
        known[name] = candidate, total + each.probability / 2
    ordered = sorted(known.values(), key=lambda found: -found[1])[:_MOST]
    candidates = tuple(replace(candidate, probability=total) for candidate, total in ordered)
    best = key(candidates[0].value)
    leading, other = (first, second) if key(first.candidates[0].value) == best else (second, first)
    evidence = leading.evidence if key(leading.candidates[0].value) == best else first.evidence
    assert evidence is not None
    agreed = sum(each.probability for each in other.candidates if key(each.value) == best)
    return Decoded(candidates, replace(evidence, other=agreed), first.plain)


def _fallback(plain: str, expectation: Expectation) -> tuple[Candidate, ...]:
    """Nothing fits what is expected: what the engine read is shown all the same, with no probability."""
    if not plain:
        return ()
    return (Candidate(plain, expectation.normal(plain), 0.0, (0.0,) * len(plain)),)


def _single(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """The lattice of one character as one step: the CTC probability of nothing and of each character alone."""
    blank = rows[:, :1]
    before = np.concatenate([np.ones((1, 1), np.float32), np.cumprod(blank, axis=0)[:-1]])
    nothing = float(np.prod(blank))
    running = np.zeros(rows.shape[1] - 1, dtype=np.float64)
    done = np.zeros_like(running)
    for step in range(len(rows)):
        letters = rows[step, 1:]
        done, running = (
            done * float(blank[step, 0]) + running * float(blank[step, 0]),
            letters * (running + float(before[step, 0])),
        )
    return np.concatenate([[nothing], done + running]).astype(np.float32)[np.newaxis]


def _loudest(lattice: Lattice) -> float:
    """Log probability of the likeliest way through."""
    return float(np.log(np.maximum(lattice.probabilities.max(axis=1), 1e-12)).sum())
