"""Japanese text to words, readings and pairs of characters, by SudachiPy (core dictionary, split mode A)."""

import re
import threading
from base64 import b64decode
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from itertools import pairwise
from typing import NamedTuple

import sudachipy

from kernel.japanese.folding import bigrams, fold_normalised, normalise, normalise_with_offsets, sound_key
from kernel.japanese.places import NO_DICTIONARY, Place, packed, unpacked
from kernel.japanese.workers import Workers

_CONTENT = frozenset({"名詞", "動詞", "形容詞", "形状詞", "副詞", "接頭辞", "接尾辞", "代名詞"})
_AFFIXES = frozenset({"接頭辞", "接尾辞"})
_NOUNS = frozenset({"名詞", "接頭辞", "接尾辞", "形状詞"})
# Words of questions that say nothing about their topic.
_STOP = """
為る 居る 有る 無い 出来る 成る 言う 知る 教える 下さる 頂く 御
何 何処 何時 どう 物 事 場合 欲しい たい 良い 仕方 方法
"""
STOP_WORDS = frozenset(_STOP.split())
# Sudachi refuses more than 49,149 bytes; a character has at most four.
_LONGEST = 8_000
_RECENT = 40_000  # texts: a batch of the indexes
_STRANGE = 50_000  # words of no dictionary that are kept
BULK = 300  # texts from which on other processes help
_UNKNOWN = 0x0FFF_FFFF  # from here on Sudachi numbers what no dictionary holds, all joined katakana as one
_HYPHENS = frozenset("-‐–・ー")
_SENTENCE_END = re.compile(r"[。．！？!?\n]")


@dataclass(frozen=True, slots=True)
class Token:
    """One morpheme. `start` and `end` are offsets in the text that was given, before any folding."""

    word: str  # normalised form
    surface: str  # as in the normalised text
    sound: str  # key of its reading, equal for all kana spellings
    start: int
    end: int
    content: bool
    noun: bool
    affix: bool  # a prefix or suffix, as 区 in 千代田区
    known: bool  # in the dictionary


class _Entry(NamedTuple):
    """What is needed of a word of the dictionary; read from it once, as asking costs as much as tokenizing."""

    word: str  # "" where it is no content word
    sound: str
    key: str  # the surface, folded
    noun: bool
    joins: bool  # a hyphen or middle dot


@dataclass(frozen=True, slots=True)
class Analysis:
    """A text as the indexes take it; the three sequences keep the order of the text."""

    words: tuple[str, ...]
    sounds: tuple[str, ...]  # one for each word
    bigrams: tuple[str, ...]
    compounds: frozenset[str]  # folded nouns and runs of nouns: what a slip may have meant
    places: tuple[Place, ...]  # one for each word


class Written(NamedTuple):
    """An analysis as the indexes store it: each sequence as one text, parted by blanks; the places packed, in
    base64."""

    words: str
    sounds: str
    bigrams: str
    compounds: str
    packed: str

    def places(self) -> bytes:
        """What `Analyser.found` takes; b"" when the text has to be analysed again."""
        return b64decode(self.packed)


