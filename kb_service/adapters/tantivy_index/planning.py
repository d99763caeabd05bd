"""From what was typed to a plan: which words are meant, and how else they may be written."""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from kb_service.adapters.tantivy_index.compiling import EntryCompiler
from kb_service.adapters.tantivy_index.plan import Concept, Option, Plan, Unit, Way, majority
from kernel.japanese import STOP_WORDS, Analyser, Token, fold, normalise, romaji_to_katakana

LONGEST_UNITS = 24
LONGEST_CONCEPTS = 24
_ALL_KANA = re.compile(r"[ぁ-ゖァ-ヶー]+")
_SCRIPTS = re.compile(r"[ぁ-ゖー]+|[ァ-ヶー]+|[\u3400-\u9fff々]+|[a-z0-9\-]+")
_PARTICLES = "のをがはにでとへもや"
_LONGEST_SOUND = 14

Visible = Callable[[Option], bool]  # does the reader see an entry that has it
Nearest = Callable[[str], tuple[str, str] | None]  # folded slip -> (folded word, as written in a text)


class Planner:
    """Plans one question of one reader: only what that reader sees decides."""

    def __init__(
        self, analyser: Analyser, compiler: EntryCompiler, visible: Visible, nearest: Nearest
    ) -> None:
        self._analyser = analyser
        self._compiler = compiler
        self._visible = lru_cache(maxsize=None)(visible)
        self._nearest = nearest

    def plan(self, text: str) -> Plan:
        """Units without anything to look for are left out; a plan may be empty."""
        typed = text.split()[:LONGEST_UNITS]
        units: list[Unit] = []
        corrected: list[str] = []
        sentence = False
        room = LONGEST_CONCEPTS
        for each in typed:
            tokens = self._analyser.tokens(each)
            sentence = sentence or _is_sentence(tokens)
            concepts, better = self._concepts(each, tokens)
            corrected.append(better)
            if len(concepts) > room:
                concepts = self._rarest(concepts, room)
            room -= len(concepts)
            if concepts:
                rows = tuple(fold(row) for row in _noun_rows(each, tokens))
                units.append(Unit(each, tuple(concepts), majority(len(concepts)), rows))
        changed = " ".join(corrected)
        return Plan(tuple(units), sentence, changed if changed != " ".join(typed) else "")

    def _rarest(self, concepts: Sequence[Concept], room: int) -> list[Concept]:
        def frequency(concept: Concept) -> int:
            return max(
                (self._compiler.frequency(o.values[0]) for o in concept.options if o.way is Way.WORD),
                default=0,
            )

        kept = sorted((c for c in concepts if frequency(c)), key=frequency)[:room]
        return [concept for concept in concepts if concept in kept]

    def _concepts(self, unit: str, tokens: Sequence[Token]) -> tuple[list[Concept], str]:
        """The unit's concepts, and the unit with its slips mended."""
        asked = [t for t in tokens if t.content and t.word and t.word not in STOP_WORDS]
        asked = asked or [t for t in tokens if t.content and t.word]
        spans: list[tuple[int, int, Concept]] = []
        better = unit
        for start, end in _runs(unit):
            inside = [t for t in asked if start <= t.start < end]
            whole, mended = self._whole(unit[start:end], inside)
            if whole:
                spans.append((start, end, whole))
                if mended:
                    better = better.replace(unit[start:end], mended, 1)
        concepts = [(start, whole) for start, _, whole in spans]
        for token in asked:
            if not any(start <= token.start < end for start, end, _ in spans):
                concepts.append((token.start, self._word(token)))
        if not concepts and (folded := fold(unit)):
            concepts = [(0, Concept(unit, (Option(Way.CHARACTERS, (folded,)),)))]
        unique = {concept.options: concept for _, concept in sorted(concepts, key=lambda pair: pair[0])}
        return list(unique.values()), better

    def _word(self, token: Token) -> Concept:
        """One word. Kana also finds what sounds so; what nobody wrote so is looked for by its characters."""
        options = [Option(Way.WORD, (token.word,))]
        kana = bool(_ALL_KANA.fullmatch(token.surface))
        seen = self._visible(options[0])
        folded = fold(token.surface)
        if (kana or not seen) and len(token.sound) > 1:
            options.append(Option(Way.SOUNDS, (token.sound,), 0.9 if kana else 0.6))
        if (not seen or not token.known) and len(folded) > 1:
            options.append(Option(Way.CHARACTERS, (folded,), 0.9))
        return Concept(token.surface, tuple(options))

    def _whole(self, run: str, tokens: Sequence[Token]) -> tuple[Concept | None, str]:
        """A run of one script taken whole where its words are not what was meant: a name that the
        dictionary cut up, kana for kanji, Latin letters for kana, a slip. None: its words will do."""
        words = tuple(dict.fromkeys(t.word for t in tokens))
        together = Option(Way.TOGETHER, words, 0.5)
        if (
            len(tokens) == 1
            and tokens[0].known
            and fold(tokens[0].surface) == fold(run)
            and self._sees_word(tokens[0])
        ):
            return None, ""
        for part in _without_particles(run):
            folded = fold(part)
            if len(folded) < 2:
                continue
            kana = bool(_ALL_KANA.fullmatch(part))
            options = [Option(Way.CHARACTERS, (folded,))]
            if kana and (sounds := self._sounds(folded)):
                options.append(Option(Way.SOUNDS, sounds, 0.95))
            options = [option for option in options if self._visible(option)]
            short = all(len(t.surface) == 1 for t in tokens)
            if options and (kana or short or not all(t.known for t in tokens)):
                return Concept(part, (*options, together) if words else tuple(options)), ""
            if options:
                return None, ""
        if words and self._visible(Option(Way.TOGETHER, words)) and not _one_word(run):
            return None, ""
        return self._mended(run, tokens, together)

    def _sees_word(self, token: Token) -> bool:
        return self._visible(Option(Way.WORD, (token.word,))) or self._visible(
            Option(Way.SOUNDS, (token.sound,))
        )

    def _mended(self, run: str, tokens: Sequence[Token], together: Option) -> tuple[Concept | None, str]:
        """What the reader may have meant by a run that no entry has."""
        same = Option(Way.SOUNDS, tuple(t.sound for t in tokens), 0.9)
        if len(tokens) > 1 and all(same.values) and self._visible(same):
            return Concept(run, (same, together)), ""
        if kana := romaji_to_katakana(normalise(run)):
            concept, mended = self._whole(kana, ())
            if concept:
                return concept, mended
        for slip in _targets(run, tokens):
            if found := self._nearest(fold(slip)):
                folded, written = found
                concept = Concept(
                    run,
                    (Option(Way.CHARACTERS, (folded,)), together)
                    if together.values
                    else (Option(Way.CHARACTERS, (folded,)),),
                )
                return concept, run.replace(slip, written, 1)
        return None, ""

    def _sounds(self, folded: str) -> tuple[str, ...]:
        """Fewest words of visible entries that sound like these kana in a row; () when there are none."""
        best: list[tuple[str, ...] | None] = [()] + [None] * len(folded)
        for end in range(1, len(folded) + 1):
            for start in range(max(0, end - _LONGEST_SOUND), end):
                before = best[start]
                if before is None or (best[end] is not None and len(before) + 1 >= len(best[end] or ())):
                    continue
                piece = folded[start:end]
                if (len(piece) > 1 or len(folded) > 1) and self._visible(Option(Way.SOUNDS, (piece,))):
                    best[end] = (*before, piece)
        found = best[-1] or ()
        # Words of one sound each would be noise.
        return found if found and len(found) <= max(1, len(folded) // 2) else ()


def _is_sentence(tokens: Sequence[Token]) -> bool:
    """Whether words are joined by particles or endings, as in a question somebody would ask aloud."""
    content = [index for index, token in enumerate(tokens) if token.content]
    return len(content) > 1 and any(
        not token.content and token.surface.isalpha() for token in tokens[content[0] : content[-1]]
    )


def _runs(unit: str) -> Iterator[tuple[int, int]]:
    """Stretches of one script, by their offsets in the unit as typed."""
    for found in _SCRIPTS.finditer(unit.lower()):
        if len(found[0].strip("ー-")) > 1:
            yield found.span()


def _one_word(run: str) -> bool:
    """Whether a run would not be parted in writing: katakana or Latin letters of some length."""
    return len(run) >= 5 and bool(re.fullmatch(r"[ァ-ヶー]+|[A-Za-z\-]+", run))


def _without_particles(run: str) -> Iterator[str]:
    """The run, and while hiragana ends in particles, the run without them."""
    yield run
    if re.fullmatch("[ぁ-ゖー]+", run):
        while len(run) > 3 and run[-1] in _PARTICLES:
            run = run[:-1]
            yield run


def _targets(run: str, tokens: Sequence[Token]) -> Iterator[str]:
    """Stretches in which a slip is looked for, the longest first."""
    yield run
    surfaces = [token.surface for token in tokens]
    for first, second in zip(surfaces, surfaces[1:], strict=False):
        if first + second != run and first + second in run:
            yield first + second


def _noun_rows(unit: str, tokens: Sequence[Token]) -> Iterator[str]:
    """Neighbouring nouns as typed, two or more words together."""
    row: list[Token] = []
    for token in [*tokens, None]:
        if token is not None and token.noun and token.content and (not row or row[-1].end == token.start):
            row.append(token)
            continue
        if len(row) > 1:
            yield unit[row[0].start : row[-1].end]
        row = [token] if token is not None and token.noun and token.content else []
