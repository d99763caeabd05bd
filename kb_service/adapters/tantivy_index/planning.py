"""From what was typed to a plan: which words are meant, and how else they may be written."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from kb_service.adapters.tantivy_index.plan import Concept, Option, Plan, Unit, Way, majority
from kb_service.adapters.tantivy_index.segmenting import segmented
from kb_service.adapters.tantivy_index.sounding import variants
from kernel.japanese import STOP_WORDS, Analyser, Token, fold, normalise, romaji_to_katakana

LONGEST_UNITS = 24
LONGEST_CONCEPTS = 24
_HIRAGANA = re.compile("[ぁ-ゖー]+")
_KANJI = re.compile("[\u3400-\u9fff]")
_KANA = re.compile("[ぁ-ゖ]")
_ALL_KANA = re.compile(r"[ぁ-ゖァ-ヶー]+")
_SCRIPTS = re.compile(r"[ぁ-ゖー]+|[ァ-ヶー]+|[\u3400-\u9fff々]+|[a-z0-9\-]+")
_PARTICLES = "のをがはにでとへもや"
_SHORTEST_SLIP = 4
_WINDOW = 4  # morphemes together in which a slip is looked for
_NAMED = 4  # more words than this in one breath are no longer the name of a thing

Visible = Callable[[Option], bool]  # does the reader see an entry that has it
Frequency = Callable[[str], int]  # how many entries with a word the reader sees
Nearest = Callable[[str], tuple[str, str] | None]  # folded slip -> (folded word, as written in a text)
Spelt = Callable[[tuple[str, ...]], list[tuple[str, ...]]]  # sounds in a row -> the words they stand for


@dataclass(frozen=True, slots=True)
class _Run:
    """Neighbouring morphemes in one script. `asked`: those that count; `alone`: nothing else stands
    between the two blanks; `sentence`: it is part of one."""

    text: str
    start: int
    end: int
    tokens: tuple[Token, ...]
    asked: tuple[Token, ...]
    alone: bool
    sentence: bool

    def kana(self) -> bool:
        return bool(_ALL_KANA.fullmatch(self.text))

    def inflected(self) -> bool:
        """Kanji with their okurigana."""
        return bool(_KANJI.search(self.text)) and bool(_KANA.search(self.text))


class Planner:
    """Plans one question of one reader: only what that reader sees decides."""

    def __init__(
        self, analyser: Analyser, frequency: Frequency, visible: Visible, nearest: Nearest, spelt: Spelt
    ) -> None:
        self._analyser = analyser
        self._frequency = frequency
        self._visible = visible
        self._nearest = nearest
        self._spelt = spelt

    def plan(self, text: str) -> Plan:
        """Units without anything to look for are left out; a plan may be empty."""
        typed = text.split()[:LONGEST_UNITS]
        units: list[Unit] = []
        corrected: list[str] = []
        sentence = False
        room = LONGEST_CONCEPTS
        for each in typed:
            tokens = self._analyser.tokens(each)
            said = _is_sentence(tokens)
            sentence = sentence or said
            concepts, better = self._concepts(each, tokens, said)
            corrected.append(better)
            if len(concepts) > room:
                concepts = self._rarest(concepts, room)
            room -= len(concepts)
            if concepts:
                rows = tuple(fold(row) for row in _noun_rows(each, tokens))
                exact = Option(Way.CHARACTERS, (fold(each),)) if len(tokens) > 1 and not said else None
                if exact and not self._visible(exact):
                    exact = None
                if exact:  # a row that is the whole unit would only be read twice
                    rows = tuple(row for row in rows if row not in exact.values)
                units.append(Unit(each, tuple(concepts), majority(len(concepts)), rows, exact))
        changed = " ".join(corrected)
        return Plan(tuple(units), sentence, changed if changed != " ".join(typed) else "")

    def _rarest(self, concepts: Sequence[Concept], room: int) -> list[Concept]:
        def frequency(concept: Concept) -> int:
            return max(
                (self._frequency(o.values[0]) for o in concept.options if o.way is Way.WORD),
                default=0,
            )

        kept = sorted((c for c in concepts if frequency(c)), key=frequency)[:room]
        return [concept for concept in concepts if concept in kept]

    def _concepts(self, unit: str, tokens: Sequence[Token], sentence: bool) -> tuple[list[Concept], str]:
        """The unit's concepts in the order typed, and the unit with its slips mended."""
        asked = _asked(tokens)
        found: list[tuple[int, Concept]] = []
        taken: set[int] = set()
        better = unit
        for run in [*_inflected(unit, asked, sentence), *_runs(unit, tokens, asked, sentence)]:
            if any(token.start in taken for token in run.tokens):
                continue
            whole, mended = self._whole(run) if self._doubtful(run) else ((), "")
            if whole:
                found.extend((run.start, concept) for concept in whole)
                taken.update(token.start for token in run.tokens)
                if mended:
                    better = better.replace(run.text, mended, 1)
        if not sentence and better == unit and (mixed := self._mixed(unit, tokens, asked)):
            return mixed
        found.extend(
            (token.start, self._word(token, sentence)) for token in asked if token.start not in taken
        )
        if not found and (folded := fold(unit)):
            found = [(0, Concept(unit, (Option(Way.CHARACTERS, (folded,)),)))]
        unique = {concept.options: concept for _, concept in sorted(found, key=lambda pair: pair[0])}
        return list(unique.values()), better

    def _mixed(
        self, unit: str, tokens: Sequence[Token], asked: Sequence[Token]
    ) -> tuple[list[Concept], str] | None:
        """A slip where two scripts meet (共同利サ用ービス), which no run of one script shows; None: there is none."""
        row = Option(Way.CHARACTERS, (fold(unit),))
        if len(set(map(_script, unit))) < 2 or not any(map(_fragment, tokens)) or self._visible(row):
            return None
        found = self._nearest(row.values[0])
        if not found:
            return None
        words = tuple(dict.fromkeys(token.word for token in asked))
        together = (Option(Way.TOGETHER, words, 0.5),) if len(words) > 1 else ()
        return [Concept(unit, (Option(Way.CHARACTERS, (found[0],)), *together))], found[1]

    def _word(self, token: Token, sentence: bool) -> Concept:
        """One word. Kana also finds what sounds so; what nobody wrote so is looked for by its sound and,
        where the dictionary does not know it, by its characters."""
        word = Option(Way.WORD, (token.word,))
        kana = bool(_ALL_KANA.fullmatch(token.surface))
        if sentence and not kana and token.known:
            return Concept(token.surface, (word,))
        seen = self._visible(word)
        folded = fold(token.surface)
        others: list[Option] = []
        if (kana or not (seen or sentence)) and len(token.sound) > 1:
            others.extend(self._sounding((token.sound,), 0.9 if kana else 0.6))
            if not (seen or sentence) and not self._visible(others[-1]):
                for group in segmented(token.sound, self._heard, self._said, False):
                    others.extend(self._sounding(group, 0.6))
        if (not token.known or (not seen and token.noun and not sentence)) and len(folded) > 1:
            others.append(Option(Way.CHARACTERS, (folded,), 0.9))
        return Concept(token.surface, (word, *filter(self._visible, others)))

    def _doubtful(self, run: _Run) -> bool:
        """Whether a run may mean something else than the words it was cut into."""
        if run.inflected():
            return not self._visible(Option(Way.CHARACTERS, (fold(run.text),)))
        if run.alone and run.kana():
            return len(run.tokens) > 1 or not run.tokens[0].known or not self._sees(run.tokens[0])
        if (
            run.sentence
            and not any(map(_fragment, run.asked))
            and not (len(run.asked) > 1 and _one_word(run.text))
        ):
            return False
        if run.asked and all(token.known and self._sees(token) for token in run.asked):
            # A name cut up into characters, or a word of the same sound: no entry has these in a row.
            row = Option(Way.CHARACTERS, (fold(run.text),))
            fragments = all(map(_fragment, run.asked))
            return len(run.asked) > 1 and (fragments or not (run.sentence or self._visible(row)))
        return len(run.tokens) > 1 or run.alone or not (run.asked and run.asked[0].known)

    def _sees(self, token: Token) -> bool:
        """Whether the reader sees an entry with the word, or in kana with one that sounds so."""
        if self._visible(Option(Way.WORD, (token.word,))):
            return True
        return not _HIRAGANA.fullmatch(token.surface) and self._visible(Option(Way.SOUNDS, (token.sound,)))

    def _whole(self, run: _Run) -> tuple[tuple[Concept, ...], str]:
        """A run taken whole where its words are not what was meant: a name that the dictionary cut up, kana
        for kanji, Latin letters for kana, a slip. (): its words will do. Beside it the run mended."""
        words = tuple(dict.fromkeys(token.word for token in run.asked))
        together: tuple[Option, ...] = ()
        if len(words) > 1 and not _HIRAGANA.fullmatch(run.text):
            together = (Option(Way.TOGETHER, words, 0.5),)
        for part in _without_particles(run.text):
            if len(fold(part)) > 1 and (run.alone or len(run.tokens) > 1 or not run.tokens[0].known):
                found = self._written(part, run)
                if len(found) == 1:
                    return (Concept(part, (*found[0], *together)),), ""
                if found:
                    return tuple(Concept(part, options) for options in found), ""
        scattered = bool(together) and self._visible(together[0])
        if scattered and not (_one_word(run.text) or any(map(_fragment, run.asked)) or self._same_sound(run)):
            return (), ""
        concept, mended = self._mended(run, together)
        return ((concept,), "" if scattered else mended) if concept else ((), "")

    def _written(self, part: str, run: _Run | None = None) -> tuple[tuple[Option, ...], ...]:
        """How entries write these characters, or what sounds like this kana: options for each word of it."""
        folded = fold(part)
        kana = run is None or run.kana()
        inflected = run is not None and run.inflected()
        writings = [folded]
        if inflected:
            writings.append(_KANA.sub("", part))  # 繰り越し, 繰越
        elif kana:
            writings.extend(variants(folded))
        rows = (Option(Way.CHARACTERS, (writing,)) for writing in writings if len(writing) > 1)
        row = next(filter(self._visible, rows), None)
        options = [row] if row else []
        sound = "".join(token.sound for token in run.tokens) if run and inflected else folded if kana else ""
        groups = segmented(sound, self._heard, self._said, bool(_HIRAGANA.fullmatch(part)))
        if len(groups) == 1:
            options.extend(self._sounding(groups[0], 0.95))
        if options:
            return (tuple(options),)
        return tuple(tuple(self._sounding(group, 0.95)) for group in groups)

    def _sounding(self, sounds: tuple[str, ...], weight: float) -> list[Option]:
        """Words of these sounds: as entries write them, which counts in titles too, and whatever sounds so."""
        if len(sounds) > 1:
            return [Option(Way.SOUNDS, sounds, weight)]
        spelt = [Option(Way.TOGETHER, words, weight) for words in self._spelt(sounds)]
        return [*spelt, Option(Way.SOUNDS, sounds, weight * 0.8 if spelt else weight)]

    def _heard(self, sound: str) -> bool:
        return self._visible(Option(Way.SOUNDS, (sound,)))

    def _said(self, sounds: tuple[str, ...]) -> bool:
        return self._visible(Option(Way.SOUNDS, sounds))

    def _same_sound(self, run: _Run) -> tuple[str, ...]:
        """The run's words as other words that sound the same: 介護保健 for 介護保険."""
        sounds = tuple(token.sound for token in run.asked)
        return sounds if len(sounds) > 1 and all(sounds) and self._said(sounds) else ()

    def _mended(self, run: _Run, together: tuple[Option, ...]) -> tuple[Concept | None, str]:
        """What the reader may have meant by a run that no entry has."""
        if same := self._same_sound(run):
            return Concept(run.text, (*self._sounding(same, 0.9), *together)), ""
        if run.inflected():
            return None, ""
        kana = romaji_to_katakana(normalise(run.text))
        if kana and len(written := self._written(kana)) == 1:
            return Concept(run.text, written[0]), ""
        for slip in _slips(run):
            if found := self._nearest(fold(slip)):
                folded, meant = found
                concept = Concept(run.text, (Option(Way.CHARACTERS, (folded,)), *together))
                return concept, run.text.replace(slip, meant, 1)
        return None, ""