class Analyser:
    """Safe for many threads: each has a tokenizer of its own over one dictionary. `workers` help with many
    texts."""

    def __init__(self, workers: Workers | None = None) -> None:
        self._workers = workers
        self._dictionary = sudachipy.Dictionary(dict="core")
        self._content = self._classes(_CONTENT)
        self._nouns = self._classes(_NOUNS)
        self._affixes = self._classes(_AFFIXES)
        self._local = threading.local()
        # Words of the texts analysed last: the vectors of a batch are made from the same texts right after.
        self._recent: dict[str, str] = {}
        self._entries: dict[int, _Entry] = {}
        self._strange: dict[str, _Entry] = {}

    @property
    def edition(self) -> str:
        """Of the dictionary: another one numbers its words anew."""
        return version("sudachidict_core")

    def _classes(self, names: frozenset[str]) -> frozenset[int]:
        """Part-of-speech numbers of the dictionary whose first level is one of `names`."""
        matcher = self._dictionary.pos_matcher(lambda pos: pos[0] in names)
        every = self._dictionary.pos_matcher(lambda _: True)
        wanted = {tuple(pos) for pos in matcher}
        return frozenset(number for number, pos in enumerate(every) if tuple(pos) in wanted)

    def words(self, text: str, stop: frozenset[str] = STOP_WORDS) -> list[str]:
        """Content words in their normalised form, in order, without `stop`."""
        known = self._recent.get(text)
        if known is not None:
            return [word for word in known.split(" ") if word and word not in stop]
        content = self._content
        return [
            word
            for _, morpheme in self._morphemes(normalise(text))
            if morpheme.part_of_speech_id() in content
            and (word := morpheme.normalized_form().replace(" ", ""))
            and word not in stop
        ]

    def tokens(self, text: str) -> list[Token]:
        """Every morpheme with its place in `text`."""
        plain, offsets = normalise_with_offsets(text)
        found: list[Token] = []
        for shift, piece in _pieces(plain):
            for m in self._tokenizer().tokenize(piece):
                pos = m.part_of_speech_id()
                begin, end = shift + m.begin(), shift + m.end()
                last = offsets[end] if end < len(plain) else len(text)
                found.append(
                    Token(
                        word=m.normalized_form().replace(" ", ""),
                        surface=m.surface(),
                        sound=sound_key(m.reading_form()),
                        start=offsets[begin],
                        end=max(last, offsets[end - 1] + 1) if end > begin else last,
                        content=pos in self._content and not m.surface().isspace(),
                        noun=pos in self._nouns,
                        affix=pos in self._affixes,
                        known=m.word_id() < _UNKNOWN,
                    )
                )
        return found

    def analyse(self, text: str) -> Analysis:
        """All that the keyword index holds of a text, from one pass of the tokenizer. Stop words are kept:
        they are left out of questions, not of texts."""
        plain, offsets = normalise_with_offsets(text)
        words: list[str] = []
        sounds: list[str] = []
        places: list[Place] = []
        compounds: set[str] = set()
        run: list[str] = []
        entries = self._entries
        for shift, m in self._morphemes(plain):
            number = m.word_id()
            entry = entries.get(number) or self._entry(m)
            if entry.word:
                words.append(entry.word)
                sounds.append(entry.sound)
                places.append((number, offsets[shift + m.begin()], offsets[shift + m.end() - 1] + 1))
            if entry.noun:
                run.append(entry.key)
            elif run and not entry.joins:
                _compounds(run, compounds)
                run = []
        _compounds(run, compounds)
        self._remember(text, " ".join(words))
        return Analysis(
            tuple(words),
            tuple(sounds),
            tuple(bigrams(fold_normalised(plain))),
            frozenset(compounds),
            tuple(places),
        )

    def written(self, text: str) -> Written:
        """`analyse` as the indexes store it."""
        made = self.analyse(text)
        return Written(
            " ".join(made.words),
            " ".join(made.sounds),
            " ".join(made.bigrams),
            " ".join(made.compounds),
            packed(made.places),
        )

    def batch(self, texts: Sequence[str]) -> list[Written]:
        """`written` of many texts, in order."""
        if len(texts) < BULK or not self._workers:
            return [self.written(text) for text in texts]
        rows = [Written(*row) for row in self._workers.run(texts, lambda part: [*map(self.written, part)])]
        for text, row in zip(texts, rows, strict=True):
            self._remember(text, row.words)
        return rows

    def _remember(self, text: str, words: str) -> None:
        if len(self._recent) >= _RECENT:
            self._recent = {}
        self._recent[text] = words

    def _entry(self, m: sudachipy.Morpheme) -> _Entry:
        pos = m.part_of_speech_id()
        surface = m.surface()
        content = pos in self._content and not surface.isspace()
        entry = _Entry(
            m.normalized_form().replace(" ", "") if content else "",
            sound_key(m.reading_form()),
            sound_key(surface),
            pos in self._nouns,
            surface in _HYPHENS,
        )
        if m.word_id() < _UNKNOWN:
            self._entries[m.word_id()] = entry
        return entry

    def find(self, text: str, words: Collection[str], sounds: Collection[str]) -> list[tuple[int, int]]:
        """Where in `text` one of these words, or a word of one of these sounds, stands: (start, end)."""
        plain, offsets = normalise_with_offsets(text)
        found: list[tuple[int, int]] = []
        for shift, m in self._morphemes(plain):
            entry = self._entries.get(m.word_id()) or self._entry(m)
            if entry.word and (entry.word in words or entry.sound in sounds):
                found.append((offsets[shift + m.begin()], offsets[shift + m.end() - 1] + 1))
        return found

    def found(
        self, text: str, places: bytes, words: Collection[str], sounds: Collection[str]
    ) -> list[tuple[int, int]]:
        """`find` in a text whose places are known, which takes a fiftieth of the time."""
        found: list[tuple[int, int]] = []
        known = self._entries
        for number, start, end in unpacked(places):
            entry = known.get(number) or self._looked_up(number, text[start:end])
            if entry is None:
                return self.find(text, words, sounds)
            if entry.word in words or entry.sound in sounds:
                found.append((start, end))
        return found if places else self.find(text, words, sounds)

    def said(self, text: str, places: bytes) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The words of a text whose places are known, and their sounds, as `analyse` tells them."""
        entries: list[_Entry] = []
        for number, start, end in unpacked(places):
            entry = self._entries.get(number) or self._looked_up(number, text[start:end])
            if entry is None:
                break
            entries.append(entry)
        else:
            if places:
                return tuple(each.word for each in entries), tuple(each.sound for each in entries)
        made = self.analyse(text)
        return made.words, made.sounds

    def _looked_up(self, number: int, written: str) -> _Entry | None:
        """The word of this number that is written so; None where only its neighbours tell which it is. What no
        dictionary holds is taken as it is cut when it stands alone: digits may be read otherwise in a row."""
        plain = normalise(written)
        if number != NO_DICTIONARY:
            for m in self._dictionary.lookup(plain):
                if m.word_id() == number:
                    return self._entry(m)
            return None
        if plain not in self._strange:
            if len(self._strange) >= _STRANGE:
                self._strange = {}
            whole = [m for m in self._tokenizer().tokenize(plain) if m.word_id() >= _UNKNOWN]
            alone = self._entry(whole[0]) if whole and whole[0].surface() == plain else None
            if alone is None or not alone.word:
                alone = _Entry(plain.replace(" ", ""), sound_key(plain), "", True, False)
            self._strange[plain] = alone
        return self._strange[plain]

    def compounds(self, text: str) -> dict[str, str]:
        """The compounds of a text, folded, each with its writing in the text."""
        found: dict[str, str] = {}
        run: list[Token] = []
        for token in self.tokens(text):
            if token.noun:
                run.append(token)
            elif token.surface not in _HYPHENS:
                _written_compounds(run, text, found)
                run = []
        _written_compounds(run, text, found)
        return found

    def _morphemes(self, plain: str) -> Iterator[tuple[int, sudachipy.Morpheme]]:
        """Each with where its piece begins."""
        tokenizer = self._tokenizer()
        for shift, piece in _pieces(plain):
            for morpheme in tokenizer.tokenize(piece):
                yield shift, morpheme

    def _tokenizer(self) -> sudachipy.Tokenizer:
        tokenizer: sudachipy.Tokenizer | None = getattr(self._local, "tokenizer", None)
        if tokenizer is None:
            tokenizer = self._local.tokenizer = self._dictionary.create(mode=sudachipy.SplitMode.A)
        return tokenizer


def _compounds(run: Sequence[str], found: set[str]) -> None:
    """Adds the nouns of a run, its neighbouring pairs and its whole, where 3 to 20 characters long."""
    for each in run:
        if 3 <= len(each) <= 20:
            found.add(each)
    if len(run) > 1:
        for one, other in pairwise(run):
            if 3 <= len(one) + len(other) <= 20:
                found.add(one + other)
        if len(run) > 2 and 3 <= len(whole := "".join(run)) <= 20:
            found.add(whole)


def _written_compounds(run: Sequence[Token], text: str, found: dict[str, str]) -> None:
    """The same stretches as `_compounds`, with the text they came from."""
    stretches = [run[at : at + 1] for at in range(len(run))] + [
        run[at : at + 2] for at in range(len(run) - 1)
    ]
    for stretch in [*stretches, run] if run else []:
        folded = "".join(sound_key(token.surface) for token in stretch)
        if 3 <= len(folded) <= 20:
            found.setdefault(folded, text[stretch[0].start : stretch[-1].end])


def _pieces(plain: str) -> Iterator[tuple[int, str]]:
    """(offset, piece) of at most _LONGEST characters, cut after a sentence where one ends."""
    start = 0
    while len(plain) - start > _LONGEST:
        window = plain[start : start + _LONGEST]
        ends = [found.end() for found in _SENTENCE_END.finditer(window, _LONGEST // 2)]
        cut = ends[-1] if ends else _LONGEST
        yield start, window[:cut]
        start += cut
    if start < len(plain):
        yield start, plain[start:]
