"""Formats as automata: a small language of regular expressions, made deterministic while it is used."""

from dataclasses import dataclass, field
from functools import lru_cache

from ocr_service.rules.decoding.grammars import State

_DIGITS = "0123456789"


@dataclass(frozen=True, slots=True)
class Pattern:
    """A Grammar of one format: characters, `[abc]`, `\\d`, `( | )`, and `? * + {m,n}` behind any of them. All
    readings that fit weigh the same. Raises ValueError (when first used) for what it does not understand."""

    source: str

    @property
    def start(self) -> State:
        return _machine(self.source).start

    def step(self, state: State, character: str) -> tuple[State, float] | None:
        assert isinstance(state, frozenset)
        after = _machine(self.source).after(state, character)
        return (after, 0.0) if after else None

    def finish(self, state: State) -> float | None:
        assert isinstance(state, frozenset)
        return 0.0 if _machine(self.source).last in state else None

    def fits(self, text: str) -> bool:
        """Whether the whole text has the format."""
        state: State = self.start
        for character in text:
            stepped = self.step(state, character)
            if stepped is None:
                return False
            state = stepped[0]
        return self.finish(state) is not None

    @property
    def characters(self) -> frozenset[str]:
        """All characters that occur in the format."""
        return frozenset(
            character for arcs in _machine(self.source).arcs for letters, _ in arcs for character in letters
        )


@dataclass(frozen=True, slots=True)
class _Part:
    """A piece of the expression: `letters`, or one of `parts` ("or"), or all of them in turn ("and"), or the
    single part repeated `least` to `most` times (-1 = without end)."""

    kind: str
    letters: str = ""
    parts: tuple["_Part", ...] = ()
    least: int = 1
    most: int = 1


class _Parser:
    """Recursive descent over the expression's characters."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._at = 0

    def parse(self) -> _Part:
        part = self._either()
        if self._at < len(self._source):
            raise ValueError(f"{self._source}: {self._source[self._at :]}")
        return part

    def _peek(self) -> str:
        return self._source[self._at : self._at + 1]

    def _take(self) -> str:
        character = self._peek()
        if not character:
            raise ValueError(self._source)
        self._at += 1
        return character

    def _either(self) -> _Part:
        parts = [self._sequence()]
        while self._peek() == "|":
            self._take()
            parts.append(self._sequence())
        return _Part("or", parts=tuple(parts))

    def _sequence(self) -> _Part:
        parts = []
        while self._peek() not in ("", "|", ")"):
            parts.append(self._repeated(self._atom()))
        return _Part("and", parts=tuple(parts))

    def _atom(self) -> _Part:
        character = self._take()
        if character == "(":
            part = self._either()
            if self._take() != ")":
                raise ValueError(self._source)
            return part
        if character == "[":
            letters = ""
            while (character := self._take()) != "]":
                letters += self._escaped() if character == "\\" else character
            return _Part("letters", letters)
        if character in "?*+{}])":
            raise ValueError(self._source)
        return _Part("letters", self._escaped() if character == "\\" else character)

    def _escaped(self) -> str:
        character = self._take()
        return _DIGITS if character == "d" else character

    def _repeated(self, part: _Part) -> _Part:
        simple = {"?": (0, 1), "*": (0, -1), "+": (1, -1)}
        if self._peek() in simple and self._peek():
            least, most = simple[self._take()]
            return _Part("repeat", parts=(part,), least=least, most=most)
        if self._peek() != "{":
            return part
        written = self._source[self._at + 1 : self._source.index("}", self._at)]
        self._at += len(written) + 2
        low, comma, high = written.partition(",")
        most = int(high) if high else -1 if comma else int(low)
        return _Part("repeat", parts=(part,), least=int(low), most=most)


@dataclass(slots=True)
class _Machine:
    """Thompson's construction: states with arcs over characters and jumps without one."""

    source: str
    arcs: list[list[tuple[str, int]]] = field(default_factory=list)
    jumps: list[list[int]] = field(default_factory=list)
    start: frozenset[int] = frozenset()
    last: int = 0
    known: dict[tuple[frozenset[int], str], frozenset[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        first = self._new()
        self.last = self._add(first, _Parser(self.source).parse())
        self.start = self._closed([first])

    def after(self, states: frozenset[int], character: str) -> frozenset[int]:
        key = (states, character)
        if key not in self.known:
            reached = [to for state in states for letters, to in self.arcs[state] if character in letters]
            self.known[key] = self._closed(reached)
        return self.known[key]

    def _closed(self, states: list[int]) -> frozenset[int]:
        found, left = set(states), list(states)
        while left:
            for to in self.jumps[left.pop()]:
                if to not in found:
                    found.add(to)
                    left.append(to)
        return frozenset(found)

    def _new(self) -> int:
        self.arcs.append([])
        self.jumps.append([])
        return len(self.arcs) - 1

    def _add(self, at: int, part: _Part) -> int:
        """Puts a part behind the state `at`; returns the state behind it."""
        if part.kind == "letters":
            end = self._new()
            self.arcs[at].append((part.letters, end))
            return end
        if part.kind == "and":
            for each in part.parts:
                at = self._add(at, each)
            return at
        if part.kind == "or":
            end = self._new()
            for each in part.parts:
                begin = self._new()
                self.jumps[at].append(begin)
                self.jumps[self._add(begin, each)].append(end)
            return end
        return self._add_repeat(at, part)

    def _add_repeat(self, at: int, part: _Part) -> int:
        for _ in range(part.least):
            at = self._add(at, part.parts[0])
        end = self._new()
        self.jumps[at].append(end)
        if part.most < 0:
            loop = self._new()
            self.jumps[at].append(loop)
            after = self._add(loop, part.parts[0])
            self.jumps[after].extend((loop, end))
        for _ in range(part.most - part.least):
            at = self._add(at, part.parts[0])
            self.jumps[at].append(end)
        return end


@lru_cache(maxsize=256)
def _machine(source: str) -> _Machine:
    return _Machine(source)