def _asked(tokens: Sequence[Token]) -> list[Token]:
    """The words that count; all of them when only stop words were typed."""
    content = [token for token in tokens if token.content and token.word]
    return [token for token in content if token.word not in STOP_WORDS] or content


def _is_sentence(tokens: Sequence[Token]) -> bool:
    """Whether something is asked as one would ask it aloud: with an ending after the last word that counts,
    or with many words in one breath."""
    said = [token for token in tokens if token.surface.isalpha()]
    asked = len(_asked(tokens))
    if asked < 2 or all(token.content for token in said):
        return False
    return asked > _NAMED or not said[-1].content or said[-1].word in STOP_WORDS


def _inflected(unit: str, asked: Sequence[Token], sentence: bool) -> Iterator[_Run]:
    """Neighbouring words of kanji with okurigana between them, where a thing is named: 繰り越し, 貸し出し."""
    row: list[Token] = []
    for token in [*asked, None] if not sentence else []:
        if token is not None and (not row or row[-1].end == token.start) and _KANJI.match(token.surface):
            row.append(token)
            continue
        if len(row) > 1:
            text = unit[row[0].start : row[-1].end]
            run = _Run(text, row[0].start, row[-1].end, tuple(row), tuple(row), text == unit, sentence)
            if run.inflected():
                yield run
        row = []


def _script(character: str) -> str:
    """The first word of the character's Unicode name: CJK, HIRAGANA, KATAKANA, LATIN, DIGIT …"""
    return unicodedata.name(character, "").partition(" ")[0].partition("-")[0]


def _runs(unit: str, tokens: Sequence[Token], asked: Sequence[Token], sentence: bool) -> Iterator[_Run]:
    """Stretches of one script in whole morphemes."""
    scripts = [found.span() for found in _SCRIPTS.finditer(unit.lower())]
    for start, end in scripts:
        inside = tuple(token for token in tokens if start <= token.start and token.end <= end)
        if not inside:
            continue
        first, last = inside[0].start, inside[-1].end
        text = unit[first:last]
        if len(text.strip("ー-")) > 1:
            counted = tuple(token for token in inside if token in asked)
            yield _Run(text, first, last, inside, counted, text == unit, sentence)


def _one_word(run: str) -> bool:
    """Whether a run would not be parted in writing: katakana or Latin letters of some length."""
    return len(run) >= 5 and bool(re.fullmatch(r"[ァ-ヶー]+|[A-Za-z\-]+", run))


def _without_particles(run: str) -> Iterator[str]:
    """The run, and while hiragana ends in particles, the run without them."""
    yield run
    if _HIRAGANA.fullmatch(run):
        while len(run) > 3 and run[-1] in _PARTICLES:
            run = run[:-1]
            yield run


def _fragment(token: Token) -> bool:
    """Whether a morpheme is what an unknown or misspelt word falls into."""
    return not token.known or (len(token.surface) == 1 and not token.affix)


def _slips(run: _Run) -> Iterator[str]:
    """Stretches of a run in which a slip is looked for, the longest first. Words that the dictionary knows
    are taken for meant, unless they are katakana put together; kanji with a slip fall into fragments."""
    joined = _one_word(run.text) and (len(run.tokens) > 1 or run.alone)
    kana = run.alone and run.kana()
    if not (joined or kana or any(map(_fragment, run.tokens))):
        return
    shortest = 3 if run.alone and all(len(token.surface) == 1 for token in run.tokens) else _SHORTEST_SLIP
    if len(run.text) >= shortest:
        yield run.text
    if kana:
        return
    for size in range(min(_WINDOW, len(run.tokens) - 1), 0, -1):
        for at in range(len(run.tokens) - size + 1):
            window = run.tokens[at : at + size]
            text = "".join(token.surface for token in window)
            if len(text) >= shortest and any(map(_fragment, window)):
                yield text


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
